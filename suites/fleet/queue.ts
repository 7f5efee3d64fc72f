/**
 * Why a task that waits in the queue is called back: pure.
 *
 * @module
 */
import type { SlurmJob, SlurmNode } from "../../runners/slurm/slurm_records.ts";
import type { CallBack } from "./node_stage.ts";
import { unavailability } from "./plan.ts";

/** Why a task will never run as it was submitted, and what mends it, by Slurm's reason. */
const NEVER: Readonly<Record<string, string>> = {
  PartitionTimeLimit: "Its time limit is above the partition's: give a shorter --budget.",
  PartitionNodeLimit: "The partition does not give a job a whole node.",
  PartitionDown: "The partition is down.",
  PartitionInactive: "The partition takes no jobs now.",
  AccountNotAllowed: "The account may not use the partition.",
  QOSNotAllowed: "The QOS may not be used in the partition.",
  BadConstraints: "No such node can satisfy what was asked for (--gres).",
};

/** Why a task will not begin, whoever waits; null where it may. */
export function whyNever(job: SlurmJob | undefined, node: SlurmNode | undefined): CallBack | null {
  const unavailable = node === undefined ? null : unavailability(node);
  if (unavailable !== null) return { state: "unavailable", because: unavailable.because };
  const reason = job?.reason ?? "";
  const words = NEVER[reason];
  if (words === undefined) return null;
  return { state: "unavailable", because: `Slurm will not run it (${reason}). ${words}` };
}

/** Why a task was not waited for any longer. */
export function whyWaited(seconds: number, job: SlurmJob | undefined): CallBack {
  const reason = job?.reason === null || job === undefined ? "" : ` (${job.reason})`;
  const because = `its job waited for ${seconds} s in the queue and did not begin${reason}`;
  return { state: "waited", because };
}
