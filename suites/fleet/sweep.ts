/**
 * Cleans up on nodes whose run was killed in its middle, so that it could not do so itself.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { cleanArguments } from "../../runners/fleet/node_job.ts";
import { readNodeReports } from "../../runners/fleet/node_reports.ts";
import { isLiving } from "../../runners/slurm/slurm_records.ts";
import type { FleetFault } from "./fleet_result.ts";
import type { FleetPorts } from "./fleet_run.ts";
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
  const states = new Map((await ports.slurm.nodes()).map((node) => [node.name, node]));
  const faults = await Promise.all(killed.map(async (one) => {
    const known = states.get(one.node);
    const takesJobs = known !== undefined && unavailability(known) === null;
    return takesJobs && await clean(one, plan, ports) ? [] : [leftOn(one)];
  }));
  return faults.flat();
}

async function killedNodes({ nodes }: FleetPlan, { host, folder }: FleetPorts) {
  const killed: KilledNode[] = [];
  for (const node of nodes) {
    const { start, end } = await readNodeReports(host, folder, node);
    if (start !== null && end === null) killed.push({ node, left: start.folder });
  }
  return killed;
}

/** Whether a job of its own could clean up on the node. */
async function clean(killed: KilledNode, plan: FleetPlan, ports: FleetPorts): Promise<boolean> {
  try {
    await runCleaning(killed, plan, ports);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  const { end } = await readNodeReports(ports.host, ports.folder, killed.node);
  return end !== null && end.left === null;
}

async function runCleaning(
  { node, left }: KilledNode,
  { id, order }: FleetPlan,
  { host, slurm, folder, script, sleep }: FleetPorts,
): Promise<void> {
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
  await slurm.pin(job, 0, node);
  await slurm.release(job);
  const until = host.monotonicSeconds() + CLEAN_SECONDS;
  do {
    await sleep(POLL_SECONDS);
    if (!(await slurm.jobs(name)).some(({ state }) => isLiving(state))) return;
  } while (host.monotonicSeconds() < until);
  await slurm.cancel([job]);
}

function leftOn({ node, left }: KilledNode): FleetFault {
  return {
    kind: "left-files",
    host: node,
    because: `The run was killed, and nobody could clean up after it: ${left} may be left.`,
    cure:
      `On the node, run ${left}/harness/deno run --allow-all ${left}/harness/main.ts recover, ` +
      `then remove ${left}.`,
  };
}
