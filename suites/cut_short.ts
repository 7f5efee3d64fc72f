/**
 * What a run left out because it was over: its budget had ended, or the user interrupted it.
 *
 * @module
 */
import type { Result, RunDescription } from "./result.ts";

/** Stands among the notes of a run that Ctrl-C ended. */
export const INTERRUPTED_NOTE = "The run was interrupted.";

/** Why an experiment stopped that would have gone on. */
const OVER = ["budget", "interrupted"];

/** How a run ended: by itself, by Ctrl-C, or it did not. */
export type RunEnd = "whole" | "interrupted" | "unfinished";

/** How a run ended. One whose budget ended came to its end: it measured as much as it was to. */
export function endOf({ endedAt, notes }: Pick<RunDescription, "endedAt" | "notes">): RunEnd {
  if (endedAt === null) return "unfinished";
  return notes.includes(INTERRUPTED_NOTE) ? "interrupted" : "whole";
}

/**
 * The checks that were cut short or never made. The absence of a check is inconclusive only where the run
 * was over.
 */
export function checksCutShort(
  { experiments, absent }: Pick<Result, "experiments" | "absent">,
): ReadonlySet<string> {
  return new Set([
    ...experiments.filter(({ stopped }) => OVER.includes(stopped)).map(({ name }) => name),
    ...Object.entries(absent).filter(([, { verdict }]) => verdict === "inconclusive")
      .map(([name]) => name),
  ]);
}
