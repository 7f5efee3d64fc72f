/**
 * Reads one result as merging needs it.
 *
 * @module
 */
import { Problem, type ProblemParts } from "../../problem.ts";
import type { HostOutcome } from "../../suites/fleet/arrival.ts";
import { digestOf } from "../../suites/fleet/digest.ts";
import { parseResult } from "../json.ts";

/** Many times what a run over days leaves; a larger text would take the memory of all others. */
const MOST_BYTES = 32 * 2 ** 20;

/** The digest of the result in a file, or why there is none; never throws. */
export async function digestResult(path: string): Promise<HostOutcome> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) throw tooLarge(path, size);
    const text = await Deno.readTextFile(path);
    return { kind: "result", digest: digestOf(await parseResult(text, path)) };
  } catch (error) {
    return whyUnreadable(error, path);
  }
}

/** What an error while a result was read says of it. */
export function whyUnreadable(error: unknown, path: string): HostOutcome {
  if (error instanceof Deno.errors.NotFound) return { kind: "nothing" };
  if (error instanceof Problem) return unreadable(error.parts);
  return unreadable({
    action: `read the result ${path}`,
    condition: error instanceof Error ? error.message : String(error),
  });
}

function unreadable(
  { cure = null, ...parts }: Omit<ProblemParts, "cure"> & { cure?: string | null },
): HostOutcome {
  return { kind: "unreadable", because: new Problem(parts).message, cure };
}

function tooLarge(path: string, size: number): Problem {
  return new Problem({
    action: `read the result ${path}`,
    condition: `it has more than ${MOST_BYTES / 2 ** 20} MiB, which no run leaves`,
    seen: `${size} bytes`,
    cure: "Measure the host again, or choose another result.",
  });
}
