/**
 * The fleets of a site, and which of their hosts the site has.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import type { Machine, StoredFleet, StoredFleetHost } from "../history/stored.ts";
import type { RunName } from "./events.ts";

/** A fleet that has a page. */
export interface SiteFleet {
  readonly fleet: StoredFleet;
  /** In the fleet's order. */
  readonly hosts: readonly SiteFleetHost[];
}

/** What became of a host in a fleet, and what the site has of it. */
export interface SiteFleetHost extends StoredFleetHost {
  /** The key of its machine; null where the history has none that it could be. */
  readonly key: string | null;
  /** Its run, where that has a page; else null. */
  readonly night: RunName | null;
}

/** A fleet that a host was in, and what became of it there. */
export interface Membership extends Pick<StoredFleetHost, "name" | "state" | "because"> {
  readonly fleet: Pick<StoredFleet, "id" | "startedAt">;
}

/** A host, as far as fleets are concerned. */
export interface KnownHost {
  readonly machine: Pick<Machine, "key" | "hostname">;
  /** Key of the machine that took its name with other hardware; null for none. */
  readonly successor: string | null;
  /** Its runs that have a page. */
  readonly pages: readonly RunName[];
}

/** The newest `count` fleets, the newest first. */
export function siteFleets(
  history: History,
  hosts: readonly KnownHost[],
  count: number,
): SiteFleet[] {
  const known = new KnownHosts(hosts);
  return history.fleets().slice(-count).reverse().map((fleet) => ({
    fleet,
    hosts: history.fleetHosts(fleet.id).map((host) => ({ ...host, ...known.find(host, fleet) })),
  }));
}

/** By key of a machine: the fleets that it was in, in the order of `fleets`. */
export function membershipsOf(fleets: readonly SiteFleet[]): ReadonlyMap<string, Membership[]> {
  const memberships = new Map<string, Membership[]>();
  for (const { fleet: { id, startedAt }, hosts } of fleets) {
    for (const { key, name, state, because } of hosts) {
      if (key === null) continue;
      const member = { fleet: { id, startedAt }, name, state, because };
      memberships.getOrInsert(key, []).push(member);
    }
  }
  return memberships;
}

/** Finds the hosts of a site that fleets speak of. */
class KnownHosts {
  readonly #keys: ReadonlySet<string>;
  readonly #runs: ReadonlyMap<string, readonly RunName[]>;
  readonly #names: ReadonlyMap<string, readonly string[]>;

  constructor(hosts: readonly KnownHost[]) {
    this.#keys = new Set(hosts.map(({ machine }) => machine.key));
    this.#runs = grouped(
      hosts.flatMap(({ machine: { key, hostname }, pages }) =>
        pages.flatMap((run): [string, RunName][] => [
          [nameOf(key, run.startedAt), run],
          [nameOf(hostname, run.startedAt), run],
        ])
      ),
    );
    this.#names = grouped(
      hosts.filter(({ successor }) => successor === null).flatMap(({ machine }) =>
        [...namesOf(machine.hostname)].map((name): [string, string] => [name, machine.key])
      ),
    );
  }

  find(
    { name, run }: StoredFleetHost,
    { kind }: Pick<StoredFleet, "kind">,
  ): Pick<SiteFleetHost, "key" | "night"> {
    if (run === null) return { key: only(this.#names.get(name)), night: null };
    const isReplay = kind !== null && kind !== "live";
    // A run that could not tell all of its hardware may be known as one of another machine.
    for (const owner of [run.machine, run.hostname]) {
      const runs = this.#runs.get(nameOf(owner, run.startedAt)) ?? [];
      const night = only(runs.filter(({ dryRun }) => (dryRun !== null) === isReplay));
      if (night !== null) return { key: night.machine, night };
    }
    return { key: this.#keys.has(run.machine) ? run.machine : null, night: null };
  }
}

function nameOf(host: string, startedAt: string): string {
  return JSON.stringify([host, startedAt]);
}

/** A scheduler's name of a node is its hostname, often without the domain. */
function namesOf(hostname: string): Set<string> {
  return new Set([hostname, hostname.split(".", 1)[0] ?? hostname]);
}

function grouped<T>(entries: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = Map.groupBy(entries, ([name]) => name);
  return new Map([...groups].map(([name, group]) => [name, group.map(([, value]) => value)]));
}

/** What several share is none's. */
function only<T>(items: readonly T[] = []): T | null {
  return items.length === 1 ? items[0] ?? null : null;
}
