/**
 * Names of hosts, each of which is one host's alone.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import type { HostArrival } from "./arrival.ts";

/** An arrival, under the name that the fleet has for its host. */
export interface NamedArrival extends HostArrival {
  readonly name: string;
  /** The arrival as it came. */
  readonly arrived: HostArrival;
}

/** As people count: gpu-2 stands before gpu-10. */
const ORDER = new Intl.Collator("en", { numeric: true });

/** Compares two names by the order in which hosts are listed. */
export function compareNames(one: string, other: string): number {
  return ORDER.compare(one, other) || compareTexts(one, other);
}

/**
 * Names every host, and sorts them by name, in whichever order they came. Where several have one name, it
 * is followed by where each one's result lies.
 */
export function nameHosts(arrivals: readonly HostArrival[]): NamedArrival[] {
  const wanted = arrivals.map((arrival) => ({ arrival, name: ownName(arrival) }));
  const byName = Map.groupBy(wanted, ({ name }) => name);
  const told = wanted.map(({ arrival, name }) => {
    const isAlone = byName.get(name)?.length === 1;
    return { arrival, name: isAlone ? name : `${name} (${arrival.source ?? "no result"})` };
  });
  return numbered(told.sort(compareTold)).sort((one, other) => compareNames(one.name, other.name));
}

interface Told {
  readonly arrival: HostArrival;
  readonly name: string;
}

function ownName({ name, outcome, source }: HostArrival): string {
  const hostname = outcome.kind === "result" ? outcome.digest.told.hostname : null;
  // Names that differ in blanks alone look like one, and blanks like none.
  const names = [name, hostname, source].map((text) => shorten(text ?? "", Infinity));
  return names.find((text) => text !== "") ?? "a host without a name";
}

/** What is alike in name and place is told apart by what it is, never by when it came. */
function compareTold(one: Told, other: Told): number {
  return compareTexts(one.name, other.name) ||
    compareTexts(JSON.stringify(one.arrival), JSON.stringify(other.arrival));
}

function numbered(told: readonly Told[]): NamedArrival[] {
  const taken = new Set<string>();
  return told.map(({ arrival, name }) => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name} ${count}`;
    taken.add(free);
    return { ...arrival, name: free, arrived: arrival };
  });
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
