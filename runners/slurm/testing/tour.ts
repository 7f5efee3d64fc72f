/**
 * All that a fleet does with Slurm, once, without letting a job begin. Run as a program, it prints what
 * it saw of the cluster that it finds itself in.
 *
 * @module
 */
import type { Host } from "../../host.ts";
import { liveHost } from "../../seam/live.ts";
import { Slurm } from "../slurm.ts";
import { isLiving, type SlurmJob } from "../slurm_records.ts";
import { TEST_PARTITION } from "./cluster_configuration.ts";

/** What it saw. */
export interface Tour {
  readonly nodes: readonly string[];
  /** The node of each task in their order, as Slurm tells once all are pinned. */
  readonly pinned: readonly string[];
  /** Of how many tasks Slurm says that they may still run, once they are cancelled. */
  readonly left: number;
}

const ARRAY = {
  partition: TEST_PARTITION,
  args: [],
  timeLimitSeconds: null,
  deadlineSeconds: null,
  gres: null,
} as const;

/** Gives each node a task, the last one the first, and cancels them. */
export async function tour(host: Host): Promise<Tour> {
  const slurm = await Slurm.open(host);
  const nodes = (await slurm.nodes()).map(({ name }) => name);
  const script = `${await host.temporaryFolder()}/script.sh`;
  await host.writeText(script, "#!/bin/bash\n");
  const name = `tour-${crypto.randomUUID()}`;
  const id = await slurm.submit({ ...ARRAY, name, script, tasks: nodes.length });
  await slurm.pinAll(id, nodes.toReversed());
  const pinned = (await slurm.jobs(name)).toSorted(byTask).map((job) => job.requiredNodes);
  await slurm.cancel([id]);
  const left = (await slurm.jobs(name)).filter(({ state }) => isLiving(state)).length;
  return { nodes, pinned, left };
}

function byTask(one: SlurmJob, other: SlurmJob): number {
  return (one.arrayTaskId ?? 0) - (other.arrayTaskId ?? 0);
}

if (import.meta.main) {
  const host = await liveHost();
  console.log(JSON.stringify(await tour(host)));
  await host.close();
}
