/**
 * What speaks against a submission. What is held is not judged by Slurm: it accepts it, and lets it wait
 * for ever.
 *
 * @module
 */
import { hasGres } from "./gres.ts";
import { Problem, UsageProblem } from "../../problem.ts";
import type { SlurmCluster, SlurmNode, SlurmPartition } from "./slurm_records.ts";
import type { SlurmSubmission } from "./submission.ts";

/** What of a submission can be judged. */
export type SlurmDemand = Pick<
  SlurmSubmission,
  "partition" | "tasks" | "timeLimitSeconds" | "gres"
>;

/** Where the jobs are to run. */
export interface SubmissionPlace {
  readonly cluster: Pick<SlurmCluster, "largestArray">;
  readonly partition: SlurmPartition;
  /** Of the whole cluster; read only where gres is asked for. */
  readonly nodes: readonly SlurmNode[];
}

const ACTION = "submit the jobs";
/** States of a partition that takes no jobs; one that is DOWN takes them, and lets them wait. */
const CLOSED = ["DRAIN", "INACTIVE"];

/** Null where nothing does. */
export function objectionTo(
  { tasks, timeLimitSeconds, gres }: SlurmDemand,
  { cluster: { largestArray }, partition, nodes }: SubmissionPlace,
): Problem | null {
  if (CLOSED.includes(partition.state)) return closed(partition);
  if (partition.jobsAtOnce > 1) return shared(partition);
  if (tasks > largestArray) return tooLarge(tasks, largestArray);
  return timeObjection(timeLimitSeconds, partition) ??
    (gres === null ? null : gresObjection(gres, partition.name, nodes));
}

function closed({ name, state }: SlurmPartition): Problem {
  return new Problem({
    action: ACTION,
    condition: `the partition ${name} takes no jobs now (it is ${state})`,
    cure:
      `Name another partition, or have it opened (scontrol update PartitionName=${name} State=UP).`,
  });
}

/** There Slurm drops `--exclusive` without a word. */
function shared({ name, jobsAtOnce }: SlurmPartition): Problem {
  return new UsageProblem({
    action: ACTION,
    condition: `in the partition ${name} Slurm lets jobs share nodes, whatever they ask ` +
      `(OverSubscribe=FORCE:${jobsAtOnce})`,
    cure: "Name another partition.",
  });
}

function tooLarge(tasks: number, largestArray: number): Problem {
  return new Problem({
    action: ACTION,
    condition: `an array of ${tasks} tasks is too large: at most ${largestArray} are allowed`,
    cure: "Ask for fewer nodes, or have MaxArraySize or max_array_tasks raised in slurm.conf.",
  });
}

function timeObjection(
  timeLimitSeconds: number | null,
  { name, longestSeconds }: SlurmPartition,
): Problem | null {
  const minutes = Math.ceil((timeLimitSeconds ?? 0) / 60);
  if (longestSeconds === null || minutes * 60 <= longestSeconds) return null;
  return new UsageProblem({
    action: ACTION,
    condition: `a time limit of ${minutes} min is more than the partition ${name} allows ` +
      `(${Math.floor(longestSeconds / 60)} min)`,
    cure: "Ask for less time (--budget, and five minutes to begin and to end), or name another " +
      "partition.",
  });
}

function gresObjection(
  gres: string,
  partition: string,
  nodes: readonly SlurmNode[],
): Problem | null {
  const members = nodes.filter(({ partitions }) => partitions.includes(partition));
  if (members.some((node) => hasGres(node.gres, gres))) return null;
  const had = [...new Set(members.map((node) => node.gres || "none"))].join("; ");
  return new UsageProblem({
    action: ACTION,
    condition: `no node of the partition ${partition} has ${gres} (they have: ${
      had || "no nodes"
    })`,
    cure: "Ask for what a node has (--gres NAME:COUNT).",
  });
}
