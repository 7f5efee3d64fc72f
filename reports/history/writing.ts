/**
 * Writes a result into a history's tables, inside a transaction of its caller's.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { restsOnFigures } from "../../suites/claim_series.ts";
import { checksCutShort } from "../../suites/cut_short.ts";
import type { Result } from "../../suites/result.ts";
import { knownAs } from "./belonging.ts";
import { assertConfirms } from "./confirming.ts";
import { type Parcel, type RunIdentity, storable } from "./parcel.ts";
import { rowsOf } from "./rows.ts";

/** The run that a result became or was already, and what was done. */
export interface Recorded {
  readonly id: number;
  readonly isNew: boolean;
  readonly replaced: boolean;
}

/** A run as it is in the tables. */
export interface Found {
  readonly id: number;
  /** ISO 8601, UTC; null where it did not come to its end. */
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  readonly confirms: number | null;
  /** Lower-case hexadecimal digits. */
  readonly digest: string;
}

/**
 * Puts a result into the tables, unless it is there.
 *
 * Of one run, the most complete result is kept: one that is unfinished, or that its budget ended, makes
 * way for one that went on longer, and never the other way round.
 *
 * @throws {Problem} where the run is there with another end, or cannot confirm what it is said to: then
 *   nothing was written
 */
export function record(database: DatabaseSync, added: Parcel, confirms: number | null): Recorded {
  const parcel = knownAs(database, added);
  const there = findRun(database, parcel);
  if (confirms !== null) assertConfirms(database, confirms, { parcel, there });
  if (there === null || isMoreComplete(parcel, there)) {
    const id = writeRun(database, parcel, {
      id: there?.id ?? null,
      confirms: confirms ?? there?.confirms ?? null,
    });
    return { id, isNew: true, replaced: there !== null };
  }
  if (confirms !== null) {
    database.prepare("UPDATE runs SET confirms = ? WHERE id = ?").run(confirms, there.id);
  }
  return { id: there.id, isNew: false, replaced: false };
}

/** The run of that identity; null for none. */
export function findRun(
  database: DatabaseSync,
  { machine, startedAt, dryRun }: RunIdentity,
): Found | null {
  const [row] = rowsOf(database, {
    sql: `SELECT runs.id, ended_at, duration_seconds, confirms, lower(hex(digest))
     FROM machines JOIN runs ON runs.machine = machines.id JOIN results ON results.run = runs.id
     WHERE key = ? AND started_at = ? AND ifnull(dry_run, '') = ?`,
    columns: ["integer", "time?", "real", "integer?", "text"],
    parameters: [machine.key, startedAt, dryRun ?? ""],
  });
  if (row === undefined) return null;
  const [id, endedAt, durationSeconds, confirms, digest] = row;
  return { id, endedAt, durationSeconds, confirms, digest };
}

/** Whether the result tells more of its run than what is there. */
function isMoreComplete({ digest, endedAt, result }: Parcel, there: Found): boolean {
  if (digest.toHex() === there.digest) return false;
  if (endedAt === null) {
    return there.endedAt === null && result.run.durationSeconds > there.durationSeconds;
  }
  // Only a run that was cut short can have gone on.
  if (there.endedAt === null || endedAt > there.endedAt) return true;
  if (endedAt < there.endedAt) return false;
  throw new Problem({
    action: "add the result to the history",
    condition: "the history has another result of the same run, which ended, too",
    seen: `run ${there.id}, ${result.run.startedAt}`,
    cure: "A night counts once, as it was judged first.",
  });
}

/** Writes all of a run: a new one where `id` is null, else in the place of what is there. */
function writeRun(
  database: DatabaseSync,
  parcel: Parcel,
  { id, confirms }: { readonly id: number | null; readonly confirms: number | null },
): number {
  const { digest, gzip, result } = parcel;
  writeMachine(database, parcel);
  const run = writeDescription(database, parcel, { id, confirms });
  for (const table of ["results", "verdicts", "ratios"]) {
    database.prepare(`DELETE FROM ${table} WHERE run = ?`).run(run);
  }
  database.prepare("INSERT INTO results (run, digest, gzip) VALUES (?, ?, ?)")
    .run(run, digest, gzip);
  writeVerdicts(database, run, result);
  writeRatios(database, run, result);
  return run;
}

function writeMachine(
  database: DatabaseSync,
  { machine: { key, hardware }, result: { host } }: Parcel,
): void {
  const { hostname, environment, cpuModel, cpuCount, pci, gpus } = hardware;
  const names = host.gpus?.map(({ name }) => name).filter((name) => name !== null) ?? [];
  const [pciText, gpusText] = [pci, gpus].map((list) =>
    list === null ? null : JSON.stringify(list)
  );
  database.prepare(
    `INSERT INTO machines (
       key, hostname, environment, cpu_model, cpu_count, gpus, pci, gpu_uuids
     ) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  ).run(
    ...[key, ...[hostname, environment, cpuModel].map(storable), cpuCount],
    ...[JSON.stringify(names), pciText ?? null, gpusText ?? null],
  );
}

function writeDescription(
  database: DatabaseSync,
  { machine, result: { run }, startedAt, endedAt, dryRun }: Parcel,
  { id, confirms }: { readonly id: number | null; readonly confirms: number | null },
): number {
  const { firmware, gpuDriver, kernel, os } = machine.configuration;
  const { durationSeconds, version, thresholds: { high, medium }, selection } = run;
  const { lastInsertRowid } = database.prepare(
    `INSERT OR REPLACE INTO runs (
       id, machine, started_at, ended_at, duration_seconds, version,
       firmware, gpu_driver, kernel, os, high, medium, selection, confirms, dry_run, synthetic
     ) VALUES (
       ?, (SELECT id FROM machines WHERE key = ?), ?, ?, ?, ?,
       ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
     )`,
  ).run(
    ...[id, machine.key, startedAt, endedAt, durationSeconds, storable(version)],
    ...[firmware, gpuDriver, kernel, os].map((text) => text === null ? null : storable(text)),
    ...[high, medium, JSON.stringify(selection), confirms],
    ...[dryRun, run.dryRun?.synthetic === true ? 1 : 0],
  );
  return Number(lastInsertRowid);
}

/**
 * A claim that is open because the run ended before it could be decided says nothing of the machine: held
 * to be a verdict, each short run would make what was decided on longer ones look lost.
 */
function writeVerdicts(database: DatabaseSync, run: number, result: Result): void {
  const cut = checksCutShort(result);
  const named = database.prepare("INSERT INTO claims (name) VALUES (?) ON CONFLICT DO NOTHING");
  const verdictNamed = database.prepare(
    "INSERT INTO verdict_names (name) VALUES (?) ON CONFLICT DO NOTHING",
  );
  const write = database.prepare(
    `INSERT INTO verdicts (run, claim, verdict, by_ratio, cut)
     SELECT ?, claims.id, verdict_names.id, ?, ? FROM claims, verdict_names
     WHERE claims.name = ? AND verdict_names.name = ?`,
  );
  for (const judged of result.claims) {
    const { id, verdict, evidence } = judged;
    const claim = storable(id);
    named.run(claim);
    verdictNamed.run(verdict);
    const isCut = verdict === "inconclusive" && evidence.some((name) => cut.has(name));
    const marks = [restsOnFigures(judged), isCut].map(Number);
    write.run(run, ...marks, claim, verdict);
  }
}

/** A ratio of no blocks is none. */
function writeRatios(database: DatabaseSync, run: number, { experiments }: Result): void {
  const named = database.prepare(
    "INSERT INTO series (experiment, workload, arm) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const write = database.prepare(
    `INSERT INTO ratios (run, series, ratio, low, high, n)
     SELECT ?, id, ?, ?, ?, ? FROM series WHERE experiment = ? AND workload = ? AND arm = ?`,
  );
  for (const { name, ratios } of experiments) {
    for (const { workload, arm, ratio, low, high, n } of ratios) {
      if (ratio === null) continue;
      const series = [name, workload, arm].map(storable);
      named.run(...series);
      write.run(run, ratio, low, high, n, ...series);
    }
  }
}
