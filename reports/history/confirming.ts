/**
 * Which run may confirm which.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { type Parcel, storable } from "./parcel.ts";
import { rowsOf } from "./rows.ts";

/** What is known of the run that is to confirm another. */
export interface Confirming {
  readonly parcel: Parcel;
  /** The run itself, where the history has it already; else null. */
  readonly there: { readonly id: number; readonly confirms: number | null } | null;
}

/**
 * Refuses a run that cannot confirm the run `first`: only a later one of the same machine and night can
 * that was judged alike, and only a run that confirms none itself can be confirmed.
 *
 * @throws {Problem} with the reason
 */
export function assertConfirms(
  database: DatabaseSync,
  first: number,
  { parcel, there }: Confirming,
): void {
  const run = readFirst(database, first);
  if (run === null) throw cannotConfirm(first, "the history has no such run");
  const { version, thresholds: { high, medium } } = parcel.result.run;
  const conditions = {
    "it is of another machine": run.machine !== parcel.machine.key,
    "one of them replays a recorded host": run.measured !== (parcel.dryRun === null),
    "it did not start before this one": run.startedAt >= parcel.startedAt,
    "it confirms another run itself": run.confirms !== null,
    "this one confirms another run already": (there?.confirms ?? first) !== first,
    "this one is confirmed by another run": there !== null && isConfirmed(database, there.id),
    "this one was judged by other thresholds": run.high !== high || run.medium !== medium,
    "this one is of another version of cellproof": run.version !== storable(version),
    "the machine's next night began before this one": isOtherNight(database, run, parcel),
  };
  const [condition] = Object.entries(conditions).find(([, applies]) => applies) ?? [];
  if (condition !== undefined) throw cannotConfirm(first, condition);
}

function readFirst(database: DatabaseSync, id: number) {
  const [row] = rowsOf(database, {
    sql: `SELECT key, started_at, confirms, dry_run IS NULL, version, high, medium
     FROM runs JOIN machines ON machines.id = machine WHERE runs.id = ?`,
    columns: ["text", "time", "integer?", "integer", "text", "real", "real"],
    parameters: [id],
  });
  if (row === undefined) return null;
  const [machine, startedAt, confirms, measured, version, high, medium] = row;
  return { machine, startedAt, confirms, measured: measured === 1, version, high, medium };
}

/** Whether a night, which is a run that ended and confirms none, began between the two runs. */
function isOtherNight(
  database: DatabaseSync,
  first: { readonly machine: string; readonly startedAt: string },
  { startedAt, dryRun }: Parcel,
): boolean {
  const between = rowsOf(database, {
    sql: `SELECT 1 FROM machines JOIN runs ON runs.machine = machines.id
     WHERE key = ? AND started_at > ? AND started_at < ? AND confirms IS NULL
       AND ended_at IS NOT NULL AND (dry_run IS NULL) = ? LIMIT 1`,
    columns: ["integer"],
    parameters: [first.machine, first.startedAt, startedAt, dryRun === null ? 1 : 0],
  });
  return between.length > 0;
}

function isConfirmed(database: DatabaseSync, run: number): boolean {
  return rowsOf(database, {
    sql: "SELECT 1 FROM runs WHERE confirms = ?",
    columns: ["integer"],
    parameters: [run],
  }).length > 0;
}

function cannotConfirm(first: number, condition: string): Problem {
  return new Problem({
    action: `let a run confirm run ${first}`,
    condition,
    cure: "Name the first run of the same night, the one that was suspected, and judge both alike.",
  });
}
