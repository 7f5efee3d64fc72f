/**
 * `deno task bench --on slurm`: a fleet from a cluster's login node. Every node is measured by the same
 * cellproof, alone on its node; the results come back and are merged.
 *
 * @module
 */
import { FLEET_FILE } from "../reports/fleet/fleet_json.ts";
import { History } from "../reports/history/history.ts";
import { ProgressLines } from "../reports/progress.ts";
import { HARNESS_FILE } from "../runners/fleet/fleet_folder.ts";
import { packHarness } from "../runners/fleet/harness.ts";
import type { Host } from "../runners/host.ts";
import { liveHost } from "../runners/seam/live.ts";
import { Slurm } from "../runners/slurm/slurm.ts";
import type { SlurmNode } from "../runners/slurm/slurm_records.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type FleetPorts, NotBegun } from "../suites/fleet/fleet_jobs.ts";
import { FleetRun, outcomesOfUnavailable } from "../suites/fleet/fleet_run.ts";
import type { FleetResult } from "../suites/fleet/fleet_result.ts";
import { type LinkPorts, measureLinks } from "../suites/fleet/measure_links.ts";
import { mergeFleet } from "../suites/fleet/merge.ts";
import type { NodeOutcome } from "../suites/fleet/node_stage.ts";
import { type FleetOrder, type FleetPlan, nodesOf, planFleet } from "../suites/fleet/plan.ts";
import { sweep } from "../suites/fleet/sweep.ts";
import { arrivalsByName, tieLinks } from "../suites/fleet/tied_links.ts";
import { onInterrupt } from "./bench_host.ts";
import { DEFAULT_THRESHOLDS } from "./command.ts";
import { addFleet } from "./fleet_addition.ts";
import type { FleetCommand } from "./fleet_order.ts";
import { reportFleet } from "./fleet_report.ts";
import { FleetStore } from "./fleet_store.ts";
import { arrivalsOf, type EndedFleet, requestOf } from "./node_arrivals.ts";
import { CACHE_FOLDER, projectPath, VERSION } from "./project.ts";

/** What the steps of a fleet share. */
interface FleetTools {
  readonly host: Host;
  readonly say: (text: string) => void;
  readonly interrupted: AbortSignal;
}

/** Runs a fleet, or goes on with one, and returns the exit status. */
export async function benchFleet(command: FleetCommand): Promise<number> {
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
  const known = await slurm.nodes();
  const nodes = nodesOf(order, known);
  using store = FleetStore.open(command.out ?? defaultFolder(order, tools.host.now()));
  await store.assertResumable(order, VERSION);
  const plan = store.earlier ??
    await newPlan(
      { order, nodes, nodesNotAsked: known.length - nodes.length, slurm, store },
      tools,
    );
  const ports = portsOf({ slurm, store }, tools);
  const outcomes = await outcomesOf(plan, { store, ports });
  const faults = await sweep(plan, ports);
  const fleet = await merged({ plan, folder: store.path, outcomes, faults }, ports);
  const status = await reportFleet(store.path, fleet, command);
  store.tidy();
  if (command.history !== null) await keepInHistory(command.history, store.path);
  return statusOfFleet(status, tools.interrupted.aborted);
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
  { order, nodes, nodesNotAsked, slurm, store }: {
    readonly order: FleetOrder;
    readonly nodes: readonly SlurmNode[];
    readonly nodesNotAsked: number;
    readonly slurm: Slurm;
    readonly store: FleetStore;
  },
  { host, say }: FleetTools,
): Promise<FleetPlan> {
  say("packing cellproof for the nodes");
  try {
    const { sha256 } = await packHarness(host, {
      project: projectPath(""),
      deno: Deno.execPath(),
      out: `${store.path}/${HARNESS_FILE}`,
      cache: CACHE_FOLDER,
    });
    const now = host.now();
    const known = { nodesNotAsked, version: VERSION, harness: sha256, now };
    const plan = planFleet(order, nodes, { cluster: slurm.cluster, ...known });
    store.keep(plan);
    return plan;
  } catch (error) {
    store.forget();
    throw error;
  }
}

function portsOf(
  { slurm, store }: { readonly slurm: Slurm; readonly store: FleetStore },
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
    if (error instanceof NotBegun) store.forget();
    throw error;
  }
}

/** Keeps the fleet and all results of its hosts. */
async function keepInHistory(path: string, folder: string): Promise<void> {
  using history = History.open(path, { create: true });
  const { results } = await addFleet(history, `${folder}/${FLEET_FILE}`, { dryRuns: false });
  for (const [source, problem] of results.problems) console.error(`${source}: ${problem.message}`);
  console.error(`${results.added} results are kept in ${path}.`);
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
export function statusOfFleet(status: number, interrupted: boolean): number {
  return interrupted && status !== EXIT.hostNotRestored ? EXIT.interrupted : status;
}
