/**
 * A fixture: what one machine answered, as a folder of two text files. `fixture.json` says what it
 * is; `answers.jsonl` holds one request with its answer on each line.
 *
 * @module
 */
import type { CommandRequest } from "../host.ts";
import type { Placeholders } from "./placeholders.ts";
import { Problem, type ProblemParts } from "../../problem.ts";

/** Version of the two files' shape; a reader refuses a newer one. */
export const FIXTURE_SCHEMA = 1;
export const INFO_FILE = "fixture.json";
export const ANSWERS_FILE = "answers.jsonl";

/** What a fixture is, and where it comes from. */
export interface FixtureInfo {
  readonly schema: number;
  /** Wall-clock time of the first request, ISO 8601 in UTC. */
  readonly recordedAt: string;
  readonly hostname: string;
  readonly kernel: string;
  /** Version of cellproof that recorded it. */
  readonly version: string;
  /** The options of the recorded run, which a replay must use again (its seed, say). */
  readonly options: Readonly<Record<string, unknown>>;
  /** True for a hand-made fixture: no machine ever gave these answers. */
  readonly synthetic: boolean;
}

/** A request as a fixture keeps it: time limits and output limits are no part of it. */
export type FixtureRequest =
  | {
    readonly kind: "run" | "start";
    readonly argv: readonly string[];
    readonly stdin?: string;
    readonly env?: readonly (readonly [string, string])[];
  }
  | { readonly kind: "send"; readonly session: number; readonly line: string }
  | { readonly kind: "receive" | "stop"; readonly session: number }
  | { readonly kind: "readText" | "readFolder"; readonly path: string }
  | { readonly kind: "temporaryFolder"; readonly parent: string | null };

/** The order of a request's fields in its canonical text. */
export const REQUEST_FIELDS = [
  "kind",
  "argv",
  "stdin",
  "env",
  "session",
  "line",
  "path",
  "parent",
];

/** What came back: a value, or the `Problem` that was thrown. */
export type FixtureAnswer =
  | { readonly answer: unknown }
  | { readonly problem: ProblemParts };

/** The part of a command that tells it from another one. */
export function commandRequest(kind: "run" | "start", request: CommandRequest): FixtureRequest {
  const { argv, stdin, env } = request;
  const sorted = Object.entries(env ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
  return {
    kind,
    argv,
    ...(stdin === undefined ? {} : { stdin }),
    ...(sorted.length === 0 ? {} : { env: sorted }),
  };
}

/** The request's canonical text, in the fixture's words. */
export function requestKey(request: FixtureRequest, placeholders: Placeholders): string {
  return toText(request, placeholders);
}

/** The line of a request and its answer; `at` is in seconds since the recording began. */
export function toLine(
  key: string,
  at: number,
  answer: FixtureAnswer,
  placeholders: Placeholders,
): string {
  const rest = toText(answer, placeholders).slice(1);
  return `{"request":${key},"at":${at.toFixed(6)},${rest}\n`;
}

/** JSON in the fixture's words. */
export function toText(value: unknown, placeholders: Placeholders, space?: number): string {
  const replacer = (_key: string, part: unknown) =>
    typeof part === "string" ? placeholders.toFixture(part) : part;
  return JSON.stringify(value, replacer, space);
}

/** Reads JSON with this machine's words in place of the fixture's. */
export function fromText(text: string, placeholders: Placeholders): unknown {
  // In JSON a brace and a name side by side stand in a string, never between values.
  return JSON.parse(placeholders.fromFixture(text, insideJsonString));
}

function insideJsonString(path: string): string {
  return JSON.stringify(path).slice(1, -1);
}

/** Reads `fixture.json`; throws a {@linkcode Problem} that says what is wrong with it. */
export async function readInfo(folder: string, placeholders: Placeholders): Promise<FixtureInfo> {
  const path = `${folder}/${INFO_FILE}`;
  const text = await readFixtureFile(path);
  const info = parsedInfo(text, placeholders);
  if (info === null) {
    throw brokenFixture(path, "it is not the description of a fixture", text);
  }
  if (info.schema > FIXTURE_SCHEMA) {
    throw new Problem({
      action: `replay ${folder}`,
      condition: `its schema is ${info.schema}, and this cellproof reads up to ${FIXTURE_SCHEMA}`,
      cure: "Use a newer cellproof, or record the fixture again with --record.",
    });
  }
  return info;
}

/** Reads a file of a fixture as a whole. */
export async function readFixtureFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Problem({
      action: `replay ${path}`,
      condition: error instanceof Deno.errors.NotFound
        ? "there is no such file"
        : "it cannot be read",
      seen: error instanceof Error ? error.message : String(error),
      cure: "Name the folder of a fixture, or record one with --record.",
    });
  }
}

/** The problem of a fixture that was damaged; `seen` is what stands there. */
export function brokenFixture(place: string, condition: string, seen: string): Problem {
  const cure = "Restore the file, or record the fixture again with --record.";
  return new Problem({ action: `replay ${place}`, condition, seen: seen.slice(0, 80), cure });
}

function parsedInfo(text: string, placeholders: Placeholders): FixtureInfo | null {
  try {
    const value = fromText(text, placeholders);
    return isInfo(value) ? value : null;
  } catch {
    return null;
  }
}

function isInfo(value: unknown): value is FixtureInfo {
  if (typeof value !== "object" || value === null) return false;
  const parts = new Map<string, unknown>(Object.entries(value));
  const texts = ["recordedAt", "hostname", "kernel", "version"];
  const options = parts.get("options");
  return typeof parts.get("schema") === "number" &&
    texts.every((name) => typeof parts.get(name) === "string") &&
    !Number.isNaN(Date.parse(`${parts.get("recordedAt")}`)) &&
    typeof options === "object" && options !== null && !Array.isArray(options) &&
    typeof parts.get("synthetic") === "boolean";
}
