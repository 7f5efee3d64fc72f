/**
 * `deno task bench --on slurm`: a fleet from a cluster's login node. Every node is measured by the same
 * cellproof, alone on its node; the results come back and are merged.
 *
 * @module
 */
import { ProgressLines } from "../../reports/progress.ts";
import { HARNESS_FILE } from "../../runners/fleet/fleet_folder.ts";
import { packHarness } from "../../runners/fleet/harness.ts";
import type { Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { Slurm } from "../../runners/slurm/slurm.ts";
import { EXIT } from "../../suites/exit_status.ts";
import { demandOf, type FleetPorts, NotBegun } from "../../suites/fleet/fleet_jobs.ts";
import { FleetRun, outcomesOfUnavailable } from "../../suites/fleet/fleet_run.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { type LinkPorts, measureLinks } from "../../suites/fleet/measure_links.ts";
import { mergeFleet } from "../../suites/fleet/merge.ts";
import type { NodeOutcome } from "../../suites/fleet/node_stage.ts";
import { type FleetOrder, type FleetPlan, nodesOf, planFleet } from "../../suites/fleet/plan.ts";
import { timeOfDay } from "../../suites/fleet/progress.ts";
import { sweep } from "../../suites/fleet/sweep.ts";
import { arrivalsByName, tieLinks } from "../../suites/fleet/tied_links.ts";
import { onInterrupt } from "../bench_host.ts";
import { DEFAULT_THRESHOLDS } from "../command.ts";
import { endFleet } from "./end.ts";
import type { FleetCommand } from "./order.ts";
import { FleetStore } from "./store.ts";
import { arrivalsOf, type EndedFleet, requestOf } from "./node_arrivals.ts";
import { CACHE_FOLDER, projectPath, VERSION } from "../project.ts";

/** What nobody but the user may write to, as a umask: others could decide what is run. */
const OWN_FILES_ONLY = 0o022;

/** What the steps of a fleet share. */
interface FleetTools {
  readonly host: Host;
  readonly say: (text: string) => void;
  readonly interrupted: AbortSignal;
}

/** Runs a fleet, or goes on with one, and returns the exit status. */
export async function benchFleet(command: FleetCommand): Promise<number> {
  // Slurm gives it to the jobs, too.
  Deno.umask(Deno.umask() | OWN_FILES_ONLY);
  const progress = new ProgressLines();
  const interruption = new AbortController();
  const stopListening = onInterrupt(() => interruption.abort());
  // No signal for the host: after Ctrl-C its commands are what ends the jobs.
  const host = await liveHost();
  try {
    const say = (text: string) => progress.say(text);
    return await runFleet(command, { host, say, interrupted: interruption.signal });
  } finally {
    progress.end();
    stopListening();
    await host.close();
  }
}

async function runFleet(command: FleetCommand, tools: FleetTools): Promise<number> {
  const slurm = await Slurm.open(tools.host);
  const order = await orderOf(command, slurm);
  using store = FleetStore.open(command.out ?? defaultFolder(order, tools.host.now()));
  const ended = await store.assertResumable(order, VERSION);
  if (store.earlier !== null) tools.say(resumedInWords(store.earlier, store.path, ended !== null));
  const fleet = ended ?? await measured(order, { slurm, store }, tools);
  const status = await endFleet(fleet, store, { command, say: tools.say });
  return statusOfFleet(status, tools.interrupted.aborted);
}

/** What the fleet's folder and its cluster are to the steps of a fleet. */
interface FleetPlaces {
  readonly slurm: Slurm;
  readonly store: FleetStore;
}

/** Runs the fleet, or goes on with it, to its end. */
async function measured(
  order: FleetOrder,
  places: FleetPlaces,
  tools: FleetTools,
): Promise<FleetResult> {
  const { store } = places;
  const plan = store.earlier ?? await newPlan(order, places, tools);
  const ports = portsOf(places, tools);
  const outcomes = await outcomesOf(plan, { store, ports });
  const faults = await sweep(plan, ports);
  return await merged({ plan, folder: store.path, outcomes, faults }, ports);
}

function resumedInWords({ id, submittedAt }: FleetPlan, folder: string, hasEnded: boolean): string {
  const begun = new Date(submittedAt);
  const what = hasEnded ? "reporting" : "going on with";
  const since = `begun ${begun.toDateString()} ${timeOfDay(begun)}`;
  return `${what} the fleet ${id} in ${folder}, ${since}`;
}

/** All that came back, and what the links between the hosts carry. */
async function merged(ended: EndedFleet, ports: LinkPorts): Promise<FleetResult> {
  const arrivals = await arrivalsOf(ended, ports.host.now());
  const links = await measureLinks(arrivals, ended.plan, ports);
  const now = ports.host.now();
  const own = { version: VERSION, thresholds: DEFAULT_THRESHOLDS };
  return mergeFleet(arrivals, {
    ...{ own, now, request: requestOf(ended.plan, now) },
    links: tieLinks(links, arrivalsByName(arrivals)),
  });
}

async function orderOf(command: FleetCommand, slurm: Slurm): Promise<FleetOrder> {
  const { name: partition } = await slurm.partition(command.partition);
  const nodes = command.nodes === null ? null : await slurm.expand(command.nodes);
  return { partition, nodes, ...command.order };
}

/** Packs what travels, and writes down what will be asked. */
async function newPlan(
  order: FleetOrder,
  { slurm, store }: FleetPlaces,
  { host, say }: FleetTools,
): Promise<FleetPlan> {
  try {
    const known = await slurm.nodes();
    const nodes = nodesOf(order, known);
    await assertPossible(order, nodes.length, slurm);
    say("packing cellproof for the nodes");
    const { sha256: harness } = await packHarness(host, {
      project: projectPath(""),
      deno: Deno.execPath(),
      out: `${store.path}/${HARNESS_FILE}`,
      cache: CACHE_FOLDER,
    });
    const nodesNotAsked = known.length - nodes.length;
    const about = { nodesNotAsked, version: VERSION, harness, now: host.now() };
    const plan = planFleet(order, nodes, { cluster: slurm.cluster, ...about });
    store.keep(plan);
    return plan;
  } catch (error) {
    store.forget();
    throw error;
  }
}

/** Before anything is packed: what Slurm would refuse is refused now. */
async function assertPossible(order: FleetOrder, nodes: number, slurm: Slurm): Promise<void> {
  await slurm.assertPossible(demandOf(order, Math.min(nodes, slurm.cluster.largestArray)));
}

function portsOf(
  { slurm, store }: FleetPlaces,
  { host, say, interrupted }: FleetTools,
): LinkPorts {
  return {
    host,
    slurm,
    folder: store.path,
    script: projectPath("runners/fleet/node.sh"),
    linkScript: projectPath("runners/fleet/link.sh"),
    keep: (path, text) => store.keepText(path, text),
    say,
    interrupted: () => interrupted.aborted,
    sleep: (seconds) => sleep(seconds, interrupted),
  };
}

/** Submits what is not submitted yet, and waits for every node; after an interrupt it submits nothing. */
async function outcomesOf(
  plan: FleetPlan,
  { store, ports }: { readonly store: FleetStore; readonly ports: FleetPorts },
): Promise<ReadonlyMap<string, NodeOutcome>> {
  for (const { node, because } of plan.unavailable) ports.say(`${node} is not asked: ${because}`);
  const unavailable = outcomesOfUnavailable(plan);
  if (plan.nodes.length === 0) return unavailable;
  const run = new FleetRun(plan, ports);
  try {
    if (!store.isSubmitted && !ports.interrupted()) {
      await run.submit();
      store.markSubmitted();
    }
    return new Map([...unavailable, ...await run.follow()]);
  } catch (error) {
    // Where Slurm does not answer any more, another coordinator may go on.
    if (!(error instanceof NotBegun)) throw error;
    store.forget();
    throw error.refusal;
  }
}

/** Ends early where the user interrupts, and then waits no longer than a moment. */
async function sleep(seconds: number, interrupted: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1000);
  const wake = () => resolve();
  interrupted.addEventListener("abort", wake);
  await promise;
  interrupted.removeEventListener("abort", wake);
  clearTimeout(timer);
}

function defaultFolder({ partition }: FleetOrder, now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
  return projectPath(`results/${time}-fleet-${partition.replace(/[^A-Za-z0-9_.-]/g, "_")}`);
}

/** The exit status of a fleet that the user may have interrupted. */
function statusOfFleet(status: number, interrupted: boolean): number {
  return interrupted && status !== EXIT.hostNotRestored ? EXIT.interrupted : status;
}
