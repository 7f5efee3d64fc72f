/**
 * From what a user names to what is merged: folders of runs, their `result.json`, and folders of fleets,
 * which tell of hosts that left nothing, too.
 *
 * @module
 */
import { FLEET_FILE } from "../../reports/fleet/fleet_json.ts";
import { readResults } from "../../reports/fleet/read_results.ts";
import type { HostArrival, HostOutcome } from "../../suites/fleet/arrival.ts";
import { FOUND_IN_RESULTS } from "../../suites/fleet/faults.ts";
import type { FaultKind, FleetRequest } from "../../suites/fleet/fleet_result.ts";
import { requestOfAll } from "../../suites/fleet/one_cluster.ts";
import { remeasured } from "../../suites/fleet/remeasured.ts";
import { type TiedLink, tieLinks } from "../../suites/fleet/tied_links.ts";
import { type EachOnce, eachOnce } from "./each_once.ts";
import { resultFile, seenFrom } from "./sources.ts";
import { lookUnder } from "./named_hosts.ts";
import type { Awaited, ToldResult, View } from "./views.ts";

/** All that was found under the paths that a user named. */
export interface Gathered {
  readonly arrivals: readonly HostArrival[];
  /** That of the one fleet that all of it is of, or of fleets of one cluster; else null. */
  readonly request: FleetRequest | null;
  readonly links: readonly TiedLink[];
  /** Paths whose results had been named before. */
  readonly twice: readonly string[];
}

/** What the paths are seen from. */
export interface Beholder {
  /** Places are told as seen from this folder, where they lie below it. */
  readonly from: string;
  readonly now: Date;
}

/**
 * Reads the results under `paths`.
 *
 * @throws {UsageProblem} where there is nothing under a path, or more than one thing
 * @throws {Problem} where the `fleet.json` or the plan in a folder cannot be read
 */
export async function gatherArrivals(
  paths: readonly string[],
  { from, now }: Beholder,
): Promise<Gathered> {
  const views: View[] = [];
  for (const path of new Set(paths)) views.push(...await lookUnder(path, now));
  const once = eachOnce(views);
  const outcomes = await outcomesOf(once.hosts.map(({ awaited }) => awaited));
  const all = once.hosts.map(({ awaited, view }, index) => ({
    arrival: arrivalOf(awaited, outcomes[index] ?? { kind: "nothing" }, from),
    request: view.request,
    knownAt: view.request?.endedAt ?? view.mergedAt,
  }));
  const { arrivals, standing } = remeasured(all);
  return {
    arrivals,
    request: requestOf(views, once),
    links: linksOf(views, once.indexOf, standing),
    twice: paths.filter((path, index) => paths.indexOf(path) < index || once.twice.includes(path)),
  };
}

/** What lies at each place; what a `fleet.json` may not name is not read. */
async function outcomesOf(hosts: readonly Awaited[]): Promise<HostOutcome[]> {
  const places = hosts.flatMap(({ place }) => place ?? []);
  const read = (await readResults(places.map(resultFile))).values();
  return hosts.map(({ place, told }): HostOutcome => {
    if (place !== null) return read.next().value ?? { kind: "nothing" };
    return told === null ? { kind: "nothing" } : refused(told.source);
  });
}

function refused(source: string): HostOutcome {
  return {
    kind: "unreadable",
    because:
      `Its result was not read: ${FLEET_FILE} says that it is at ${source}, which is neither ` +
      "below that file's folder nor a run's result elsewhere.",
    cure: "Look who wrote that file, and name the result itself.",
  };
}

function arrivalOf(
  { place, told, ...known }: Awaited,
  outcome: HostOutcome,
  from: string,
): HostArrival {
  const source = place === null ? null : seenFrom(from, place);
  const faults = known.faults.filter(({ kind }) => isStillSo(kind, told, outcome));
  const arrival = { ...known, faults, source, outcome };
  const isMoved = outcome.kind === "nothing" && told !== null && known.fate === null;
  return isMoved ? moved(arrival, told.source) : arrival;
}

/** Whether a fault that an earlier merge found in a result may be one of what lies there now. */
function isStillSo(kind: FaultKind, told: ToldResult | null, outcome: HostOutcome): boolean {
  if (told === null || !FOUND_IN_RESULTS.includes(kind)) return true;
  return outcome.kind === "result" && outcome.digest.told.startedAt === told.startedAt;
}

/** A result that a `fleet.json` tells of, and that is not there. */
function moved(arrival: HostArrival, source: string): HostArrival {
  const because = `There is no result at ${source}, where ${FLEET_FILE} says that it is.`;
  const cure = "Name the folder that it lies in now, or put it back there.";
  return {
    ...arrival,
    fate: { state: "nothing", because },
    faults: [...arrival.faults, { kind: "no-result", because, cure }],
  };
}

/** A fleet with what was found of it elsewhere is that fleet; several of one cluster are one. */
function requestOf(views: readonly View[], { hosts }: EachOnce): FleetRequest | null {
  const best = hosts.length === 0 ? views : hosts.map(({ view }) => view);
  const fleets = [...Map.groupBy(best, ({ fleet }) => fleet)].flatMap(([fleet, [first]]) => {
    const all = views.filter((view) => view.fleet === fleet).flatMap(({ awaited }) => awaited);
    const nodes = all.flatMap(({ name }) => name ?? []);
    return first === undefined ? [] : [{ request: first.request, nodes }];
  });
  const asked = fleets.flatMap(({ request, nodes }) =>
    request === null ? [] : [{ request, nodes }]
  );
  return asked.length < fleets.length ? null : requestOfAll(asked);
}

/** Links tied to what is kept of their hosts; one that two files tell of is told once. */
function linksOf(
  views: readonly View[],
  indexOf: EachOnce["indexOf"],
  arrivals: readonly HostArrival[],
): TiedLink[] {
  const links = views.flatMap(({ awaited, links }) => {
    const byName = new Map(awaited.flatMap((host): [string, HostArrival][] => {
      const arrival = arrivals[indexOf(host)];
      return host.name === null || arrival === undefined ? [] : [[host.name, arrival]];
    }));
    return tieLinks(links, byName);
  });
  const keyOf = ({ from, to, ...carried }: TiedLink) =>
    JSON.stringify([arrivals.indexOf(from), arrivals.indexOf(to), carried]);
  return [...new Map(links.map((link) => [keyOf(link), link])).values()];
}
