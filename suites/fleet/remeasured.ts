/**
 * Nodes of one cluster that a later fleet measured after all: pure. What an earlier one knew of such a
 * node is of no use any more, but for the state in which it left it.
 *
 * @module
 */
import type { HostArrival } from "./arrival.ts";
import { isoTime } from "./clocks.ts";
import { isNodeName } from "./fleet_member.ts";
import type { FaultKind, FleetRequest } from "./fleet_result.ts";
import { whyStale } from "./host_checks.ts";

/** What arrived of a host, and the fleet of which it came; null for none. */
export interface FleetArrival {
  readonly arrival: HostArrival;
  readonly request: FleetRequest | null;
  /** When the last outcome of the fleet was known, as ISO 8601. */
  readonly knownAt: string;
}

/** What is left without the arrivals that later ones replace. */
export interface Remeasured {
  readonly arrivals: readonly HostArrival[];
  /** For each that was given, in their order, the one that stands for it among these. */
  readonly standing: readonly HostArrival[];
}

/** Faults of the node, which no result of another fleet mends. */
const OF_THE_NODE: readonly FaultKind[] = ["not-restored", "left-files"];

/**
 * Puts the latest whole result of a node in the place of all that fleets of its cluster knew before without
 * one; whole ones are all left, and say of which node they are.
 */
export function remeasured(given: readonly FleetArrival[]): Remeasured {
  const latest = latestWhole(given);
  const standing = given.map((one) => {
    const later = latest.get(keyOf(one));
    return later !== undefined && !isWhole(one) && isLater(later, one) ? later : one;
  });
  const heirs = Map.groupBy(given, (one, index) => standing[index] ?? one);
  const kept = new Map(
    [...heirs].map(([one, those]) => [one, withNode(one, withFaultsOf(one, those))]),
  );
  return {
    arrivals: [...kept.values()],
    standing: standing.map((one) => kept.get(one) ?? one.arrival),
  };
}

function latestWhole(given: readonly FleetArrival[]): Map<string | null, FleetArrival> {
  const latest = new Map<string | null, FleetArrival>();
  for (const one of given) {
    const key = keyOf(one);
    const other = latest.get(key);
    if (key === null || !isWhole(one)) continue;
    if (other === undefined || isLater(one, other)) latest.set(key, one);
  }
  return latest;
}

/** Equal for one node of one cluster; null where nobody knows of which it is. */
export function nodeKey(
  name: string | null,
  request: Pick<FleetRequest, "scheduler" | "cluster"> | null,
): string | null {
  // Where a fleet has two results of a node, it calls each by the node and by where it lies.
  const [node = ""] = name?.split(" (", 1) ?? [];
  if (!isNodeName(node) || request === null || request.cluster === null) return null;
  return JSON.stringify([request.scheduler, request.cluster, node]);
}

function keyOf({ arrival: { name }, request }: FleetArrival): string | null {
  return nodeKey(name, request);
}

/** Whether it has a whole result, and that of its own fleet. */
function isWhole({ arrival }: FleetArrival): boolean {
  const { outcome } = arrival;
  return outcome.kind === "result" && outcome.digest.end === "whole" && whyStale(arrival) === null;
}

function isLater(one: FleetArrival, other: FleetArrival): boolean {
  const [time, before] = [isoTime(one.knownAt), isoTime(other.knownAt)];
  return time !== null && before !== null && time > before;
}

function withNode(one: FleetArrival, arrival: HostArrival): HostArrival {
  const node = keyOf(one);
  return node === null ? arrival : { ...arrival, node };
}

function withFaultsOf({ arrival }: FleetArrival, those: readonly FleetArrival[]): HostArrival {
  const of = those.flatMap((one) => one.arrival === arrival ? [] : one.arrival.faults)
    .filter(({ kind }) => OF_THE_NODE.includes(kind));
  return of.length === 0 ? arrival : { ...arrival, faults: [...arrival.faults, ...of] };
}
