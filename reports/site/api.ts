/**
 * The site's JSON files, for programs. Each has `schema`, which grows where a reader of the shape before
 * would go wrong; new properties may come without that. Times are ISO 8601 in UTC, paths are from the
 * site's folder, figures in base SI units. Texts of hosts and tools are as they were written: a page
 * must escape them.
 *
 * @module
 */
import type { Nights } from "../history/nights.ts";
import type { Machine, StoredFleet, StoredRun } from "../history/stored.ts";
import type { HostEvent, RunName } from "./events.ts";
import type { RefutedClaim, SiteHost } from "./host_summary.ts";
import { newestEvents } from "./index_page.ts";
import { fleetFile, hostFolder, nightFolder } from "./names.ts";
import type { Membership } from "./site_fleets.ts";

/** Version of all the shapes below. */
export const API_SCHEMA = 1;

/** A run; `whole` where it was of all claims. */
export type RunJson = Omit<StoredRun, "selection"> & { readonly whole: boolean };

/** `index.json`: the hosts, by hostname. */
export interface IndexJson {
  readonly schema: typeof API_SCHEMA;
  readonly hosts: readonly (Machine & {
    readonly path: string;
    /** Key of the machine that took its name with other hardware; null for none. */
    readonly successor: string | null;
    /** Nights that count; runs that did not end or repeat another are none. */
    readonly nights: number;
    /** The first run of the newest night; null where there is none. */
    readonly newest: RunJson | null;
    readonly refuted: readonly RefutedClaim[];
    /** The newest fleet that it was in, and what became of it there; null for none. */
    readonly fleet: Membership | null;
  })[];
}

/** `fleets.json`: all fleets, the newest first. */
export interface FleetsJson {
  readonly schema: typeof API_SCHEMA;
  /** `path` is that of the fleet's page, and `source` of its `fleet.json`, compressed; null for none. */
  readonly fleets: readonly (StoredFleet & {
    readonly path: string | null;
    readonly source: string | null;
  })[];
}

/** `hosts/KEY/nights.json`: all runs of a host, in time order. */
export interface NightsJson {
  readonly schema: typeof API_SCHEMA;
  readonly host: string;
  /** `path` is the folder of the run's page and of its `result.json.gz`; null where there is none. */
  readonly runs: readonly (RunJson & { readonly path: string | null })[];
}

/**
 * `hosts/KEY/series.json`: the ratios of a host over its nights. The lists of a series are as long as
 * `nights`; null where a night has no figure.
 */
export interface SeriesJson {
  readonly schema: typeof API_SCHEMA;
  readonly host: string;
  /** Starts of the nights that count, in time order. */
  readonly nights: readonly string[];
  readonly series: readonly {
    readonly experiment: string;
    readonly workload: string;
    readonly arm: string;
    /** Medians, and the ends of their confidence intervals. */
    readonly ratio: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    /** Medians of the runs that repeated a night. */
    readonly repeated: readonly (number | null)[];
  }[];
}

/** `changes.json`: what changed on which host, newest first. */
export interface ChangesJson {
  readonly schema: typeof API_SCHEMA;
  readonly changes: readonly (HostEvent & { readonly path: string | null })[];
}

export function indexJson(hosts: readonly SiteHost[]): IndexJson {
  return {
    schema: API_SCHEMA,
    hosts: hosts.map(({ machine, successor, fleets, summary: { nights, newest, refuted } }) => ({
      ...machine,
      path: hostFolder(machine.key),
      ...{ successor, nights, newest: newest === null ? null : runJson(newest), refuted },
      fleet: fleets[0] ?? null,
    })),
  };
}

export function fleetsJson(
  fleets: readonly StoredFleet[],
  pages: ReadonlySet<string>,
): FleetsJson {
  return {
    schema: API_SCHEMA,
    fleets: fleets.toReversed().map((fleet) => {
      const there = pages.has(fleet.id);
      return {
        ...fleet,
        path: there ? fleetFile(fleet.id, "html") : null,
        source: there ? fleetFile(fleet.id, "json.gz") : null,
      };
    }),
  };
}

export function nightsJson(
  host: string,
  runs: readonly StoredRun[],
  pages: ReadonlySet<string>,
): NightsJson {
  return {
    schema: API_SCHEMA,
    host,
    runs: runs.map((run) => ({ ...runJson(run), path: pathOf(run, pages) })),
  };
}

export function seriesJson(host: string, { nights, series }: Nights): SeriesJson {
  return {
    schema: API_SCHEMA,
    host,
    nights: nights.map(({ first }) => first.startedAt),
    series: series.map(({ experiment, workload, arm, nights }) => ({
      ...{ experiment, workload, arm },
      ratio: nights.map(({ first }) => rounded(first?.ratio)),
      low: nights.map(({ first }) => rounded(first?.low)),
      high: nights.map(({ first }) => rounded(first?.high)),
      repeated: nights.map(({ second }) => rounded(second?.ratio)),
    })),
  };
}

export function changesJson(
  hosts: readonly SiteHost[],
  pages: ReadonlySet<string>,
): ChangesJson {
  return {
    schema: API_SCHEMA,
    changes: newestEvents(hosts).map((event) => ({ ...event, path: pathOf(event.run, pages) })),
  };
}

function runJson({ selection, ...run }: StoredRun): RunJson {
  return { ...run, whole: selection.length === 0 };
}

function pathOf(run: RunName, pages: ReadonlySet<string>): string | null {
  const folder = nightFolder(run);
  return pages.has(folder) ? folder : null;
}

/** Six digits: finer than any interval, and half as long to write. */
function rounded(figure: number | null | undefined): number | null {
  return figure === null || figure === undefined ? null : Number(figure.toPrecision(6));
}
