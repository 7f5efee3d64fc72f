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
import { allowedSeconds, type FleetPorts, HELD } from "./fleet_jobs.ts";
import { faultOfCleaning, faultOfLeft, faultOfUnseen, type LeftFault } from "./left_folder.ts";
import { type FleetPlan, unavailability } from "./plan.ts";
import { fewNames } from "./progress.ts";

/** How long a node that is cleaned up may take, the queue included. */
const CLEAN_SECONDS = 120;
/** The time limit of its job, in a partition that allows as much. */
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
  const names = fewNames(killed.map(({ node }) => node));
  ports.say(`cleaning up on ${names}: the run was killed there`);
  const ready = await readyNodes(ports);
  const faults = await Promise.all(
    killed.map(async (one) => {
      const isReady = ready.has(one.node);
      if (!isReady) await orNull(takeBack(cleaningOf(one, plan), ports), ports.say);
      const left = isReady ? await clean(one, plan, ports) : faultOfUnseen(one.left);
      return left === null ? [] : [{ host: one.node, ...left }];
    }),
  );
  return faults.flat();
}

/** The name of the job that cleans up on a node. */
function cleaningOf({ node }: KilledNode, { id }: FleetPlan): string {
  return `cellproof-${id}-clean-${node}`;
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
  killed: KilledNode,
  plan: FleetPlan,
  ports: FleetPorts,
): Promise<SlurmJob | null> {
  const { slurm } = ports;
  const name = cleaningOf(killed, plan);
  const { job, isHeld } = await knownCleaning(name, ports) ??
    { job: await submitCleaning(name, { killed, plan, ports }), isHeld: true };
  try {
    if (isHeld) {
      await slurm.pin(job, 0, killed.node);
      await slurm.release(job);
    }
    return await endOf({ name, job }, ports);
  } finally {
    await slurm.cancel([job]);
  }
}

/** A job that cleans up. */
interface Cleaning {
  readonly job: number;
  /** Whether it was not let go yet. */
  readonly isHeld: boolean;
}

/** The one of a coordinator that was killed while it cleaned up. */
async function knownCleaning(name: string, { slurm }: FleetPorts): Promise<Cleaning | null> {
  const known = (await slurm.jobs(name)).find(({ state }) => isLiving(state));
  if (known === undefined) return null;
  return { job: known.arrayJobId ?? known.jobId, isHeld: known.reason === HELD };
}

async function takeBack(name: string, ports: FleetPorts): Promise<void> {
  const known = await knownCleaning(name, ports);
  if (known !== null) await ports.slurm.cancel([known.job]);
}

async function submitCleaning(
  name: string,
  { killed, plan, ports: { slurm, folder, script } }: {
    readonly killed: KilledNode;
    readonly plan: FleetPlan;
    readonly ports: FleetPorts;
  },
): Promise<number> {
  return await slurm.submit({
    name,
    partition: plan.order.partition,
    tasks: 1,
    gres: null,
    timeLimitSeconds: await allowedSeconds(CLEAN_LIMIT_SECONDS, plan.order, slurm),
    deadlineSeconds: null,
    script,
    args: cleanArguments({ folder, nonce: plan.id }, killed.left),
  });
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
