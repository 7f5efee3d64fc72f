/**
 * Reads a result that a user names: its folder, or its `result.json`.
 *
 * @module
 */
import { Problem, UsageProblem } from "../problem.ts";
import { parseResult, RESULT_FILE } from "../reports/json.ts";
import type { Result } from "../suites/result.ts";

/** A result as it lies on disk. */
export interface StoredResult {
  readonly result: Result;
  /** What it was read from. */
  readonly text: string;
  /** The folder that it lies in. */
  readonly folder: string;
}

/**
 * The result at `path`.
 *
 * @throws {Problem} where there is none, or it cannot be read
 */
export async function readStored(path: string): Promise<StoredResult> {
  const file = path.endsWith(".json") ? path : `${path}/${RESULT_FILE}`;
  try {
    const text = await Deno.readTextFile(file);
    const slash = file.lastIndexOf("/");
    return {
      result: await parseResult(text, file),
      text,
      folder: slash < 0 ? "." : file.slice(0, slash),
    };
  } catch (error) {
    if (error instanceof Problem) throw error;
    const cure = "Name the folder of a run, such as results/TIME-HOST.";
    const action = `read the result ${path}`;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new UsageProblem({ action, condition: `there is no ${file}`, cure });
    }
    throw new Problem({ action, condition: whyUnreadable(error), cure });
  }
}

function whyUnreadable(error: unknown): string {
  // Deno itself lets nothing be read there, and tells how to allow it all.
  if (error instanceof Deno.errors.NotCapable) return "it lies in /dev, /proc or /sys";
  return error instanceof Error ? error.message : "it cannot be read";
}
