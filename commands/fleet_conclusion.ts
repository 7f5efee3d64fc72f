/**
 * Merges what the nodes of a fleet left, and reports it.
 *
 * @module
 */
import { readResults } from "../reports/fleet/read_results.ts";
import { writeFleet } from "../reports/fleet/fleet_json.ts";
import { fleetSummary } from "../reports/fleet/terminal.ts";
import { writeFleetReports } from "../reports/fleet/write.ts";
import { RESULT_FILE } from "../reports/json.ts";
import { NODE_FILES, nodeFolder } from "../runners/fleet/fleet_folder.ts";
import { EXIT } from "../suites/exit_status.ts";
import type { HostArrival, HostOutcome } from "../suites/fleet/arrival.ts";
import { fleetExitStatus } from "../suites/fleet/exit.ts";
import type {
  FleetFault,
  FleetRequest,
  FleetResult,
  HostLink,
} from "../suites/fleet/fleet_result.ts";
import { mergeFleet } from "../suites/fleet/merge.ts";
import type { NodeOutcome } from "../suites/fleet/node_stage.ts";
import type { FleetPlan } from "../suites/fleet/plan.ts";
import { DEFAULT_THRESHOLDS } from "./command.ts";
import { VERSION } from "./project.ts";

/** A fleet whose nodes' outcomes are known. */
export interface EndedFleet {
  readonly plan: FleetPlan;
  /** Its folder. */
  readonly folder: string;
  readonly outcomes: ReadonlyMap<string, NodeOutcome>;
  /** What was found beside: what is left on nodes. */
  readonly faults: readonly FleetFault[];
  readonly links: readonly HostLink[];
}

/** The fleet's merged result. */
export async function mergeEnded(fleet: EndedFleet, now: Date): Promise<FleetResult> {
  const { plan, folder, outcomes, links } = fleet;
  const nodes = [...outcomes.keys()];
  const left = await readResults(nodes.map((node) => `${folder}/${sourceOf(node)}/${RESULT_FILE}`));
  const arrivals = nodes.map((node, index) =>
    arrivalOf(node, left[index] ?? { kind: "nothing" }, fleet, now)
  );
  const own = { version: VERSION, thresholds: DEFAULT_THRESHOLDS };
  return mergeFleet(arrivals, { own, now, request: requestOf(plan, now), links });
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

function requestOf({ id, cluster, order, submittedAt }: FleetPlan, now: Date): FleetRequest {
  return {
    id,
    scheduler: "slurm",
    cluster,
    partition: order.partition,
    submittedAt,
    endedAt: now.toISOString(),
  };
}

/** Writes every report of a fleet, prints its summary, and returns the exit status. */
export async function reportFleet(
  folder: string,
  fleet: FleetResult,
  { json }: { readonly json: boolean },
): Promise<number> {
  writeFleet(folder, fleet);
  const [page = null] = await writeFleetReports(folder, fleet);
  console.log((json ? JSON.stringify(fleet) : fleetSummary(fleet, page)).trimEnd());
  return fleetExitStatus(fleet);
}

/** The exit status of a fleet that the user may have interrupted. */
export function statusOfFleet(status: number, interrupted: boolean): number {
  return interrupted && status !== EXIT.hostNotRestored ? EXIT.interrupted : status;
}
