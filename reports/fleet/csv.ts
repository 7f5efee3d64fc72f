/**
 * `fleet.csv`, one line a claim, and `hosts.csv`, one line a host: for spreadsheets.
 *
 * @module
 */
import { stringify } from "@std/csv";
import { claimOf } from "../../suites/claims/claims.ts";
import { lineOf } from "../../suites/coverage.ts";
import type { FleetClaim, FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { VERDICTS } from "../../suites/result.ts";
import { BYTE_ORDER_MARK, inert } from "../csv.ts";
import type { VerdictCounts } from "../html/verdict_bar.ts";
import { gpusInWords } from "./fleet_words.ts";
import { countsOf } from "./tallies.ts";

/** A cell; null is empty, for what is not known is not 0. */
type Value = string | number | boolean | null;
type Row = Readonly<Record<string, Value>>;

const NO_COUNTS: Row = Object.fromEntries(VERDICTS.map((verdict) => [verdict, null]));

/** The claims with how many hosts say what, as RFC 4180 text. */
export function fleetCsv({ claims, common }: FleetResult): string {
  return table(claims.map((claim) => claimRow(claim, common?.kind ?? null)), CLAIM_COLUMNS);
}

const CLAIM_COLUMNS = [
  ...["id", "matrix", "verdict", ...VERDICTS, "because", "reading", "lacks"],
  ...["claim_zh", "claim_en", "kind"],
];

function claimRow(claim: FleetClaim, kind: string | null): Row {
  const { id, verdict, counts, because, reading, lacks } = claim;
  const texts = claimOf(id);
  return {
    ...{ id, matrix: lineOf(id), verdict, ...countCells(counts), because, reading, lacks },
    ...{ claim_zh: texts?.claimZh ?? null, claim_en: texts?.claimEn ?? null, kind },
  };
}

/** The hosts with what became of them, as RFC 4180 text. */
export function hostsCsv({ hosts, faults }: FleetResult): string {
  const faultsOf = Map.groupBy(faults, ({ host }) => host);
  const rows = hosts.map((host) =>
    hostRow(host, (faultsOf.get(host.name) ?? []).map(({ kind }) => kind))
  );
  return table(rows, HOST_COLUMNS);
}

const HOST_COLUMNS = [
  ...["name", "state", "because", "faults", "source", "hostname", "machine", "model", "make"],
  ...["environment", "bare_metal", "kernel", "gpu_driver", "gpus", "version"],
  ...["started_at", "ended_at", "duration_seconds", ...VERDICTS],
];

function hostRow(
  { name, state, because, source, told }: FleetHost,
  faults: readonly string[],
): Row {
  const known = { name, state, because, faults: faults.join("; "), source };
  if (told === null) return { ...known, ...NO_COUNTS };
  const { hostname, machine, model, environment, kernel, version } = told;
  return {
    ...known,
    ...{ hostname, machine, model, make: told.modelName, environment, kernel, version },
    ...{ bare_metal: told.bareMetal, gpu_driver: told.gpuDriver, gpus: gpusInWords(told) },
    ...{ started_at: told.startedAt, ended_at: told.endedAt },
    ...{ duration_seconds: told.durationSeconds, ...countCells(countsOf(told)) },
  };
}

function countCells(counts: VerdictCounts): Row {
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, counts[verdict]]));
}

function table(rows: readonly Row[], columns: readonly string[]): string {
  const cells = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column, cell(row[column] ?? null)]))
  );
  return BYTE_ORDER_MARK + stringify(cells, { columns });
}

function cell(value: Value): string | number {
  if (value === null) return "";
  return typeof value === "number" ? value : inert(String(value));
}
