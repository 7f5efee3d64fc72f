/**
 * Brings the files of one host that are over all its nights.
 *
 * @module
 */
import { nightsJson, seriesJson } from "./api.ts";
import { SITE_STYLE } from "./assets.ts";
import { verdictBadge } from "./badge.ts";
import { hostPage } from "./host_page.ts";
import type { HostCache, HostSource } from "./host_source.ts";
import { type SiteHost, stateOf } from "./host_summary.ts";
import { Links } from "./links.ts";
import { digestOf } from "./manifest.ts";
import { hostFolder } from "./names.ts";
import { nightsPage } from "./nights_page.ts";
import type { SiteFolder, Target } from "./site_folder.ts";
import { trendsOf } from "./trends.ts";

/** A host with what it is read from, and what is kept of it. */
export interface BuiltHost extends SiteHost {
  readonly source: HostSource;
  readonly cache: HostCache;
}

/** What its files depend on beside itself. */
export interface HostSurroundings {
  /** The folders of the runs that have a page. */
  readonly pages: ReadonlySet<string>;
  /** Of how many of a host's newest nights the runs have one. */
  readonly reports: number;
  readonly now: Date;
}

const STYLE_PATH = `../../${SITE_STYLE.path}`;

/** Brings the files of a host, its page last. */
export async function bringHost(
  folder: SiteFolder,
  host: BuiltHost,
  surroundings: HostSurroundings,
): Promise<void> {
  for (const target of dataTargets(host, surroundings)) await folder.bring(target);
  await folder.bring(pageTarget(host, surroundings));
}

function dataTargets(host: BuiltHost, { pages, reports }: HostSurroundings): Target[] {
  const { machine: { key, hostname }, source, summary } = host;
  const links = new Links(2, pages);
  const files: Readonly<Record<string, () => string>> = {
    "nights.json": () => jsonText(nightsJson(key, source.runs(), pages)),
    "series.json": () => jsonText(seriesJson(key, source.nights())),
    "badge.svg": () => verdictBadge(hostname, summary.newest),
    "nights.html": () =>
      nightsPage({ host, runs: source.runs(), reports, links, stylePath: STYLE_PATH }),
  };
  return Object.entries(files).map(([name, make]) => ({
    path: `${hostFolder(key)}/${name}`,
    inputs: source.inputs,
    make,
  }));
}

function pageTarget(host: BuiltHost, { pages, now }: HostSurroundings): Target {
  const { machine, source, summary, successor, fleets } = host;
  const state = stateOf(host, now);
  return {
    path: `${hostFolder(machine.key)}/index.html`,
    inputs: digestOf(source.inputs, JSON.stringify([state, successor, fleets])),
    make: async () =>
      hostPage({
        ...{ host, state, runs: source.runs() },
        nights: source.nights().nights.map(({ first }) => first),
        trends: await trendsOf(source.nights(), summary.events),
        links: new Links(2, pages),
        stylePath: STYLE_PATH,
      }),
  };
}

/** JSON as a file has it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
