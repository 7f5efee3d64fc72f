/**
 * What the job of a node told of its beginning and its end, where nobody follows it any more.
 *
 * @module
 */
import { readRegularFile } from "../reports/regular_file.ts";
import { NODE_FILES } from "../runners/fleet/fleet_folder.ts";
import { type NodeReports, parseNodeEnd, parseNodeStart } from "../runners/fleet/node_reports.ts";

const MOST_BYTES = 2 ** 16;

/** Reads both reports in the folder of a node; what is not there or cannot be believed is null. */
export async function readNodeTold(folder: string): Promise<NodeReports> {
  return {
    start: parseNodeStart(await textOf(`${folder}/${NODE_FILES.started}`)),
    end: parseNodeEnd(await textOf(`${folder}/${NODE_FILES.ended}`)),
  };
}

/** When the job of a node began, by the node's own clock; null where it did not tell. */
export function whenBegun({ start }: NodeReports): Date | null {
  return start === null ? null : new Date(start.epochSeconds * 1000);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readRegularFile(path, { action: `read ${path}`, mostBytes: MOST_BYTES });
  } catch {
    // A node that told nothing in a form that can be read told nothing.
    return null;
  }
}
