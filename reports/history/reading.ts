/**
 * Reads machines, runs and series from a history's tables.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { hardwareChanges } from "../../suites/hardware_changes.ts";
import type { Hardware } from "../../suites/machine_identity.ts";
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { type Row, rowsOf } from "./rows.ts";
import { Damage } from "./sqlite_problems.ts";
import type {
  ClaimHistory,
  Machine,
  RatioPoint,
  Series,
  StoredRun,
  VerdictPoint,
} from "./stored.ts";

const MACHINE_COLUMNS = [
  ...["text", "text", "integer", "time", "time"] as const,
  ...["text", "text", "text", "real", "text?", "text?"] as const,
] as const;

/** All machines that have runs, by hostname, and of one hostname in the order in which they came in. */
export function readMachines(database: DatabaseSync): Machine[] {
  const rows = rowsOf(database, {
    sql: `SELECT key, gpus, count(*), min(started_at) AS first, max(started_at),
       hostname, environment, cpu_model, cpu_count, pci, gpu_uuids
     FROM machines JOIN runs ON runs.machine = machines.id
     GROUP BY machines.id ORDER BY hostname, first, machines.id`,
    columns: MACHINE_COLUMNS,
  });
  const told = rows.map(toldBy);
  return told.map(({ machine, hardware }, index) => {
    const { hostname, environment, cpuModel } = hardware;
    const before = told[index - 1];
    const isOther = before?.hardware.hostname === hostname;
    return {
      ...{ ...machine, hostname, environment, cpuModel },
      predecessor: isOther ? before.machine.key : null,
      hardwareChanges: isOther ? hardwareChanges(before.hardware, hardware) : [],
    };
  });
}

function toldBy(
  [key, gpuNames, runs, firstRun, lastRun, ...told]: Row<typeof MACHINE_COLUMNS>,
): {
  machine: Pick<Machine, "key" | "gpus" | "runs" | "firstRun" | "lastRun">;
  hardware: Hardware;
} {
  const [hostname, environment, cpuModel, cpuCount, pci, gpus] = told;
  return {
    machine: { key, gpus: listOf(gpuNames).map(String), runs, firstRun, lastRun },
    hardware: {
      ...{ hostname, environment, cpuModel, cpuCount },
      ...{ pci: textsOf(pci), gpus: textsOf(gpus) },
    },
  };
}

/** Which runs: all of one machine, by its key, or one, by its id. */
export type Wanted = { readonly machine: string } | { readonly run: number };

/** In time order. */
export function readRuns(database: DatabaseSync, wanted: Wanted): StoredRun[] {
  const verdictOf = readVerdictNames(database);
  const sql = `SELECT ${RUN} ${ofRuns(wanted)} ${IN_TIME}`;
  const parameters = ["machine" in wanted ? wanted.machine : wanted.run];
  return rowsOf(database, { sql, columns: RUN_COLUMNS, parameters })
    .map((row) => storedRun(row, verdictOf));
}

/**
 * By claim, in the order in which claims came in, which is the document's. Without the verdicts that
 * stayed open only because the run ended before: they tell nothing of the machine.
 */
export function readVerdicts(database: DatabaseSync, machine: string): ClaimHistory[] {
  const verdictOf = readVerdictNames(database);
  const claims = rowsOf(database, {
    sql: "SELECT id, name FROM claims ORDER BY id",
    columns: ["integer", "text"],
  });
  const points = new Map<number, VerdictPoint[]>(claims.map(([id]) => [id, []]));
  const rows = rowsOf(database, {
    sql: `SELECT run, claim, verdict, by_ratio ${
      ofRuns({ machine }, "verdicts")
    } AND cut = 0 ${IN_TIME}`,
    columns: ["integer", "integer", "integer", "integer"],
    parameters: [machine],
  });
  for (const [run, claim, verdict, byRatio] of rows) {
    points.get(claim)?.push({ run, verdict: verdictOf(verdict), byRatio: byRatio === 1 });
  }
  return claims.map(([id, claim]) => ({ claim, points: points.get(id) ?? [] })).filter(hasPoints);
}

/** In the order in which series came in. */
export function readSeries(database: DatabaseSync, machine: string): Series[] {
  const names = rowsOf(database, {
    sql: "SELECT id, experiment, workload, arm FROM series ORDER BY id",
    columns: ["integer", "text", "text", "text"],
  });
  const points = new Map<number, RatioPoint[]>(names.map(([id]) => [id, []]));
  const rows = rowsOf(database, {
    sql: `SELECT run, series, ratio, low, ratios.high, n ${
      ofRuns({ machine }, "ratios")
    } ${IN_TIME}`,
    columns: ["integer", "integer", "real", "real?", "real?", "integer"],
    parameters: [machine],
  });
  for (const [run, series, ratio, low, high, n] of rows) {
    points.get(series)?.push({ run, ratio, low, high, n });
  }
  return names.map(([id, experiment, workload, arm]) => ({
    ...{ experiment, workload, arm },
    points: points.get(id) ?? [],
  })).filter(hasPoints);
}

/** By id of a run: what its result's text and its place among the other runs can be told by. */
export function readFingerprints(database: DatabaseSync, machine: string): Map<number, string> {
  const rows = rowsOf(database, {
    sql: `SELECT runs.id, lower(hex(digest)), confirms ${
      ofRuns({ machine }, "results")
    } ${IN_TIME}`,
    columns: ["integer", "text", "integer?"],
    parameters: [machine],
  });
  return new Map(rows.map(([run, digest, confirms]) => [run, `${digest} ${confirms ?? ""}`]));
}

/** The gzip of a run's result; null for no such run. */
export function readGzip(database: DatabaseSync, run: number): Uint8Array<ArrayBuffer> | null {
  const rows = rowsOf(database, {
    sql: "SELECT gzip FROM results WHERE run = ?",
    columns: ["blob"],
    parameters: [run],
  });
  return rows[0]?.[0] ?? null;
}

const RUN = `runs.id, machines.key, started_at, ended_at, duration_seconds, version,
  firmware, gpu_driver, kernel, os, runs.high, medium, selection, confirms, dry_run, synthetic,
  (SELECT json_group_array(verdict) FROM verdicts WHERE run = runs.id)`;

/** What {@linkcode RUN} selects. */
const RUN_COLUMNS = [
  ...["integer", "text", "time", "time?", "real", "text"] as const,
  ...["text?", "text?", "text", "text", "real", "real", "text"] as const,
  ...["integer?", "text?", "integer", "text"] as const,
] as const;

/** As the index has them, so that nothing is sorted. */
const IN_TIME = "ORDER BY started_at, ifnull(dry_run, '')";

const NO_VERDICTS: Readonly<Record<Verdict, number>> = {
  ...{ confirmed: 0, refuted: 0, inconclusive: 0, untested: 0, error: 0, editorial: 0 },
};

/** The tables of the wanted runs, with one more that has a row for several things of each run. */
function ofRuns(wanted: Wanted, details?: "verdicts" | "ratios" | "results"): string {
  const joined = details === undefined ? "" : `JOIN ${details} ON ${details}.run = runs.id`;
  const column = "machine" in wanted ? "machines.key" : "runs.id";
  return `FROM machines JOIN runs ON runs.machine = machines.id ${joined} WHERE ${column} = ?`;
}

function storedRun(row: Row<typeof RUN_COLUMNS>, verdictOf: (id: number) => Verdict): StoredRun {
  const [id, machine, startedAt, endedAt, durationSeconds, version, ...more] = row;
  const [firmware, gpuDriver, kernel, os, high, medium, selection, confirms, ...rest] = more;
  const [dryRun, synthetic, verdicts] = rest;
  return {
    ...{ id, machine, startedAt, endedAt, durationSeconds, version },
    configuration: { firmware, gpuDriver, kernel, os },
    thresholds: { high, medium },
    selection: listOf(selection).map(String),
    counts: countsOf(listOf(verdicts).map((verdict) => verdictOf(Number(verdict)))),
    confirms,
    dryRun,
    synthetic: synthetic === 1,
  };
}

function countsOf(verdicts: readonly Verdict[]): Record<Verdict, number> {
  const counts = { ...NO_VERDICTS };
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
}

/** Verdicts by the numbers that this file has given them. */
function readVerdictNames(database: DatabaseSync): (id: number) => Verdict {
  const rows = rowsOf(database, {
    sql: "SELECT id, name FROM verdict_names",
    columns: ["integer", "text"],
  });
  const verdicts = new Map(
    rows.map(([id, name]) => [id, VERDICTS.find((known) => known === name)]),
  );
  return (id) => {
    const verdict = verdicts.get(id);
    if (verdict !== undefined) return verdict;
    throw new Problem({
      action: "read the history",
      condition: "it holds a verdict that this cellproof does not know",
      seen: rows.find(([known]) => known === id)?.[1] ?? String(id),
      cure: "Use the cellproof that wrote it, or a newer one.",
    });
  };
}

function hasPoints({ points }: { readonly points: readonly unknown[] }): boolean {
  return points.length > 0;
}

/** @throws {Damage} where it is no JSON list */
export function listOf(json: string): unknown[] {
  try {
    const list: unknown = JSON.parse(json);
    if (Array.isArray(list)) return list;
  } catch {
    // It is told below.
  }
  throw new Damage(json);
}

/** A JSON list of texts; null where there is none. */
export function textsOf(json: string | null): string[] | null {
  return json === null ? null : listOf(json).map(String);
}
