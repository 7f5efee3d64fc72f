/**
 * What speaks against a submission. What is held is not judged by Slurm: it accepts it, and lets it wait
 * for ever.
 *
 * @module
 */
import { hasGres } from "./gres.ts";
import { Problem } from "../../problem.ts";
import type { SlurmCluster, SlurmNode, SlurmPartition } from "./slurm_records.ts";
import type { SlurmSubmission } from "./submission.ts";

/** Where the jobs are to run. */
export interface SubmissionPlace {
  readonly cluster: Pick<SlurmCluster, "largestArray">;
  readonly partition: SlurmPartition;
  /** Of the whole cluster; read only where gres is asked for. */
  readonly nodes: readonly SlurmNode[];
}

/** Null where nothing does. */
export function objectionTo(
  { tasks, timeLimitSeconds, gres }: SlurmSubmission,
  { cluster: { largestArray }, partition, nodes }: SubmissionPlace,
): Problem | null {
  if (tasks > largestArray) {
    return refusal(
      `an array of ${tasks} tasks is too large: at most ${largestArray} are allowed`,
      "Ask for fewer nodes, or have MaxArraySize raised in slurm.conf.",
    );
  }
  const minutes = Math.ceil((timeLimitSeconds ?? 0) / 60);
  if (minutes * 60 > (partition.longestSeconds ?? Infinity)) {
    const most = Math.floor((partition.longestSeconds ?? 0) / 60);
    return refusal(
      `a time limit of ${minutes} min (the budget, and five to begin and to end) is more than the ` +
        `partition ${partition.name} allows (${most} min)`,
      "Ask for less time (--budget), or name another partition.",
    );
  }
  return gres === null ? null : gresObjection(gres, partition.name, nodes);
}

function gresObjection(
  gres: string,
  partition: string,
  nodes: readonly SlurmNode[],
): Problem | null {
  const members = nodes.filter(({ partitions }) => partitions.includes(partition));
  if (members.some((node) => hasGres(node.gres, gres))) return null;
  const had = [...new Set(members.map((node) => node.gres || "none"))].join("; ");
  return refusal(
    `no node of the partition ${partition} has ${gres} (they have: ${had || "no nodes"})`,
    "Ask for what a node has (--gres NAME:COUNT).",
  );
}

function refusal(condition: string, cure: string): Problem {
  return new Problem({ action: "submit the jobs", condition, cure });
}
