/**
 * What a scheduler runs on each node of a fleet: the arguments of `node.sh`. The name of the node comes
 * by `SLURMD_NODENAME` or, where it is set, `CELLPROOF_NODE`; that of the job by `SLURM_JOB_ID` or
 * `CELLPROOF_JOB`.
 *
 * @module
 */

/** In the fleet's folder: a text that no other fleet has, by which a node knows that it sees that folder. */
export const NONCE_FILE = "nonce";

/** The folder of a fleet, as every node must see it. */
export interface FleetPlace {
  /** Absolute. */
  readonly folder: string;
  /** What {@linkcode NONCE_FILE} holds, beside white space at its end; not empty. */
  readonly nonce: string;
}

/**
 * The script's arguments for a run. Those of `bench` have absolute paths only; `--out` is added. It
 * exits with the run's status, or with one of `NODE_STATUS`.
 */
export function runArguments(
  { folder, nonce }: FleetPlace,
  { sha256, bench }: { readonly sha256: string; readonly bench: readonly string[] },
): string[] {
  return [folder, nonce, sha256, "--", ...bench];
}

/**
 * The script's arguments to clean up on a node whose job was killed; `left` is the folder that the
 * job's `NodeStart` or `NodeEnd` tells. It exits with one of {@linkcode CLEAN_STATUS} or `NODE_STATUS`.
 */
export function cleanArguments({ folder, nonce }: FleetPlace, left: string): string[] {
  return ["--clean", folder, nonce, left];
}

/** What cleaning up exits with. */
export const CLEAN_STATUS = {
  /** Nothing is left of the folder. */
  cleaned: 0,
  /** The host could not be put back: the folder stays, with what undoes it. */
  notRestored: 3,
  /** The host is as it was, but the folder could not be removed. */
  filesLeft: 70,
  /** A run goes on in the folder, and did not end when it was told to. */
  inUse: 75,
  /** The folder is none of this fleet's: nothing was done. */
  foreignFolder: 77,
} as const;

/** What a run that was killed is told to have ended with where its folder was cleaned up afterwards. */
export const KILLED_STATUS = 137;
