/**
 * What Slurm tells of its nodes, partitions and jobs, in closed types, whichever of its versions tells.
 *
 * @module
 */

/** A node, as `scontrol show nodes --json` or, before 23.02, `sinfo --json` tells. */
export interface SlurmNode {
  readonly name: string;
  /** The base state and its flags, in capitals: IDLE, ALLOCATED, MIXED, DOWN, DRAIN, NOT_RESPONDING … */
  readonly states: readonly string[];
  readonly partitions: readonly string[];
  /** Such as "gpu:h100:8"; empty for none. */
  readonly gres: string;
  /** Why it is down or drained, in the administrator's or Slurm's words; null for none. */
  readonly reason: string | null;
}

/** A partition, and what of the cluster's configuration bears on it. */
export interface SlurmPartition {
  readonly name: string;
  /** Such as UP, DOWN, DRAIN, INACTIVE. */
  readonly state: string;
  /** The longest time limit of a job; null for none. */
  readonly longestSeconds: number | null;
  /** How many jobs Slurm lets have the same processors, also of one that asks for a node of its own; mostly 1. */
  readonly jobsAtOnce: number;
}

/** The cluster. */
export interface SlurmCluster {
  readonly name: string | null;
  readonly version: string;
  /** How many tasks an array may have, by `MaxArraySize` and by `max_array_tasks`. */
  readonly largestArray: number;
  /** From SIGTERM to SIGKILL. */
  readonly killWaitSeconds: number;
}

/** How a process ended, from the status that `wait(2)` gives. */
export type WaitStatus =
  | { readonly kind: "exited"; readonly status: number }
  | { readonly kind: "signalled"; readonly signal: number };

/** A job, or one task of an array. */
export interface SlurmJob {
  readonly jobId: number;
  /** The job id of the whole array; null where the job is none's task. */
  readonly arrayJobId: number | null;
  /** Null where the job is no single task of an array. */
  readonly arrayTaskId: number | null;
  readonly name: string;
  /** Of whose it is; the name is null where the controller's host knows none. */
  readonly userId: number | null;
  readonly userName: string | null;
  readonly state: SlurmJobState;
  /** Why it waits or failed, in Slurm's word: JobHeldAdmin, Priority, Resources, PartitionTimeLimit …; null for none. */
  readonly reason: string | null;
  /** The nodes that it runs or ran on, as Slurm writes them; empty while it waits. */
  readonly nodes: string;
  /** The nodes that it must have; empty for any. */
  readonly requiredNodes: string;
  /** Null while it has not ended. Of a node that died it means nothing: an exit with 0, or SIGHUP. */
  readonly ended: WaitStatus | null;
  /** Null while it has not begun. */
  readonly startedAt: Date | null;
}

/** Base states of a job, and `COMPLETING` while its node cleans up. */
export const SLURM_JOB_STATES = [
  "PENDING",
  "RUNNING",
  "SUSPENDED",
  "COMPLETING",
  "COMPLETED",
  "CANCELLED",
  "FAILED",
  "TIMEOUT",
  "NODE_FAIL",
  "PREEMPTED",
  "BOOT_FAIL",
  "DEADLINE",
  "OUT_OF_MEMORY",
] as const;
/** `UNKNOWN` for a state that is not among them. */
export type SlurmJobState = typeof SLURM_JOB_STATES[number] | "UNKNOWN";

/** States in which a job has not ended, or may not have. */
const LIVING: readonly SlurmJobState[] = [
  "PENDING",
  "RUNNING",
  "SUSPENDED",
  "COMPLETING",
  "UNKNOWN",
];

/** Whether a job in this state may still run. */
export function isLiving(state: SlurmJobState): boolean {
  return LIVING.includes(state);
}
