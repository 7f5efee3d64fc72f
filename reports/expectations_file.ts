/**
 * The file of expectations that `bench --expect` reads and `expect` writes.
 *
 * @module
 */
import { shorten, UsageProblem } from "../problem.ts";
import { type Expectations, EXPECTATIONS_VERSION, faultOf } from "../suites/expectations.ts";
import schema from "./expectations.schema.json" with { type: "json" };
import { writeFile } from "./json.ts";

const CURE =
  "Correct it by hand, or remove it and write it again: deno task expect RESULT --out FILE.";

/**
 * The expectations in a file.
 *
 * @throws {UsageProblem} if it cannot be read, is no JSON, of a newer version, or nothing that a run
 * can be held to
 */
export async function readExpectations(path: string): Promise<Expectations> {
  try {
    return await parseExpectations(await Deno.readTextFile(path), path);
  } catch (error) {
    if (error instanceof UsageProblem) throw error;
    const cure = "Write it from a result that you trust: deno task expect RESULT --out FILE.";
    throw problem(path, { condition: error instanceof Error ? error.message : "", cure });
  }
}

/** As {@linkcode readExpectations}, of the file's text; `path` is named in the messages. */
export async function parseExpectations(text: string, path: string): Promise<Expectations> {
  const value = parseJson(text, path);
  refuseNewer(value, path);
  const failure = await schemaFailure(value);
  if (failure !== null) {
    throw problem(path, {
      condition: `it does not follow the schema ${schema.$id}`,
      seen: failure,
    });
  }
  const expectations = value as Expectations;
  const fault = faultOf(expectations);
  if (fault === null) return expectations;
  throw problem(path, fault);
}

/**
 * Writes expectations by write-then-rename.
 *
 * @throws {Problem} if the file cannot be written
 */
export function writeExpectations(path: string, expectations: Expectations): void {
  writeFile(path, `${JSON.stringify(expectations, null, 2)}\n`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const condition = text.trim() === "" ? "it is empty" : "it is not JSON, or only a part of it";
    throw problem(path, { condition, seen: error instanceof Error ? error.message : "" });
  }
}

function refuseNewer(value: unknown, path: string): void {
  const { version } = Object(value) as { version?: unknown };
  if (typeof version !== "number" || version <= EXPECTATIONS_VERSION) return;
  throw problem(path, {
    condition: `its version is newer than this cellproof's, which is ${EXPECTATIONS_VERSION}`,
    seen: `version ${version}`,
    cure: "Use the cellproof that wrote it, or a newer one.",
  });
}

/** Where and how a value fails the schema; null where it does not. */
async function schemaFailure(value: unknown): Promise<string | null> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  if (validate(value)) return null;
  const { instancePath, message, params } = validate.errors?.[0] ?? {};
  const place = instancePath?.replaceAll("~1", "/") || "the document";
  return shorten(`${place} ${message}: ${JSON.stringify(params)}`);
}

function problem(
  path: string,
  { condition, seen = "", cure = CURE }: { condition: string; seen?: string; cure?: string },
): UsageProblem {
  return new UsageProblem({ action: `read the expectations ${path}`, condition, seen, cure });
}
