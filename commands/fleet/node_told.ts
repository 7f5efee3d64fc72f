/**
 * What the job of a node told of its beginning and its end, where nobody follows it any more.
 *
 * @module
 */
import { displayText } from "../../reports/display.ts";
import { readRegularEnd, readRegularFile } from "../../reports/regular_file.ts";
import { NODE_FILES } from "../../runners/fleet/fleet_folder.ts";
import {
  type NodeReports,
  parseNodeEnd,
  parseNodeStart,
} from "../../runners/fleet/node_reports.ts";

const MOST_BYTES = 2 ** 16;

/** With this begins what is said to a user when a run cannot go on (see `Problem`). */
const REASON = "Cannot ";
const LONGEST_REASON = 400;

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

/** Why the run of a node ended, as it printed last, fit to be shown; null where it printed no reason. */
export async function whatWasPrinted(folder: string): Promise<string | null> {
  const path = `${folder}/${NODE_FILES.log}`;
  try {
    // The job writes a file; a link may lead to what nobody may publish.
    if (!(await Deno.lstat(path)).isFile) return null;
    const end = await readRegularEnd(path, { action: `read ${path}`, mostBytes: MOST_BYTES });
    const line = end.split(/[\r\n]+/).findLast((line) => line.startsWith(REASON));
    return line === undefined ? null : displayText(line, LONGEST_REASON);
  } catch {
    // What cannot be read tells no reason.
    return null;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readRegularFile(path, { action: `read ${path}`, mostBytes: MOST_BYTES });
  } catch {
    // A node that told nothing in a form that can be read told nothing.
    return null;
  }
}
