/**
 * Measures the links between the hosts of a fleet, once the hosts themselves are measured: a job of two
 * nodes for each link, which Slurm places like any other.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import {
  LINK_FILES,
  LINK_SECONDS,
  linkArguments,
  type LinkEnds,
  linkFolder,
} from "../../runners/fleet/link_job.ts";
import { isLiving } from "../../runners/slurm/slurm_records.ts";
import type { HostArrival } from "./arrival.ts";
import type { DigestedHost } from "./duplicates.ts";
import { memberOf } from "./fleet_member.ts";
import type { HostLink } from "./fleet_result.ts";
import { allowedSeconds, type FleetPorts } from "./fleet_jobs.ts";
import { type LinkPair, pairsOf } from "./link_pairs.ts";
import { pairText, readLinks } from "./links.ts";
import type { FleetPlan } from "./plan.ts";

/** The claim that links between hosts decide; without it none is measured. */
export const LINK_CLAIM = "02.1.2/link-bandwidth/gpu-cluster";

/** How long the jobs of links may take, the queue included. */
const ALL_LINKS_SECONDS = 2 * LINK_SECONDS;
const POLL_SECONDS = 1;

export interface LinkPorts extends FleetPorts {
  /** The file of the batch script that measures a link. */
  readonly linkScript: string;
  /** Writes a text into the fleet's folder. */
  readonly keep: (path: string, text: string) => void;
}

/** The links of the hosts that arrived, measured; none where no host has what it takes. */
export async function measureLinks(
  arrivals: readonly HostArrival[],
  plan: FleetPlan,
  ports: LinkPorts,
): Promise<HostLink[]> {
  const pairs = pairsOf(arrivals.flatMap(linkable).map(memberOf));
  const { host, folder, say, interrupted } = ports;
  const open = [];
  for (const pair of pairs) if (!await isMeasured(pair, ports)) open.push(pair);
  if (open.length > 0 && !interrupted()) {
    say(`measuring ${open.length} of the links between hosts`);
    await runJobs(open, plan, ports);
  }
  return await readLinks(host, folder);
}

/** Only what was measured now has links now. */
function linkable({ name, outcome }: HostArrival): DigestedHost[] {
  if (name === null || outcome.kind !== "result") return [];
  const { digest } = outcome;
  const isAsked = digest.claims.some(({ id }) => id === LINK_CLAIM);
  const isWhole = digest.end === "whole" && digest.ground.kind === "live";
  return isAsked && isWhole ? [{ name, digest }] : [];
}

/** The job of a link; its number is null where it could not be submitted. */
interface LinkJob {
  readonly pair: LinkPair;
  readonly name: string;
  readonly job: number | null;
}

/** Runs them to their end; what Slurm does not tell or do is said, and the fleet's result not lost. */
async function runJobs(
  pairs: readonly LinkPair[],
  plan: FleetPlan,
  ports: LinkPorts,
): Promise<void> {
  const { host, slurm, say, interrupted, sleep } = ports;
  const jobs = await Promise.all(pairs.map((pair) => submit(pair, plan, ports)));
  const until = host.monotonicSeconds() + ALL_LINKS_SECONDS;
  while (!interrupted() && host.monotonicSeconds() < until) {
    const going = await Promise.all(jobs.map((job) => goesOn(job, ports)));
    if (!going.includes(true)) return;
    await sleep(POLL_SECONDS);
  }
  try {
    await slurm.cancel(jobs.flatMap(({ job }) => job ?? []));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
  }
}

/** Whether a link may be measured yet; a controller that is restarted does not tell. */
async function goesOn({ pair, name, job }: LinkJob, ports: LinkPorts): Promise<boolean> {
  if (job === null || await isMeasured(pair, ports)) return false;
  try {
    return (await ports.slurm.jobs(name)).some(({ state }) => isLiving(state));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return true;
  }
}

/** Submits the job of a link, unless a coordinator that was killed did. */
async function submit(pair: LinkPair, plan: FleetPlan, ports: LinkPorts): Promise<LinkJob> {
  const { slurm, folder, say, keep, linkScript } = ports;
  const [from, to] = [pair.from.node, pair.to.node];
  const name = `cellproof-${plan.id}-link-${from}+${to}`;
  keep(`${linkFolder(pair)}/${LINK_FILES.pair}`, pairText(pair));
  try {
    const [known] = await slurm.jobs(name);
    if (known !== undefined) return { pair, name, job: known.jobId };
    const job = await slurm.submitPair({
      name,
      partition: plan.order.partition,
      nodes: [from, to],
      script: linkScript,
      args: linkArguments({ folder, nonce: plan.id }, pair),
      timeLimitSeconds: await allowedSeconds(LINK_SECONDS, plan.order, slurm),
    });
    return { pair, name, job };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    keep(`${linkFolder(pair)}/${LINK_FILES.failure}`, error.message);
    return { pair, name, job: null };
  }
}

async function isMeasured(pair: LinkEnds, { host, folder }: LinkPorts): Promise<boolean> {
  return await host.readText(`${folder}/${linkFolder(pair)}/${LINK_FILES.ended}`) !== null;
}
