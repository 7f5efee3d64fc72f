/**
 * Reads what the job of a node told of its beginning and its end. A file may be missing, cut off or
 * anything else: such a one tells nothing.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { isObject, isText } from "../json_values.ts";
import {
  LEFT_BECAUSE,
  type LeftFolder,
  NODE_FILES,
  type NodeEnd,
  nodeFolder,
  type NodeStart,
} from "./fleet_folder.ts";

/** What a node's job told; null for what it did not, or not in a form that can be believed. */
export interface NodeReports {
  readonly start: NodeStart | null;
  readonly end: NodeEnd | null;
}

const LARGEST_CHARACTERS = 2 ** 16;
const MOST_STATUS = 255;
/** The year 2200 and beyond is no reading of a clock. */
const LATEST_SECONDS = 7.26e9;

/** Reads both reports of a node in the folder of a fleet. */
export async function readNodeReports(
  host: Host,
  fleetFolder: string,
  node: string,
): Promise<NodeReports> {
  const folder = `${fleetFolder}/${nodeFolder(node)}`;
  const [start, end] = await Promise.all([
    host.readText(`${folder}/${NODE_FILES.started}`),
    host.readText(`${folder}/${NODE_FILES.ended}`),
  ]);
  return { start: parseNodeStart(start), end: parseNodeEnd(end) };
}

/** Reads the text of `started.json`. */
export function parseNodeStart(text: string | null): NodeStart | null {
  const { hostname, epochSeconds, jobId, folder } = fieldsOf(text);
  if (!isText(hostname) || !isText(jobId) || !isText(folder) || !isTime(epochSeconds)) return null;
  return { hostname, epochSeconds, jobId, folder };
}

/** Reads the text of `ended.json`. */
export function parseNodeEnd(text: string | null): NodeEnd | null {
  const { status, epochSeconds, left: told } = fieldsOf(text);
  const left = told === null ? null : leftOf(told);
  if (!isStatus(status) || !isTime(epochSeconds) || left === undefined) return null;
  return { status, epochSeconds, left };
}

function leftOf(value: unknown): LeftFolder | undefined {
  if (!isObject(value)) return undefined;
  const { folder, because: told }: Record<string, unknown> = { ...value };
  const because = LEFT_BECAUSE.find((one) => one === told);
  return isText(folder) && because !== undefined ? { folder, because } : undefined;
}

function fieldsOf(text: string | null): Record<string, unknown> {
  if (text === null || text.length > LARGEST_CHARACTERS) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < LATEST_SECONDS;
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_STATUS;
}
