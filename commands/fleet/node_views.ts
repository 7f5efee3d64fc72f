/**
 * What the nodes of a fleet left in its folder, where no coordinator told of its end: it was killed, goes
 * on, or there never was one, as on Kubernetes.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { readRegularFile } from "../../reports/regular_file.ts";
import {
  NODE_FILES,
  nodeFolder,
  NODES_FOLDER,
  PLAN_FILE,
} from "../../runners/fleet/fleet_folder.ts";
import type { TimeWindow } from "../../suites/fleet/arrival.ts";
import type { FleetRequest } from "../../suites/fleet/fleet_result.ts";
import {
  type NodeOutcome,
  outcomeOfCallBack,
  outcomeOfReports,
  outcomeWithoutResult,
} from "../../suites/fleet/node_stage.ts";
import { type FleetPlan, parsePlan } from "../../suites/fleet/plan.ts";
import { mayBeThere, realPath, resultFile } from "./sources.ts";
import { fateOf, requestOf } from "./node_arrivals.ts";
import { readNodeTold, whatWasPrinted, whenBegun } from "./node_told.ts";
import { type Awaited, UNKNOWN, type View, windowOf } from "./views.ts";

const MOST_PLAN_BYTES = 32 * 2 ** 20;

/**
 * The nodes that were asked, and those that left anything; `request` is what an earlier merge knew of the
 * fleet.
 *
 * @throws {Problem} where the plan or the folder of the nodes cannot be read
 */
export async function viewOfNodes(
  path: string,
  { request: earlier, now }: { readonly request: FleetRequest | null; readonly now: Date },
): Promise<Omit<View, "path">> {
  const plan = await readPlan(path);
  const request = plan === null ? earlier : { ...requestOf(plan, now), endedAt: null };
  const window = windowOf({ request, mergedAt: now.toISOString() });
  const nodes = new Set([...plan?.nodes ?? [], ...nodesBelow(path)]);
  const never = plan?.unavailable.filter(({ node }) => !nodes.has(node)) ?? [];
  const awaited: Awaited[] = [];
  for (const node of nodes) awaited.push(await awaitedOfNode(path, node, window));
  return {
    ...{ fleet: request?.id ?? realPath(path), knows: "nodes", mergedAt: now.toISOString() },
    ...{ request, links: [] },
    awaited: [...awaited, ...never.map(awaitedOfUnavailable)],
  };
}

/** Null where there is none: on Kubernetes nobody writes one. */
async function readPlan(path: string): Promise<FleetPlan | null> {
  const file = `${path}/${PLAN_FILE}`;
  if (!mayBeThere(file)) return null;
  const kind = { action: `read ${file}`, mostBytes: MOST_PLAN_BYTES };
  const plan = parsePlan(await readRegularFile(file, kind));
  if (plan !== null) return plan;
  throw new Problem({
    action: kind.action,
    condition: "it is none that this cellproof wrote, so nobody knows which nodes were asked",
    cure:
      `Name the results of the nodes themselves: ${path}/${NODES_FOLDER}/*/${NODE_FILES.result}`,
  });
}

/** A node may be a link to where it had more room. */
function nodesBelow(path: string): string[] {
  return entriesOf(`${path}/${NODES_FOLDER}`).flatMap(
    ({ name, isDirectory, isSymlink }) => isDirectory || isSymlink ? [name] : [],
  );
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    const condition = error instanceof Error ? error.message : String(error);
    throw new Problem({ action: `look into ${folder}`, condition });
  }
}

async function awaitedOfNode(
  path: string,
  node: string,
  window: Omit<TimeWindow, "begun"> | null,
): Promise<Awaited> {
  const folder = `${path}/${nodeFolder(node)}`;
  const place = `${folder}/${NODE_FILES.result}`;
  const reports = await readNodeTold(folder);
  const known = outcomeOfReports(node, reports);
  const hasResult = mayBeThere(resultFile(place));
  return {
    ...{ name: node, place: mayBeThere(place) ? place : null, told: null },
    ...knownOf(
      hasResult ? known : outcomeWithoutResult(node, known, {
        ...reports,
        printed: await whatWasPrinted(folder),
      }),
    ),
    window: window === null ? null : { ...window, begun: whenBegun(reports) },
  };
}

function awaitedOfUnavailable({ node, because }: FleetPlan["unavailable"][number]): Awaited {
  const outcome = outcomeOfCallBack(node, { state: "unavailable", because });
  return { ...UNKNOWN, name: node, place: null, ...knownOf(outcome) };
}

/** What becomes of a host by what its node told. */
export function knownOf(outcome: NodeOutcome): Pick<Awaited, "fate" | "faults"> {
  const faults = outcome.faults.map(({ kind, because, cure }) => ({ kind, because, cure }));
  return { fate: fateOf(outcome), faults };
}
