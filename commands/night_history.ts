/**
 * What a run does with its history: it is kept there, and held against the nights before.
 *
 * @module
 */
import { suspectsIn } from "../reports/history/changes.ts";
import { History } from "../reports/history/history.ts";
import { newcomersTo } from "../reports/history/newcomers.ts";
import { nightsOf } from "../reports/history/nights.ts";
import type { StoredRun } from "../reports/history/stored.ts";
import { RESULT_FILE } from "../reports/json.ts";
import type { EndedRun } from "./bench_run.ts";

/**
 * Opens the history at `path`, or makes it, and closes it again: better now than after hours of measuring.
 *
 * @throws {Problem} where it cannot be opened
 */
export function assertUsable(path: string): void {
  History.open(path, { create: true }).close();
}

/**
 * Adds a run to the history at `path`, which is made where there is none; `confirms` is the id of the
 * run that it repeats. Where its host had other hardware before, that is told on standard error.
 *
 * @throws {Problem} where the history cannot be opened or written
 */
export function keep(
  path: string,
  { result, folder }: EndedRun,
  confirms: number | null,
): StoredRun {
  using history = History.open(path, { create: true });
  const text = Deno.readTextFileSync(`${folder}/${RESULT_FILE}`);
  const newcomers = newcomersTo(history);
  const { run } = history.add(text, result, { confirms });
  for (const line of newcomers()) console.error(line);
  return run;
}

/**
 * The ids of the claims that are not as on the nights before. Where the history holds a later night, it
 * is told on standard error that there are none for that reason.
 */
export function suspectsOf(path: string, { machine, id, startedAt }: StoredRun): string[] {
  using history = History.open(path, { create: false });
  const nights = nightsOf(history, machine);
  const newest = nights.nights.at(-1)?.first;
  if (newest?.id === id) return suspectsIn(nights);
  // Nights are in time order: a run of a clock that went back is not the last one, and proves nothing.
  if (newest !== undefined && newest.startedAt > startedAt) console.error(laterText(path, newest));
  return [];
}

function laterText(path: string, { id, startedAt }: StoredRun): string {
  return `Nothing was held against the nights before: the history ${path} has a later run of this ` +
    `machine, run ${id} of ${startedAt}. One of the two clocks was wrong: set this one, or make a new ` +
    "history of the results whose times are right (deno task history add RESULT ... --db FILE).";
}
