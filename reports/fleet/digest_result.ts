/**
 * Reads one result as merging needs it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { HostOutcome } from "../../suites/fleet/arrival.ts";
import { digestOf } from "../../suites/fleet/digest.ts";
import { parseResult } from "../json.ts";
import { readRegularFile } from "../regular_file.ts";

/** Many times what a run over days leaves; a larger text would take the memory of all others. */
export const MOST_RESULT_BYTES = 32 * 2 ** 20;

/** The digest of the result in a file, or why there is none; never throws. */
export async function digestResult(path: string): Promise<HostOutcome> {
  const action = `read the result ${path}`;
  try {
    const text = await readRegularFile(path, { action, mostBytes: MOST_RESULT_BYTES });
    return { kind: "result", digest: digestOf(await parseResult(text, path)) };
  } catch (error) {
    return whyUnreadable(error, path);
  }
}

/** What an error while a result was read says of it. */
export function whyUnreadable(error: unknown, path: string): HostOutcome {
  if (error instanceof Deno.errors.NotFound) return { kind: "nothing" };
  const parts = error instanceof Problem ? error.parts : {
    action: `read the result ${path}`,
    condition: error instanceof Error ? error.message : String(error),
  };
  const { action, condition, cure = null } = parts;
  // Not what was seen: a file that is no result may hold what nobody may publish.
  return { kind: "unreadable", because: new Problem({ action, condition }).message, cure };
}
