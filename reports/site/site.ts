/**
 * Builds a site from a history: what is there already and was made from the same is not made again.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import { changesJson, indexJson } from "./api.ts";
import { ASSETS, SITE_STYLE } from "./assets.ts";
import { bringHost, type BuiltHost, jsonText } from "./bring_host.ts";
import { bringNights } from "./bring_nights.ts";
import { feedXml } from "./feed.ts";
import { type HostCache, HostSource, NightReader } from "./host_source.ts";
import { stateOf } from "./host_summary.ts";
import { indexPage } from "./index_page.ts";
import { Links } from "./links.ts";
import { digestOf, type HostRecord } from "./manifest.ts";
import { nightFolder } from "./names.ts";
import { type Built, SiteFolder } from "./site_folder.ts";

/** How a site is built. */
export interface SiteOptions {
  readonly out: string;
  /** Of how many of each host's newest nights the runs get a page of their own. */
  readonly reports: number;
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
  const hosts = readHosts(history, folder, { reports, code });
  const pages = new Set(
    hosts.flatMap(({ cache }) => cache.pages.map(({ run }) => nightFolder(run))),
  );
  for (const { path, text } of ASSETS) {
    await folder.bring({ path, inputs: digestOf(text), make: () => text });
  }
  await bringNights(folder, hosts.flatMap(nightsOfHost), { history, code });
  for (const host of hosts) await bringHost(folder, host, { pages, reports, now });
  await bringFront(folder, hosts, { pages, code, now });
  return folder.commit(Object.fromEntries(hosts.map(recordOf)));
}

function readHosts(
  history: History,
  folder: SiteFolder,
  { reports, code }: Pick<SiteOptions, "reports" | "code">,
): BuiltHost[] {
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

function nightsOfHost({ source, cache }: BuiltHost) {
  return cache.pages.map((page) => (
    { ...page, fingerprint: source.fingerprints.get(page.id) ?? "" }
  ));
}

function recordOf({ machine, source, cache }: BuiltHost): [string, HostRecord] {
  return [machine.key, { inputs: source.inputs, summary: cache }];
}

/** The files over all hosts, the first page last. */
async function bringFront(
  folder: SiteFolder,
  hosts: readonly BuiltHost[],
  { pages, code, now }: {
    readonly pages: ReadonlySet<string>;
    readonly code: string;
    readonly now: Date;
  },
): Promise<void> {
  const states = hosts.map(({ summary }) => stateOf(summary, now));
  const inputs = digestOf(
    code,
    ...hosts.map(({ source }) => source.inputs),
    JSON.stringify(states),
  );
  const links = new Links(0, pages);
  const files: Readonly<Record<string, () => string>> = {
    "index.json": () => jsonText(indexJson(hosts)),
    "changes.json": () => jsonText(changesJson(hosts, pages)),
    "feed.xml": () => feedXml(hosts),
    "index.html": () => indexPage({ hosts, links, stylePath: SITE_STYLE.path, now }),
  };
  for (const [path, make] of Object.entries(files)) await folder.bring({ path, inputs, make });
}
