/**
 * One host's part of a history, read only as far as a build needs it.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import { type Nights, nightsOf } from "../history/nights.ts";
import type { Machine, StoredRun } from "../history/stored.ts";
import { nameOf, type RunName } from "./events.ts";
import { type HostSummary, summaryOf } from "./host_summary.ts";
import { digestOf } from "./manifest.ts";

/** What is kept of a host from build to build. */
export interface HostCache {
  readonly summary: HostSummary;
  /** The runs that have a page, in time order. */
  readonly pages: readonly RunPage[];
}

/** A run that has a page. */
export interface RunPage {
  readonly id: number;
  readonly run: RunName;
}

/** Reads the nights of hosts; those of one host at a time are kept, as they take much memory. */
export class NightReader {
  readonly #history: History;
  #last: { readonly key: string; readonly nights: Nights; readonly runs: StoredRun[] } | null =
    null;

  constructor(history: History) {
    this.#history = history;
  }

  /** A host's nights, and all its runs in time order. */
  read(key: string): { readonly nights: Nights; readonly runs: readonly StoredRun[] } {
    if (this.#last?.key !== key) {
      const runs = this.#history.runs(key);
      this.#last = { key, runs, nights: nightsOf(this.#history, key) };
    }
    return this.#last;
  }
}

/** A host, what it is made from, and ways to read more of it. */
export class HostSource {
  readonly machine: Machine;
  /** Digest of all that is known of the host, and of the code. */
  readonly inputs: string;
  /** By id of a run: what changes when its result does. */
  readonly fingerprints: ReadonlyMap<number, string>;
  readonly #reader: NightReader;

  /** `code` is a digest of what else the host's pages are made by. */
  constructor(
    machine: Machine,
    fingerprints: ReadonlyMap<number, string>,
    { reader, code }: { readonly reader: NightReader; readonly code: string },
  ) {
    this.machine = machine;
    this.fingerprints = fingerprints;
    this.inputs = digestOf(code, JSON.stringify(machine), JSON.stringify([...fingerprints]));
    this.#reader = reader;
  }

  /** All runs, in time order. */
  runs(): readonly StoredRun[] {
    return this.#reader.read(this.machine.key).runs;
  }

  nights(): Nights {
    return this.#reader.read(this.machine.key).nights;
  }

  /** The runs of the newest `count` nights have a page, those that repeat a night among them. */
  cache(count: number): HostCache {
    const runs = this.runs();
    return {
      summary: summaryOf(this.nights(), runs, this.machine.predecessor),
      pages: newestNights(runs, count).map((run) => ({ id: run.id, run: nameOf(run) })),
    };
  }
}

function newestNights(runs: readonly StoredRun[], count: number): readonly StoredRun[] {
  const oldest = runs.filter(({ confirms }) => confirms === null).at(-count);
  return oldest === undefined ? runs : runs.slice(runs.indexOf(oldest));
}
