/**
 * Links tied to what arrived from their ends, so that whatever the hosts come to be called, a link stays
 * that of its own two.
 *
 * @module
 */
import type { HostArrival } from "./arrival.ts";
import type { HostLink } from "./fleet_result.ts";
import { compareNames, type NamedArrival } from "./host_names.ts";

/** What one link between two hosts carried. */
export interface TiedLink extends Omit<HostLink, "from" | "to"> {
  readonly from: HostArrival;
  readonly to: HostArrival;
}

/**
 * Ties links to the arrivals of the fleet that measured them, by the names that it has for its hosts. A
 * link to none of these is between nobody knows what, and is left out.
 */
export function tieLinks(
  links: readonly HostLink[],
  byName: ReadonlyMap<string, HostArrival>,
): TiedLink[] {
  return links.flatMap((link) => {
    const [from, to] = [byName.get(link.from), byName.get(link.to)];
    return from === undefined || to === undefined ? [] : [{ ...link, from, to }];
  });
}

/** The arrivals of nodes, by the scheduler's names of them. */
export function arrivalsByName(arrivals: readonly HostArrival[]): Map<string, HostArrival> {
  return new Map(
    arrivals.flatMap((arrival) => arrival.name === null ? [] : [[arrival.name, arrival]]),
  );
}

/** The links by the names that all hosts have been given, sorted by these, in whichever order they came. */
export function nameLinks(
  links: readonly TiedLink[],
  hosts: readonly NamedArrival[],
): HostLink[] {
  const names = new Map(hosts.map(({ arrived, name }) => [arrived, name]));
  const named = links.flatMap((link): HostLink[] => {
    const [from, to] = [names.get(link.from), names.get(link.to)];
    return from === undefined || to === undefined ? [] : [{ ...link, from, to }];
  });
  return named.sort(compareLinks);
}

/** What is measured between the same hosts is told apart by what it is, never by when it came. */
function compareLinks(one: HostLink, other: HostLink): number {
  return compareNames(one.from, other.from) || compareNames(one.to, other.to) ||
    compareNames(JSON.stringify(one), JSON.stringify(other));
}
