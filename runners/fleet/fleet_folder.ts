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
  /** What was left on the node; null for nothing. */
  readonly left: LeftFolder | null;
}

/** A folder that was left on a node. */
export interface LeftFolder {
  readonly folder: string;
  readonly because: LeftBecause;
}

/**
 * Why a folder was left: `journal` (the host could not be put back, and what undoes it is in there),
 * `files` (the host is as it was, but something in there cannot be removed).
 */
export const LEFT_BECAUSE = ["journal", "files"] as const;
export type LeftBecause = typeof LEFT_BECAUSE[number];

/** Exit statuses of a node's job that are not of the run. */
export const NODE_STATUS = {
  /** The script was called with other arguments, or without the node's name. */
  wrongUse: 64,
  /** The Deno that travels does not run on the node: another kind of CPU, no glibc, or a too old one. */
  unfitHarness: 66,
  /** The node lacks a program that the script needs, such as tar. */
  missingProgram: 69,
  /** A symbolic link stands for the node's folder or for what is in it: nothing was written there. */
  linkedFolder: 71,
  /** The node does not see the fleet's folder, sees another one under its path, or cannot write to it. */
  noSharedFolder: 72,
  /** What the node reads of the harness is not what was packed. */
  damagedHarness: 73,
  /** The node's temporary folder is missing, or has no room to unpack the harness. */
  noRoom: 74,
  /** An earlier job of the same node goes on there, and did not end when it was told to. */
  earlierRun: 75,
  /** The fleet's folder has no room, so that what happened could not be told there. */
  fullFolder: 76,
  /** No program may run from the node's temporary folder. */
  noPrograms: 78,
} as const;
