/**
 * Reads a result that a user names: its folder, or its `result.json`.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import { parseResult, RESULT_FILE } from "../reports/json.ts";
import type { Result } from "../suites/result.ts";

/**
 * The result at `path`, and the folder that it lies in.
 *
 * @throws {Problem} where there is none, or it cannot be read
 */
export async function readStored(path: string): Promise<{ result: Result; folder: string }> {
  const file = path.endsWith(".json") ? path : `${path}/${RESULT_FILE}`;
  try {
    const text = await Deno.readTextFile(file);
    const slash = file.lastIndexOf("/");
    return {
      result: await parseResult(text, file),
      folder: slash < 0 ? "." : file.slice(0, slash),
    };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({
      action: `read the result ${path}`,
      condition: error instanceof Error ? error.message : "it cannot be read",
      cure: "Name the folder of a run, such as results/TIME-HOST.",
    });
  }
}
