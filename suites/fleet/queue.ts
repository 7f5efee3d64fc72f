/**
 * Why a task that waits in the queue is called back: pure.
 *
 * @module
 */
import type { SlurmJob, SlurmNode } from "../../runners/slurm/slurm_records.ts";
import type { CallBack } from "./node_stage.ts";
import { unavailability } from "./plan.ts";

/** A reason for which Slurm lets a job wait. */
interface LastingReason {
  readonly reason: RegExp;
  /** What is wrong with the job, as a clause. */
  readonly words: string;
  /** As a sentence. */
  readonly cure: string;
}

/**
 * The reasons that lie in the job itself: neither other jobs that end nor a partition that is up again
 * let it begin. Limits of what a user, an account or a QOS may have at a time are none of them.
 *
 * Source: `doc/html/job_reason_codes.shtml` and `src/common/job_state_reason.c` of Slurm, 22.05 to 26.05.
 */
const NEVER: readonly LastingReason[] = [
  {
    reason: /^(?:PartitionTimeLimit|(?:QOS|Assoc)Max(?:WallDuration|\w+Minutes)PerJob(?:Limit)?)$/,
    words: "its time limit is longer than a job may have",
    cure: "Give a shorter --budget, or name another partition.",
  },
  {
    reason: /^PartitionNodeLimit$/,
    words: "the partition takes no job of one node (MinNodes)",
    cure: "Name another partition.",
  },
  {
    reason: /^(?:QOS|Assoc)Max\w+Per(?:Job|Node)(?:Limit)?$|^MaxMemPerLimit$/,
    words: "a whole node is more than a job may have",
    cure: "Have the limit raised, or use another account or QOS (SBATCH_ACCOUNT, SBATCH_QOS).",
  },
  {
    reason: /^QOSMin\w+$/,
    words: "a node is less than a job must have",
    cure: "Use another QOS (SBATCH_QOS).",
  },
  {
    reason: /^(?:AccountNotAllowed|InvalidAccount|QOSNotAllowed|InvalidQOS)$/,
    words: "its account or its QOS may not be used there",
    cure: "Use another one (SBATCH_ACCOUNT, SBATCH_QOS), or name another partition.",
  },
  {
    reason: /^BadConstraints$/,
    words: "the node does not have what it asks for",
    cure: "Ask for what the node has (--gres).",
  },
];

/** Why a task will not begin, whoever waits; null where it may. */
export function whyNever(job: SlurmJob | undefined, node: SlurmNode | undefined): CallBack | null {
  const unavailable = node === undefined ? null : unavailability(node);
  if (unavailable !== null) return { state: "unavailable", because: unavailable.because };
  const seen = job?.reason ?? "";
  const found = NEVER.find(({ reason }) => reason.test(seen));
  if (found === undefined) return null;
  const because = `Slurm will never run its job, since ${found.words} (${seen})`;
  return { state: "unavailable", because, cure: found.cure };
}

/** Why a task was not waited for any longer. */
export function whyWaited(seconds: number, job: SlurmJob | undefined): CallBack {
  const reason = job?.reason === null || job === undefined ? "" : ` (${job.reason})`;
  const because = `its job waited for ${seconds} s in the queue and did not begin${reason}`;
  return { state: "waited", because };
}
