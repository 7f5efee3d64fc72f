/**
 * From what a user names to what is merged: folders of runs, their `result.json`, and folders of fleets,
 * which tell of hosts that left nothing, too.
 *
 * @module
 */
import { resolve } from "node:path";
import { UsageProblem } from "../problem.ts";
import { FLEET_FILE, parseFleet } from "../reports/fleet/fleet_json.ts";
import { readResults } from "../reports/fleet/read_results.ts";
import { isThere, RESULT_FILE } from "../reports/json.ts";
import { NODE_FILES, nodeFolder, PLAN_FILE } from "../runners/fleet/fleet_folder.ts";
import type { HostArrival, HostFate } from "../suites/fleet/arrival.ts";
import { FOUND_IN_RESULTS } from "../suites/fleet/faults.ts";
import type {
  FleetHost,
  FleetRequest,
  FleetResult,
  HostLink,
} from "../suites/fleet/fleet_result.ts";
import { parsePlan } from "../suites/fleet/plan.ts";

/** All that was found under the paths that a user named. */
export interface Gathered {
  readonly arrivals: readonly HostArrival[];
  /** That of the one fleet whose folder was named alone; else null. */
  readonly request: FleetRequest | null;
  readonly links: readonly HostLink[];
  /** Paths whose results had been named before. */
  readonly twice: readonly string[];
}

/** An arrival whose result is to be read; without a `place` there is none. */
interface Awaited extends Omit<HostArrival, "outcome" | "source"> {
  /** The folder of a run, or its file. */
  readonly place: string | null;
}

/** What one path names. */
interface Found {
  readonly path: string;
  readonly awaited: readonly Awaited[];
  readonly fleet: FleetResult | null;
}

/**
 * Reads the results under `paths`; their places are told as seen from the folder `from`, where they lie
 * below it.
 *
 * @throws {UsageProblem} where there is nothing under a path
 * @throws {Problem} where the `fleet.json` in a folder cannot be read
 */
export async function gatherArrivals(paths: readonly string[], from: string): Promise<Gathered> {
  const found: Found[] = [];
  for (const path of paths) found.push(await lookUnder(path));
  const { awaited, twice } = eachOnce(found);
  const places = awaited.flatMap(({ place }) => place ?? []);
  const outcomes = (await readResults(places.map(resultFile))).values();
  const [only] = found;
  return {
    arrivals: awaited.map(({ place, ...known }) => ({
      ...known,
      source: place === null ? null : seenFrom(from, place),
      outcome: (place === null ? undefined : outcomes.next().value) ?? { kind: "nothing" },
    })),
    request: found.length === 1 ? only?.fleet?.request ?? null : null,
    links: found.flatMap(({ fleet }) => fleet?.links ?? []),
    twice,
  };
}

async function lookUnder(given: string): Promise<Found> {
  const path = given.endsWith(`/${FLEET_FILE}`) ? given.slice(0, -FLEET_FILE.length - 1) : given;
  if (!isThere(path)) {
    throw new UsageProblem({
      action: `merge the result ${given}`,
      condition: `there is no ${path}`,
      cure: "Name folders of runs, such as results/TIME-HOST, or the folder of a fleet.",
    });
  }
  if (!isFolder(path)) return { path, fleet: null, awaited: [{ ...UNKNOWN, place: path }] };
  const fleet = isThere(`${path}/${FLEET_FILE}`) ? await readFleet(`${path}/${FLEET_FILE}`) : null;
  if (fleet !== null) return { path, fleet, awaited: awaitedOfFleet(path, fleet) };
  const nodes = isThere(`${path}/${RESULT_FILE}`) ? null : nodesBelow(path);
  const awaited = nodes?.map((node) => awaitedOfNode(path, node)) ?? [{ ...UNKNOWN, place: path }];
  return { path, fleet, awaited };
}

const UNKNOWN = { name: null, fate: null, faults: [], window: null } as const;

async function readFleet(file: string): Promise<FleetResult> {
  return await parseFleet(await Deno.readTextFile(file), file);
}

/** What an earlier merge knew of its hosts; all that their results tell is found anew. */
function awaitedOfFleet(folder: string, fleet: FleetResult): Awaited[] {
  const { request, mergedAt } = fleet;
  const window = request === null ? null : {
    from: new Date(request.submittedAt),
    until: new Date(request.endedAt ?? mergedAt),
  };
  const faults = Map.groupBy(
    fleet.faults.filter(({ kind }) => !FOUND_IN_RESULTS.includes(kind)),
    ({ host }) => host,
  );
  return fleet.hosts.map((host) => ({
    name: host.name,
    place: host.source === null ? null : resolve(folder, host.source),
    fate: fateOf(host),
    faults: faults.get(host.name) ?? [],
    window,
  }));
}

function fateOf({ state, because }: FleetHost): HostFate | null {
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

/** The nodes of a fleet that was never merged: those that were asked, and those that left anything. */
function nodesBelow(folder: string): string[] | null {
  if (!isThere(`${folder}/nodes`)) return null;
  const began = [...Deno.readDirSync(`${folder}/nodes`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [name] : []
  );
  const planFile = `${folder}/${PLAN_FILE}`;
  const plan = isThere(planFile) ? parsePlan(Deno.readTextFileSync(planFile)) : null;
  return [...new Set([...plan?.nodes ?? [], ...began])];
}

function awaitedOfNode(folder: string, node: string): Awaited {
  const place = `${folder}/${nodeFolder(node)}/${NODE_FILES.result}`;
  return { ...UNKNOWN, name: node, place: isThere(place) ? place : null };
}

/** Leaves out what was named before, by whichever path. */
function eachOnce(
  found: readonly Found[],
): { readonly awaited: readonly Awaited[]; readonly twice: string[] } {
  const seen = new Set<string>();
  const isNew = ({ place }: Awaited): boolean => {
    const key = place === null ? null : realPath(resultFile(place));
    if (key === null) return true;
    return !seen.has(key) && seen.add(key) !== undefined;
  };
  const each = found.map(({ path, awaited }) => {
    const kept = awaited.filter(isNew);
    return { path, kept, isTwice: kept.length < awaited.length };
  });
  return {
    awaited: each.flatMap(({ kept }) => kept),
    twice: each.flatMap(({ path, isTwice }) => isTwice ? [path] : []),
  };
}

/** The file of a run whose folder or file a place is; what is not there, a folder would be. */
function resultFile(place: string): string {
  return isThere(place) && !isFolder(place) ? place : `${place}/${RESULT_FILE}`;
}

function isFolder(path: string): boolean {
  return Deno.statSync(path).isDirectory;
}

function realPath(file: string): string {
  try {
    return Deno.realPathSync(file);
  } catch {
    // What is not there is read, and found to be missing, once for each path.
    return resolve(file);
  }
}

function seenFrom(folder: string, place: string): string {
  const [base, whole] = [realPath(folder), realPath(place)];
  return whole.startsWith(`${base}/`) ? whole.slice(base.length + 1) : whole;
}
