/**
 * From what a user names to what is merged: folders of runs, their `result.json`, and folders of fleets,
 * which tell of hosts that left nothing, too.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import { FLEET_FILE } from "../../reports/fleet/fleet_json.ts";
import { readResults } from "../../reports/fleet/read_results.ts";
import type { HostArrival, HostOutcome } from "../../suites/fleet/arrival.ts";
import type { HostDigest } from "../../suites/fleet/digest.ts";
import { FOUND_IN_RESULTS } from "../../suites/fleet/faults.ts";
import type { FaultKind, FleetRequest } from "../../suites/fleet/fleet_result.ts";
import { requestOfAll } from "../../suites/fleet/one_cluster.ts";
import { remeasured } from "../../suites/fleet/remeasured.ts";
import { type TiedLink, tieLinks } from "../../suites/fleet/tied_links.ts";
import { type EachOnce, eachOnce, type OneHost } from "./each_once.ts";
import { realPath, resultFile, seenFrom } from "./sources.ts";
import { lookUnder } from "./named_hosts.ts";
import { type Awaited, type Knowledge, type ToldResult, UNKNOWN, type View } from "./views.ts";

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
  const found = once.hosts.map((host, index) => ({ host, outcome: outcomes[index] ?? NOTHING }));
  const awaited = found.map((one) => ({
    arrival: arrivalOf(one, from),
    request: one.host.view.request,
    knownAt: one.host.view.request?.endedAt ?? one.host.view.mergedAt,
  }));
  const strangers = strangersAmong(found, from)
    .map((arrival) => ({ arrival, request: null, knownAt: "" }));
  const { arrivals, standing } = remeasured([...awaited, ...strangers]);
  return {
    arrivals,
    request: requestOf(views, once),
    links: linksOf(views, once.indexOf, standing),
    twice: paths.filter((path, index) => paths.indexOf(path) < index || once.twice.includes(path)),
  };
}

const NOTHING: HostOutcome = { kind: "nothing" };

const BY_HAND: Knowledge = "merged by hand";

const LONGEST_HOSTNAME = 100;

/** A host, and what lies where its result should. */
interface FoundHost {
  readonly host: OneHost;
  readonly outcome: HostOutcome;
}

/** What lies at each place; what a `fleet.json` may not name is not read. */
async function outcomesOf(hosts: readonly Awaited[]): Promise<HostOutcome[]> {
  const places = hosts.flatMap(({ place }) => place ?? []);
  const read = (await readResults(places.map(resultFile))).values();
  return hosts.map(({ place, told }): HostOutcome => {
    if (place !== null) return read.next().value ?? NOTHING;
    return told === null ? NOTHING : refused(told.source);
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

/** What is known of a host, with what lies in its place where that is of its own machine. */
function arrivalOf({ host, outcome: lying }: FoundHost, from: string): HostArrival {
  const { awaited: { place, told, ...known }, view } = host;
  const stranger = strangerIn({ told, outcome: lying });
  const outcome = stranger === null ? lying : NOTHING;
  const source = place === null || stranger !== null ? null : seenFrom(from, place);
  const faults = known.faults.filter(({ kind }) => isStillSo(kind, told, outcome));
  // What could not be read then may have been any host's: now it tells its name itself.
  const isRenamed = view.knows === BY_HAND && told?.machine === null && outcome.kind === "result";
  const arrival = { ...known, name: isRenamed ? null : known.name, faults, source, outcome };
  if (told === null || outcome.kind !== "nothing") return arrival;
  if (stranger !== null) return withoutResult(arrival, inItsPlace(told, stranger));
  return known.fate === null ? withoutResult(arrival, notThere(told)) : arrival;
}

/** What tells of another machine than the result that an earlier merge read there; null for nothing. */
function strangerIn(
  { told, outcome }: { readonly told: ToldResult | null; readonly outcome: HostOutcome },
): HostDigest["told"] | null {
  if (outcome.kind !== "result" || told === null || told.machine === null) return null;
  return outcome.digest.told.machine === told.machine ? null : outcome.digest.told;
}

/**
 * What lies in the place of another machine's result, each once: who merged that by hand named the place,
 * where a scheduler chose its nodes itself.
 */
function strangersAmong(found: readonly FoundHost[], from: string): HostArrival[] {
  const isStranger = ({ host, outcome }: FoundHost) =>
    strangerIn({ told: host.awaited.told, outcome }) !== null;
  const fileOf = ({ host: { awaited: { place } } }: FoundHost) =>
    place === null ? null : realPath(resultFile(place));
  const counted = new Set(found.filter((one) => !isStranger(one)).map(fileOf));
  const named = found.filter((one) => one.host.view.knows === BY_HAND && isStranger(one));
  const once = new Map(named.map((one) => [fileOf(one), one]));
  return [...once].flatMap(([file, { host: { awaited: { place } }, outcome }]) => {
    if (place === null || counted.has(file)) return [];
    const { told: _, ...unknown } = UNKNOWN;
    return [{ ...unknown, source: seenFrom(from, place), outcome }];
  });
}

/** Whether a fault that an earlier merge found may be one of what lies there now. */
function isStillSo(kind: FaultKind, told: ToldResult | null, outcome: HostOutcome): boolean {
  if (kind === "no-result" && told?.machine === null) return outcome.kind !== "result";
  if (told === null || !FOUND_IN_RESULTS.includes(kind)) return true;
  return outcome.kind === "result" && outcome.digest.told.startedAt === told.startedAt;
}

/** A host whose result a `fleet.json` tells of, and that is not there. */
function withoutResult(arrival: HostArrival, because: string): HostArrival {
  const cure = "Name the folder that it lies in now, or put it back there.";
  return {
    ...arrival,
    fate: arrival.fate ?? { state: "nothing", because },
    faults: [...arrival.faults, { kind: "no-result", because, cure }],
  };
}

function notThere({ source }: ToldResult): string {
  return `There is no result at ${source}, where ${FLEET_FILE} says that it is.`;
}

function inItsPlace({ source }: ToldResult, { hostname }: HostDigest["told"]): string {
  return `At ${source}, where ${FLEET_FILE} says that its result is, lies one of another hostname or ` +
    `other hardware (hostname ${shorten(hostname, LONGEST_HOSTNAME)}).`;
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
