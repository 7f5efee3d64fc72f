/**
 * What the nodes of a fleet left, to be merged.
 *
 * @module
 */
import { readResults } from "../reports/fleet/read_results.ts";
import { RESULT_FILE } from "../reports/json.ts";
import { NODE_FILES, nodeFolder } from "../runners/fleet/fleet_folder.ts";
import type { HostArrival, HostOutcome } from "../suites/fleet/arrival.ts";
import type { FleetFault, FleetRequest } from "../suites/fleet/fleet_result.ts";
import type { NodeOutcome } from "../suites/fleet/node_stage.ts";
import type { FleetPlan } from "../suites/fleet/plan.ts";

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
  return nodes.map((node, index) =>
    arrivalOf(node, left[index] ?? { kind: "nothing" }, fleet, now)
  );
}

function arrivalOf(
  node: string,
  outcome: HostOutcome,
  { plan, outcomes, faults }: EndedFleet,
  now: Date,
): HostArrival {
  const { state = null, because = null, faults: own = [] } = outcomes.get(node) ?? {};
  const all = [...own, ...faults.filter(({ host }) => host === node)];
  return {
    name: node,
    source: outcome.kind === "nothing" ? null : sourceOf(node),
    outcome,
    fate: state === null || because === null ? null : fateOf(state, because),
    faults: all.map(({ kind, because, cure }) => ({ kind, because, cure })),
    window: { from: new Date(plan.submittedAt), until: now },
  };
}

/** What a node's script ended with counts less than the whole result that it left. */
function fateOf(state: NonNullable<NodeOutcome["state"]>, because: string): HostArrival["fate"] {
  return state === "measured" || state === "left-out" ? null : { state, because };
}

function sourceOf(node: string): string {
  return `${nodeFolder(node)}/${NODE_FILES.result}`;
}

/** A fleet as its result tells of it. */
export function requestOf({ id, cluster, order, submittedAt }: FleetPlan, now: Date): FleetRequest {
  return {
    id,
    scheduler: "slurm",
    cluster,
    partition: order.partition,
    submittedAt,
    endedAt: now.toISOString(),
  };
}
