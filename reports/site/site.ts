/**
 * Builds a site from a history: what is there already and was made from the same is not made again.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { allHostsPage } from "./all_hosts_page.ts";
import { changesJson, fleetsJson, indexJson } from "./api.ts";
import { ASSETS, SITE_STYLE } from "./assets.ts";
import { bringFleets } from "./bring_fleets.ts";
import { bringHost, type BuiltHost, jsonText } from "./bring_host.ts";
import { bringNights } from "./bring_nights.ts";
import { feedXml } from "./feed.ts";
import { readKeptFleet } from "./fleet_page.ts";
import { type HostCache, HostSource, NightReader } from "./host_source.ts";
import { stateOf } from "./host_summary.ts";
import { ALL_HOSTS_FILE } from "./index_hosts.ts";
import { indexPage } from "./index_page.ts";
import { Links } from "./links.ts";
import { digestOf, type HostRecord } from "./manifest.ts";
import { nightFolder } from "./names.ts";
import { type KnownHost, membershipsOf, type SiteFleet, siteFleets } from "./site_fleets.ts";
import { type Built, SiteFolder } from "./site_folder.ts";

/** How a site is built. */
export interface SiteOptions {
  readonly out: string;
  /** Of how many of each host's newest nights the runs get a page of their own. */
  readonly reports: number;
  /** How many of the newest fleets get a page. */
  readonly fleets: number;
  /** Digest of the code, see `codeDigest`. */
  readonly code: string;
  readonly now: Date;
}

/**
 * Builds the site of a history. A build that fails leaves the site as it was.
 *
 * @throws {Problem} where the history or the folder does not allow it
 */
export async function buildSite(history: History, options: SiteOptions): Promise<Built> {
  const { out, reports, code, now } = options;
  using folder = SiteFolder.open(out);
  const alone = readHosts(history, folder, { reports, code });
  const fleets = siteFleets(history, alone.map(knownHost), options.fleets);
  const memberships = membershipsOf(fleets);
  const hosts = alone.map((host) => (
    { ...host, fleets: memberships.get(host.machine.key) ?? [] }
  ));
  const pages = new Set(
    hosts.flatMap(({ cache }) => cache.pages.map(({ run }) => nightFolder(run))),
  );
  for (const { path, text } of ASSETS) {
    await folder.bring({ path, inputs: digestOf(text), make: () => text });
  }
  await bringNights(folder, hosts.flatMap(nightsOfHost), { history, code });
  for (const host of hosts) await bringHost(folder, host, { pages, reports, now });
  await bringFleets(folder, fleets, { history, code, pages });
  await bringFront(folder, { hosts, fleets }, { history, pages, code, now });
  return folder.commit(Object.fromEntries(hosts.map(recordOf)));
}

function readHosts(
  history: History,
  folder: SiteFolder,
  { reports, code }: Pick<SiteOptions, "reports" | "code">,
): Omit<BuiltHost, "fleets">[] {
  const made = digestOf(code, String(reports));
  const reader = new NightReader(history);
  const machines = history.machines();
  // Before the nights themselves: what comes in meanwhile is then found to be new by the next build.
  const fingerprints = new Map(machines.map(({ key }) => [key, history.fingerprints(key)]));
  return machines.map((machine) => {
    const known = fingerprints.get(machine.key) ?? new Map<number, string>();
    const source = new HostSource(machine, known, { reader, code: made });
    // The digest of its inputs tells that this very code wrote it.
    const kept = folder.summaryOf(machine.key, source.inputs) as HostCache | null;
    const cache = kept ?? source.cache(reports);
    const successor = machines.find(({ predecessor }) => predecessor === machine.key)?.key ?? null;
    return { source, machine, cache, summary: cache.summary, successor };
  });
}

function knownHost({ machine, successor, cache }: Omit<BuiltHost, "fleets">): KnownHost {
  return { machine, successor, pages: cache.pages.map(({ run }) => run) };
}

function nightsOfHost({ source, cache }: BuiltHost) {
  return cache.pages.map((page) => (
    { ...page, fingerprint: source.fingerprints.get(page.id) ?? "" }
  ));
}

function recordOf({ machine, source, cache }: BuiltHost): [string, HostRecord] {
  return [machine.key, { inputs: source.inputs, summary: cache }];
}

/** The files over all hosts and fleets, the first page last. */
async function bringFront(
  folder: SiteFolder,
  { hosts, fleets }: {
    readonly hosts: readonly BuiltHost[];
    readonly fleets: readonly SiteFleet[];
  },
  { history, pages, code, now }: {
    readonly history: History;
    readonly pages: ReadonlySet<string>;
    readonly code: string;
    readonly now: Date;
  },
): Promise<void> {
  const all = history.fleets();
  const inputs = digestOf(
    code,
    ...hosts.map(({ source }) => source.inputs),
    JSON.stringify(hosts.map((host) => [stateOf(host, now), host.fleets[0] ?? null])),
    JSON.stringify([all, fleets.length]),
  );
  const links = new Links(0, pages);
  const common = { hosts, links, stylePath: SITE_STYLE.path, now };
  const files: Readonly<Record<string, () => string | Promise<string>>> = {
    "index.json": () => jsonText(indexJson(hosts)),
    "fleets.json": () => jsonText(fleetsJson(all, new Set(fleets.map(({ fleet: { id } }) => id)))),
    "changes.json": () => jsonText(changesJson(hosts, pages)),
    "feed.xml": () => feedXml(hosts, fleets),
    [ALL_HOSTS_FILE]: () => allHostsPage(common),
    "index.html": async () =>
      indexPage({ ...common, fleets: { fleets, newest: await newestOf(history, fleets) } }),
  };
  for (const [path, make] of Object.entries(files)) await folder.bring({ path, inputs, make });
}

async function newestOf(
  history: History,
  [newest]: readonly SiteFleet[],
): Promise<FleetResult | null> {
  if (newest === undefined) return null;
  const { id } = newest.fleet;
  return await readKeptFleet(history.fleetText(id), `fleet ${id}`);
}
