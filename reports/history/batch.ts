/**
 * Results that are added together: one that cannot be keeps no other one back.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import type { Result } from "../../suites/result.ts";
import { type Parcel, parcelOf } from "./parcel.ts";
import { record, type Recorded } from "./writing.ts";

/** A result, and the text that it was read from. */
export interface TextedResult {
  readonly text: string;
  readonly result: Result;
}

/** What came of it, or why nothing did. */
export type Outcome<T> = { readonly done: T } | { readonly problem: Problem };

/** The results made ready, each as `parcelOf` does it. */
export function parcelsOf(results: readonly TextedResult[], now: Date): Outcome<Parcel>[] {
  return results.map(({ text, result }) => outcomeOf(() => parcelOf(text, result, now)));
}

/** Puts what is ready into the tables, inside a transaction of its caller's. */
export function recordAll(
  database: DatabaseSync,
  parcels: readonly Outcome<Parcel>[],
): Outcome<Recorded>[] {
  return parcels.map((parcel) =>
    // Whatever `record` refuses, it has written nothing of: the transaction may go on.
    "problem" in parcel ? parcel : outcomeOf(() => record(database, parcel.done, null))
  );
}

function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return { done: work() };
  } catch (error) {
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}
