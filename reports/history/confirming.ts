/**
 * Which run may confirm which.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { rowsOf } from "./database.ts";
import type { Parcel } from "./parcel.ts";

/** What is known of the run that is to confirm another. */
export interface Confirming {
  readonly parcel: Parcel;
  /** The run itself, where the history has it already; else null. */
  readonly there: { readonly id: number; readonly confirms: number | null } | null;
}

/**
 * Refuses a run that cannot confirm the run `first`: only a later one of the same machine can, and
 * only a run that confirms none itself can be confirmed.
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
  const conditions = {
    "it is of another machine": run.machine !== parcel.machine.key,
    "one of them replays a recorded host": run.measured !== (parcel.dryRun === null),
    "it did not start before this one": run.startedAt >= parcel.startedAt,
    "it confirms another run itself": run.confirms !== null,
    "this one confirms another run already": (there?.confirms ?? first) !== first,
    "this one is confirmed by another run": there !== null && isConfirmed(database, there.id),
  };
  const [condition] = Object.entries(conditions).find(([, applies]) => applies) ?? [];
  if (condition !== undefined) throw cannotConfirm(first, condition);
}

function readFirst(database: DatabaseSync, id: number) {
  const [row] = rowsOf<[string, string, number | null, number]>(
    database,
    `SELECT key, started_at, confirms, dry_run IS NULL
     FROM runs JOIN machines ON machines.id = machine WHERE runs.id = ?`,
    [id],
  );
  if (row === undefined) return null;
  const [machine, startedAt, confirms, measured] = row;
  return { machine, startedAt, confirms, measured: measured === 1 };
}

function isConfirmed(database: DatabaseSync, run: number): boolean {
  return rowsOf(database, "SELECT 1 FROM runs WHERE confirms = ?", [run]).length > 0;
}

function cannotConfirm(first: number, condition: string): Problem {
  return new Problem({
    action: `let a run confirm run ${first}`,
    condition,
    cure: "Name the first run of the same night, which is the one that was suspected.",
  });
}
