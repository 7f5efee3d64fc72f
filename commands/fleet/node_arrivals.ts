/**
 * What the nodes of a fleet left, to be merged.
 *
 * @module
 */
import { readResults } from "../../reports/fleet/read_results.ts";
import { RESULT_FILE } from "../../reports/json.ts";
import { NODE_FILES, nodeFolder } from "../../runners/fleet/fleet_folder.ts";
import type { HostArrival, HostOutcome, TimeWindow } from "../../suites/fleet/arrival.ts";
import type { FleetFault, FleetRequest } from "../../suites/fleet/fleet_result.ts";
import { type NodeOutcome, outcomeWithoutResult } from "../../suites/fleet/node_stage.ts";
import type { FleetPlan } from "../../suites/fleet/plan.ts";
import { nodeKey } from "../../suites/fleet/remeasured.ts";
import { readNodeTold, whatWasPrinted, whenBegun } from "./node_told.ts";

const SCHEDULER = "slurm";

/** A fleet whose nodes' outcomes are known. */
export interface EndedFleet {
  readonly plan: FleetPlan;
  /** Its folder. */
  readonly folder: string;
  readonly outcomes: ReadonlyMap<string, NodeOutcome>;
  /** What was found beside: what is left on nodes. */
  readonly faults: readonly FleetFault[];
}

/** What came from each node, read. */
export async function arrivalsOf(fleet: EndedFleet, now: Date): Promise<HostArrival[]> {
  const { folder, outcomes } = fleet;
  const nodes = [...outcomes.keys()];
  const left = await readResults(nodes.map((node) => `${folder}/${sourceOf(node)}/${RESULT_FILE}`));
  const arrivals: HostArrival[] = [];
  for (const [index, [node, known]] of [...outcomes].entries()) {
    const nodesOwn = `${folder}/${nodeFolder(node)}`;
    const reports = await readNodeTold(nodesOwn);
    const begun = whenBegun(reports);
    const window = { from: new Date(fleet.plan.submittedAt), until: now, begun };
    const outcome = left[index] ?? { kind: "nothing" };
    const became = outcome.kind === "nothing"
      ? outcomeWithoutResult(node, known, { ...reports, printed: await whatWasPrinted(nodesOwn) })
      : known;
    arrivals.push(arrivalOf(node, fleet, { became, outcome, window }));
  }
  return arrivals;
}

function arrivalOf(
  node: string,
  { faults, plan: { cluster } }: EndedFleet,
  { became, outcome, window }: {
    readonly became: NodeOutcome;
    readonly outcome: HostOutcome;
    readonly window: TimeWindow;
  },
): HostArrival {
  // Slurm may have lost sight of a job that measured to its end.
  const isWhole = outcome.kind === "result" && outcome.digest.end === "whole";
  const known = became.faults.filter(({ kind }) => !isWhole || kind !== "no-result");
  const all = [...known, ...faults.filter(({ host }) => host === node)];
  const key = nodeKey(node, { scheduler: SCHEDULER, cluster });
  return {
    name: node,
    source: outcome.kind === "nothing" ? null : sourceOf(node),
    outcome,
    fate: fateOf(became),
    faults: all.map(({ kind, because, cure }) => ({ kind, because, cure })),
    window,
    ...(key === null ? {} : { node: key }),
  };
}

/** What a node's script ended with counts less than the whole result that it left. */
export function fateOf({ state, because }: NodeOutcome): HostArrival["fate"] {
  if (state === null || because === null) return null;
  return state === "measured" || state === "left-out" ? null : { state, because };
}

function sourceOf(node: string): string {
  return `${nodeFolder(node)}/${NODE_FILES.result}`;
}

/** A fleet as its result tells of it. */
export function requestOf(plan: FleetPlan, now: Date): FleetRequest {
  const { id, cluster, order, nodesNotAsked, submittedAt } = plan;
  return {
    id,
    scheduler: SCHEDULER,
    cluster,
    partition: order.partition,
    nodesNotAsked,
    submittedAt,
    endedAt: now.toISOString(),
  };
}
