/**
 * Brings the pages of nights: most of a site, and most of the time that a build takes.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import { REPORT_SCRIPTS, REPORT_STYLE } from "./assets.ts";
import type { RunPage } from "./host_source.ts";
import { Links } from "./links.ts";
import { digestOf } from "./manifest.ts";
import { nightFolder } from "./names.ts";
import { nightPage, type NightPlace } from "./night_page.ts";
import { NightPool } from "./night_pool.ts";
import type { SiteFolder, Target } from "./site_folder.ts";

/** Fewer pages than these are made sooner than a thread has started. */
const FEWEST_FOR_THREADS = 8;

/** A run that has a page, and what changes when its result does. */
export interface NightSource extends RunPage {
  readonly fingerprint: string;
}

/** Brings the page and the stored result of each run. */
export async function bringNights(
  folder: SiteFolder,
  nights: readonly NightSource[],
  { history, code }: { readonly history: History; readonly code: string },
): Promise<void> {
  using pool = new NightPool();
  const targets = nights.map((night) => pageTarget(night, { history, code, make: nightPage }));
  const toMake = targets.filter((target) => !folder.has(target)).length;
  const inThreads = toMake >= FEWEST_FOR_THREADS;
  const make = inThreads ? pool.page.bind(pool) : nightPage;
  // Twice as many as threads, so that none waits for the disk.
  await inParallel(nights, inThreads ? 2 * pool.size : 1, async (night) => {
    await folder.bring(storedTarget(night, { history, code }));
    await folder.bring(pageTarget(night, { history, code, make }));
  });
}

interface Making {
  readonly history: History;
  readonly code: string;
}

function storedTarget({ id, run, fingerprint }: NightSource, { history, code }: Making): Target {
  return {
    path: `${nightFolder(run)}/result.json.gz`,
    inputs: digestOf(code, fingerprint),
    make: () => history.compressed(id),
  };
}

function pageTarget(
  { id, run, fingerprint }: NightSource,
  { history, code, make }: Making & {
    readonly make: (gzip: Uint8Array, place: NightPlace) => Promise<string | Uint8Array>;
  },
): Target {
  const links = new Links(3, new Set());
  const place: NightPlace = {
    name: `run ${id}`,
    home: links.to("index.html"),
    host: links.host(run.machine),
    style: links.to(REPORT_STYLE.path),
    scripts: REPORT_SCRIPTS.map(({ path }) => links.to(path)),
  };
  return {
    path: `${nightFolder(run)}/index.html`,
    inputs: digestOf(code, fingerprint),
    make: () => make(history.compressed(id), place),
  };
}

/** Does `work` for each item, `count` at a time; what fails ends it, once all that has begun has ended. */
async function inParallel<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const runner = async () => {
    for (const item of rest) {
      if (failures.length > 0) return;
      await work(item).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: count }, runner));
  if (failures.length > 0) throw failures[0];
}
