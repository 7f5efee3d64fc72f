/**
 * Cleans up on nodes whose run was killed in its middle, so that it could not do so itself.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { cleanArguments } from "../../runners/fleet/node_job.ts";
import { readNodeReports } from "../../runners/fleet/node_reports.ts";
import { isLiving, type SlurmJob } from "../../runners/slurm/slurm_records.ts";
import type { FleetFault } from "./fleet_result.ts";
import type { FleetPorts } from "./fleet_jobs.ts";
import { faultOfCleaning, faultOfLeft, faultOfUnseen, type LeftFault } from "./left_folder.ts";
import { type FleetPlan, unavailability } from "./plan.ts";

/** How long a node that is cleaned up may take, the queue included. */
const CLEAN_SECONDS = 120;
const CLEAN_LIMIT_SECONDS = 300;
const POLL_SECONDS = 0.5;

/** A node that told of a beginning and of no end, and the folder that its run is in. */
interface KilledNode {
  readonly node: string;
  readonly left: string;
}

/** Cleans up where that is needed and can be done. Returns what may still be there. */
export async function sweep(plan: FleetPlan, ports: FleetPorts): Promise<FleetFault[]> {
  const killed = await killedNodes(plan, ports);
  if (killed.length === 0) return [];
  ports.say(
    `cleaning up on ${killed.map(({ node }) => node).join(", ")}: the run was killed there`,
  );
  const ready = await readyNodes(ports);
  const faults = await Promise.all(
    killed.map(async (one) => {
      const left = ready.has(one.node) ? await clean(one, plan, ports) : faultOfUnseen(one.left);
      return left === null ? [] : [{ host: one.node, ...left }];
    }),
  );
  return faults.flat();
}

/** The nodes that take jobs; none where Slurm does not answer: what was measured is not lost for that. */
async function readyNodes({ slurm, say }: FleetPorts): Promise<Set<string>> {
  const nodes = await orNull(slurm.nodes(), say) ?? [];
  return new Set(nodes.filter((node) => unavailability(node) === null).map(({ name }) => name));
}

async function killedNodes({ nodes }: FleetPlan, { host, folder }: FleetPorts) {
  const killed: KilledNode[] = [];
  for (const node of nodes) {
    const { start, end } = await readNodeReports(host, folder, node);
    if (start !== null && end === null) killed.push({ node, left: start.folder });
  }
  return killed;
}

/** What a job of its own could not clean up on the node, by its exit status or what it told. */
async function clean(
  killed: KilledNode,
  plan: FleetPlan,
  ports: FleetPorts,
): Promise<LeftFault | null> {
  const ended = (await orNull(runCleaning(killed, plan, ports), ports.say))?.ended;
  const byStatus = ended?.kind === "exited"
    ? faultOfCleaning(ended.status, killed.left)
    : undefined;
  if (byStatus !== undefined) return byStatus;
  const { end } = await readNodeReports(ports.host, ports.folder, killed.node);
  if (end === null) return faultOfUnseen(killed.left);
  return end.left === null ? null : faultOfLeft(end.left);
}

/** Runs the job, and returns it as it ended; null where it did not in time, or Slurm forgot it. */
async function runCleaning(
  { node, left }: KilledNode,
  { id, order }: FleetPlan,
  { slurm, folder, script, ...ports }: FleetPorts,
): Promise<SlurmJob | null> {
  const name = `cellproof-${id}-clean-${node}`;
  const job = await slurm.submit({
    name,
    partition: order.partition,
    tasks: 1,
    gres: null,
    timeLimitSeconds: CLEAN_LIMIT_SECONDS,
    deadlineSeconds: null,
    script,
    args: cleanArguments({ folder, nonce: id }, left),
  });
  try {
    await slurm.pin(job, 0, node);
    await slurm.release(job);
    return await endOf({ name, job }, { slurm, ...ports });
  } finally {
    await slurm.cancel([job]);
  }
}

async function endOf(
  { name, job }: { readonly name: string; readonly job: number },
  { host, slurm, sleep }: Pick<FleetPorts, "host" | "slurm" | "sleep">,
): Promise<SlurmJob | null> {
  const until = host.monotonicSeconds() + CLEAN_SECONDS;
  while (host.monotonicSeconds() < until) {
    await sleep(POLL_SECONDS);
    const jobs = await slurm.jobs(name);
    const task = jobs.find(({ arrayJobId, jobId }) => (arrayJobId ?? jobId) === job);
    if (task === undefined || !isLiving(task.state)) return task ?? null;
  }
  return null;
}

/** What comes of it; null, with the words said, where that is a problem. */
async function orNull<T>(work: Promise<T>, say: (text: string) => void): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    return null;
  }
}
