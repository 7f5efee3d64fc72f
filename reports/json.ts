/**
 * `result.json`: written after every block, read back by `judge`, `report`, `compare` and a run that
 * resumes.
 *
 * @module
 */
import { Problem, type ProblemParts, UsageProblem } from "../problem.ts";
import { type Baseline, type Result, SCHEMA_VERSION } from "../suites/result.ts";
import { saidTwice } from "../suites/said_twice.ts";
import { type DocumentKind, parseDocument, validatorOf } from "./json_document.ts";
import schema from "./result.schema.json" with { type: "json" };

/** The name of the result's file in its folder. */
export const RESULT_FILE = "result.json";

const RESULT: DocumentKind = {
  name: "result",
  version: SCHEMA_VERSION,
  schema,
  parts: [],
  cures: {
    older: "Use the cellproof that wrote it, or measure again: it lacks what claims rest on now.",
    again: "Run `deno task bench` again, or choose another result.",
  },
};

/**
 * Parses and validates the text of a `result.json`; `path` is named in the messages.
 *
 * @throws {Problem} if it is not JSON, of another schema, not a result, or says a thing twice.
 */
export async function parseResult(text: string, path: string): Promise<Result> {
  const result = await parseDocument(text, path, RESULT) as Result;
  const twice = saidTwice(result);
  if (twice === null) return result;
  throw new Problem({
    action: `read the result ${path}`,
    condition: "a claim or a ratio stands twice in it",
    seen: twice,
    cure: RESULT.cures.again,
  });
}

/** Fits every command that writes, whatever its option for the place is called. */
const CHOOSE_ANOTHER = "Choose a place that you may write to and that has free space.";

const BASELINE = { $ref: `${schema.$id}#/$defs/Baseline` };

/** A baseline that was kept with a recording; null for anything that is none. */
export async function readBaseline(value: unknown): Promise<Baseline | null> {
  if (value === undefined || value === null) return null;
  const validate = await validatorOf(BASELINE, [schema]);
  return validate(value) ? value as Baseline : null;
}

/**
 * Writes `result.json` into an existing folder, by write-then-rename, so that a reader or a killed
 * run never meets half a file. Synchronous: two calls cannot overtake each other, and the last words
 * of an interrupted run can be written.
 *
 * @throws {Problem} if the folder is missing or unwritable, or the disk is full.
 */
export function writeResult(folder: string, result: Result): void {
  writeFile(`${folder}/${RESULT_FILE}`, `${JSON.stringify(result, null, 1)}\n`);
}

/**
 * Replaces a file by write-then-rename.
 *
 * @throws {Problem} if it cannot be written.
 */
export function writeFile(path: string, content: string | Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    if (typeof content === "string") Deno.writeTextFileSync(partial, content);
    else Deno.writeFileSync(partial, content);
    Deno.renameSync(partial, path);
  } catch (error) {
    removeQuietly(partial);
    throw refusal(error, { action: `write ${path}`, cure: CHOOSE_ANOTHER });
  }
}

/**
 * Makes a folder and those above it, where they are missing.
 *
 * @throws {UsageProblem} if it is a file, or lies below one.
 * @throws {Problem} if the file system refuses it.
 */
export function makeFolder(path: string): void {
  refuseFile(path);
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw refusal(error, { action: `make the folder ${path}`, cure: CHOOSE_ANOTHER });
  }
}

/**
 * Refuses what can be no folder.
 *
 * @throws {UsageProblem} if it is a file, or lies below one.
 */
export function refuseFile(path: string): void {
  if (!isNoFolder(path)) return;
  throw new UsageProblem({
    action: `make the folder ${path}`,
    condition: "it is a file, or lies below one",
    cure: "Name a folder, or a place where one can be made.",
  });
}

function isNoFolder(path: string): boolean {
  try {
    return !Deno.statSync(path).isDirectory;
  } catch (error) {
    return error instanceof Deno.errors.NotADirectory;
  }
}

/**
 * Whether there is a file or a folder; below a file there is none.
 *
 * @throws {Problem} where that cannot be told.
 */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return false;
    throw refusal(error, { action: `look at ${path}`, cure: "Name a place that you may read." });
  }
}

function refusal(error: unknown, parts: Required<Pick<ProblemParts, "action" | "cure">>): Problem {
  const seen = error instanceof Error ? error.message : String(error);
  return new Problem({ ...parts, condition: "the file system refused it", seen });
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Nothing was written, or the folder refuses this too: the first error is the one to tell.
  }
}
