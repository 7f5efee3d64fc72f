/**
 * The results of many nights and machines in one SQLite file.
 *
 * Each result is kept as it was written, compressed, and what changes from night to night (verdicts
 * and ratios) beside it in tables. Several processes may read and add at once; whoever is killed
 * leaves whole results alone.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { Problem } from "../../problem.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import type { Result } from "../../suites/result.ts";
import { type Outcome, parcelsOf, recordAll, type TextedResult } from "./batch.ts";
import { knownAs } from "./belonging.ts";
import { inTransaction, openDatabase, type OpenOptions } from "./database.ts";
import { fleetParcelOf } from "./fleet_parcel.ts";
import { readFleetGzip, readFleetHosts, readFleets, recordFleet } from "./fleets.ts";
import { parcelOf, runIdentityOf } from "./parcel.ts";
import {
  readFingerprints,
  readGzip,
  readMachines,
  readRuns,
  readSeries,
  readVerdicts,
} from "./reading.ts";
import { explained } from "./sqlite_problems.ts";
import type {
  Addition,
  ClaimHistory,
  FleetAddition,
  Machine,
  Series,
  StoredFleet,
  StoredFleetHost,
  StoredRun,
} from "./stored.ts";
import { findRun, record } from "./writing.ts";

/** How a result is added. */
export interface AddOptions {
  /** The id of the run that it repeats; null for none. */
  readonly confirms: number | null;
  /** The clock's time, unless another is given. */
  readonly now?: Date;
}

export class History {
  readonly path: string;
  readonly #database: DatabaseSync;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
  }

  /**
   * Opens a history, or makes it. A file that is none is left as it is.
   *
   * @throws {Problem} where there is none or cannot be one, or it is foreign, damaged or newer
   */
  static open(path: string, options: OpenOptions): History {
    return new History(path, openDatabase(path, options));
  }

  /**
   * Adds a result; `text` is what it was read from, and `confirms` the id of the run that it repeats
   * to confirm what changed. A result that is there already changes nothing but what it confirms; it
   * makes way for a more complete one of the same run.
   *
   * @throws {Problem} where the run is there with another end, cannot confirm that one or starts more
   *   than a day after now, and where the file cannot be written: then it is as it was before
   */
  add(
    text: string,
    result: Result,
    { confirms, now = new Date() }: AddOptions,
  ): Addition {
    const parcel = parcelOf(text, result, now);
    return this.#attempt("add to", () => {
      const { id, ...done } = inTransaction(
        this.#database,
        () => record(this.#database, parcel, confirms),
      );
      return { run: this.#existing(id), ...done };
    });
  }

  /**
   * Adds results that confirm none, each as {@linkcode add} does; one that cannot be added keeps no other
   * one back. They are one transaction, which waits for the disk once.
   *
   * @throws {Problem} where the file cannot be written: then it is as it was before
   */
  addAll(results: readonly TextedResult[], now: Date = new Date()): Outcome<Addition>[] {
    const parcels = parcelsOf(results, now);
    return this.#attempt("add to", () => {
      const recorded = inTransaction(this.#database, () => recordAll(this.#database, parcels));
      return recorded.map((outcome) => {
        if ("problem" in outcome) return outcome;
        const { id, ...done } = outcome.done;
        return { done: { run: this.#existing(id), ...done } };
      });
    });
  }

  /**
   * Adds a fleet; `text` is what it was read from. Of one fleet the merge that knows how all its hosts came
   * out is kept, and of several of these the latest. Its hosts' results are added by themselves.
   *
   * @throws {Problem} where it does not tell when it was, was merged more than a day after now, and where
   *   the file cannot be written: then it is as it was before
   */
  addFleet(text: string, fleet: FleetResult, now: Date = new Date()): FleetAddition {
    const parcel = fleetParcelOf(text, fleet, now);
    return this.#attempt("add to", () => {
      const done = inTransaction(this.#database, () => recordFleet(this.#database, parcel));
      const stored = readFleets(this.#database).find(({ id }) => id === parcel.id);
      if (stored === undefined) throw this.#problem("there is no such fleet", parcel.id);
      return { fleet: stored, ...done };
    });
  }

  /** In time order. */
  fleets(): StoredFleet[] {
    return this.#attempt("read", () => readFleets(this.#database));
  }

  /** What became of the hosts of a fleet, in its order; empty for no such fleet. */
  fleetHosts(id: string): StoredFleetHost[] {
    return this.#attempt("read", () => readFleetHosts(this.#database, id));
  }

  /**
   * The fleet as it was written.
   *
   * @throws {Problem} where there is no such fleet, or what is kept of it is damaged
   */
  fleetText(id: string): string {
    return this.#unpacked(this.compressedFleet(id), `fleet ${id}`);
  }

  /**
   * gzip of {@linkcode fleetText}.
   *
   * @throws {Problem} where there is no such fleet
   */
  compressedFleet(id: string): Uint8Array {
    const gzip = this.#attempt("read", () => readFleetGzip(this.#database, id));
    if (gzip === null) throw this.#problem("there is no such fleet", id);
    return gzip;
  }

  /** By hostname, and of one hostname in the order in which they came in. */
  machines(): Machine[] {
    return this.#attempt("read", () => readMachines(this.#database));
  }

  /** In time order, unfinished runs and confirming ones among them. */
  runs(machineKey: string): StoredRun[] {
    return this.#attempt("read", () => readRuns(this.#database, { machine: machineKey }));
  }

  /** Null where there is no such run. */
  run(id: number): StoredRun | null {
    return this.#attempt("read", () => readRuns(this.#database, { run: id })[0] ?? null);
  }

  /** The run of which this is a result, however complete either is; null where it was never added. */
  find(result: Result): StoredRun | null {
    const identity = runIdentityOf(result);
    const found = this.#attempt("read", () => {
      return findRun(this.#database, knownAs(this.#database, identity));
    });
    return found === null ? null : this.run(found.id);
  }

  /**
   * The result as it was written.
   *
   * @throws {Problem} where there is no such run, or what is kept of it is damaged
   */
  resultText(id: number): string {
    return this.#unpacked(this.compressed(id), `run ${id}`);
  }

  /**
   * gzip of {@linkcode resultText}.
   *
   * @throws {Problem} where there is no such run
   */
  compressed(id: number): Uint8Array<ArrayBuffer> {
    const gzip = this.#attempt("read", () => readGzip(this.#database, id));
    if (gzip === null) throw this.#problem("there is no such run", `run ${id}`);
    return gzip;
  }

  /** The verdicts of each claim in time order; claims in the order of the document. */
  verdicts(machineKey: string): ClaimHistory[] {
    return this.#attempt("read", () => readVerdicts(this.#database, machineKey));
  }

  /** The ratios of each arm on each workload, in time order. */
  series(machineKey: string): Series[] {
    return this.#attempt("read", () => readSeries(this.#database, machineKey));
  }

  /** By id of a run, in time order: a text that changes when what the run tells does. Quick to get. */
  fingerprints(machineKey: string): ReadonlyMap<number, string> {
    return this.#attempt("read", () => readFingerprints(this.#database, machineKey));
  }

  /** What is closed stays so. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #existing(id: number): StoredRun {
    const run = this.run(id);
    if (run === null) throw this.#problem("there is no such run", `run ${id}`);
    return run;
  }

  #unpacked(gzip: Uint8Array, name: string): string {
    try {
      return gunzipSync(gzip).toString();
    } catch (error) {
      throw this.#problem(`what it keeps of ${name} is damaged`, String(error));
    }
  }

  #attempt<T>(what: "read" | "add to", work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explained(`${what} the history ${this.path}`, error);
    }
  }

  #problem(condition: string, seen: string): Problem {
    return new Problem({ action: `read the history ${this.path}`, condition, seen });
  }
}
