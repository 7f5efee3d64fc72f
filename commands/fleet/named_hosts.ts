/**
 * What a path that a user names says of hosts, before their results are read: a run's folder or file, or
 * the folder of a fleet, which tells of hosts that left nothing, too.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { UsageProblem } from "../../problem.ts";
import { FLEET_FILE, parseFleet } from "../../reports/fleet/fleet_json.ts";
import { RESULT_FILE } from "../../reports/json.ts";
import { readRegularFile } from "../../reports/regular_file.ts";
import { NODE_FILES, NODES_FOLDER } from "../../runners/fleet/fleet_folder.ts";
import type { HostFate, TimeWindow } from "../../suites/fleet/arrival.ts";
import { FOUND_IN_RESULTS } from "../../suites/fleet/faults.ts";
import type {
  FleetFault,
  FleetHost,
  FleetRequest,
  FleetResult,
} from "../../suites/fleet/fleet_result.ts";
import { outcomeOfReports } from "../../suites/fleet/node_stage.ts";
import { isFolder, isSeen, mayBeThere, placeNamed, placeOf, realPath } from "./sources.ts";
import { readNodeTold, whenBegun } from "./node_told.ts";
import { knownOf, viewOfNodes } from "./node_views.ts";
import {
  type Awaited,
  type Knowledge,
  type ToldResult,
  UNKNOWN,
  type View,
  windowOf,
} from "./views.ts";

/** Many times what a fleet of ten thousand hosts takes. */
export const MOST_FLEET_BYTES = 512 * 2 ** 20;

/**
 * What is known of the hosts under a path; a fleet that did not come to its end is told by what its nodes
 * left beside what was merged of it before.
 *
 * @throws {UsageProblem} where there is nothing, or a run and a fleet in one folder
 * @throws {Problem} where the `fleet.json` or the plan in a folder cannot be read
 */
export async function lookUnder(given: string, now: Date): Promise<View[]> {
  const isFile = basename(given) === FLEET_FILE && !isFolder(given);
  const path = isFile ? dirname(given) : given;
  if (!mayBeThere(given)) throw nothingThere(given, path);
  const hasFleet = isSeen(`${path}/${FLEET_FILE}`);
  const hasRun = isSeen(`${path}/${RESULT_FILE}`);
  if (hasFleet && !isFile && hasRun) throw bothThere(path);
  const merged = hasFleet ? await viewOfFleet(path) : null;
  const hasNodes = isFolder(`${path}/${NODES_FOLDER}`) && !hasRun;
  const nodes = hasNodes && merged?.knows !== "ended"
    ? await viewOfNodes(path, { request: merged?.request ?? null, now })
    : null;
  const views = [merged, nodes].filter((view) => view !== null);
  return views.length === 0
    ? [await viewOfRun(given)]
    : views.map((view) => ({ ...view, path: given }));
}

function nothingThere(given: string, path: string): UsageProblem {
  return new UsageProblem({
    action: `merge the result ${given}`,
    condition: `there is no ${path}`,
    cure: "Name folders of runs, such as results/TIME-HOST, or the folder of a fleet.",
  });
}

function bothThere(path: string): UsageProblem {
  return new UsageProblem({
    action: `merge ${path}`,
    condition: "it holds the result of a run, and a fleet",
    cure: `Name the one that is meant: ${path}/${RESULT_FILE} or ${path}/${FLEET_FILE}.`,
  });
}

async function viewOfRun(path: string): Promise<View> {
  const place = placeNamed(path);
  return {
    ...{ path, fleet: realPath(place), knows: "run", mergedAt: "", request: null, links: [] },
    awaited: [{ ...UNKNOWN, ...await toldBesides(place), place }],
  };
}

/** What a node told of the run that is in its folder, where it told anything. */
async function toldBesides(place: string): Promise<Partial<Pick<Awaited, "fate" | "faults">>> {
  if (basename(place) !== NODE_FILES.result) return {};
  const { start, end } = await readNodeTold(dirname(place));
  return start === null && end === null ? {} : knownOf(outcomeOfReports("", { start, end }));
}

/** Reads the `fleet.json` in a folder: what an earlier merge knew of its hosts. */
async function viewOfFleet(path: string): Promise<Omit<View, "path">> {
  const file = `${path}/${FLEET_FILE}`;
  const kind = { action: `read the fleet ${file}`, mostBytes: MOST_FLEET_BYTES };
  const fleet = await parseFleet(await readRegularFile(file, kind), file);
  const { request, mergedAt, links } = fleet;
  return {
    ...{ fleet: request?.id ?? realPath(path), mergedAt, request, links },
    knows: knowledgeIn(request),
    awaited: await awaitedOfFleet(path, fleet),
  };
}

function knowledgeIn(request: FleetRequest | null): Knowledge {
  if (request === null) return "merged by hand";
  return request.endedAt === null ? "going on" : "ended";
}

/** All that the results of its hosts tell is found anew, but for what takes the times of one fleet. */
async function awaitedOfFleet(folder: string, fleet: FleetResult): Promise<Awaited[]> {
  const window = windowOf(fleet);
  const isKept = ({ kind }: FleetFault) =>
    !FOUND_IN_RESULTS.includes(kind) || kind === "stale-result";
  const faults = Map.groupBy(fleet.faults.filter(isKept), ({ host }) => host);
  const awaited: Awaited[] = [];
  for (const host of fleet.hosts) {
    const { name, source, told } = host;
    const place = source === null ? null : placeOf(folder, source);
    const nodeFolder = place === null ? null : dirname(place);
    awaited.push({
      ...{ name, place, fate: fateIn(host), faults: faults.get(name) ?? [] },
      told: source === null ? null : toldResult(source, told),
      window: window === null ? null : await withBeginning(window, nodeFolder),
    });
  }
  return awaited;
}

function toldResult(source: string, told: FleetHost["told"]): ToldResult {
  return { source, machine: told?.machine ?? null, startedAt: told?.startedAt ?? null };
}

async function withBeginning(
  window: Omit<TimeWindow, "begun">,
  nodeFolder: string | null,
): Promise<TimeWindow> {
  const begun = nodeFolder === null ? null : whenBegun(await readNodeTold(nodeFolder));
  return { ...window, begun };
}

function fateIn({ state, because }: FleetHost): HostFate | null {
  switch (state) {
    case "measured":
    case "left-out":
    case "partial":
    case "unreadable":
      return null;
    case "nothing":
    case "died":
    case "timed-out":
    case "cancelled":
    case "unavailable":
    case "waited":
      return { state, because: because ?? "Nothing is known of why there is no result." };
  }
}
