/**
 * Where things lie in the folder of a fleet, which every node sees under the same path.
 *
 * @module
 */

/** What was asked, written before anything is submitted: with it a coordinator finds its jobs again. */
export const PLAN_FILE = "plan.json";

/** The harness as it travels; removed at the end. */
export const HARNESS_FILE = "harness.tar.gz";

/** Below the fleet's folder: a folder for each node that has begun. */
export const NODES_FOLDER = "nodes";

/** The folder of a node, below the fleet's. */
export function nodeFolder(node: string): string {
  return `${NODES_FOLDER}/${node}`;
}

/** In the folder of a node: what its job leaves there. */
export const NODE_FILES = {
  /** {@linkcode NodeStart}, before anything else. */
  started: "started.json",
  /** What the run printed. */
  log: "log.txt",
  /** The folder of the run, with its result. */
  result: "result",
  /** {@linkcode NodeEnd}, after everything else. */
  ended: "ended.json",
} as const;

/** A node's job has begun. */
export interface NodeStart {
  readonly hostname: string;
  /** The node's own clock, seconds since 1970. */
  readonly epochSeconds: number;
  readonly jobId: string;
  /** The folder on the node itself that holds the harness while the run goes on. */
  readonly folder: string;
}

/** A node's job has come to its end. */
export interface NodeEnd {
  /** The run's exit status. */
  readonly status: number;
  readonly epochSeconds: number;
  /** The folder on the node that was left because a journal of changes is open in it; null for none. */
  readonly left: string | null;
}

/** Exit statuses of a node's job that are not of the run. */
export const NODE_STATUS = {
  /** The script was called with other arguments, or without the node's name. */
  wrongUse: 64,
  /** The node lacks a program that the script needs, such as tar. */
  missingProgram: 69,
  /** The node does not see the fleet's folder, or sees another one under its path. */
  noSharedFolder: 72,
  /** What the node reads of the harness is not what was packed. */
  damagedHarness: 73,
  /** There is no room to unpack the harness. */
  noRoom: 74,
} as const;
