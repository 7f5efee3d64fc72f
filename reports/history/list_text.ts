/**
 * The machines and runs of a history in plain text, for the terminal.
 *
 * @module
 */
import { configurationChanges } from "../../suites/machine_identity.ts";
import { displayText } from "../display.ts";
import { duration, minuteInUtc } from "../units.ts";
import type { Machine, StoredRun } from "./stored.ts";

/** One machine with its runs in time order. */
export interface Listed {
  readonly machine: Machine;
  readonly runs: readonly StoredRun[];
}

/** How many runs of a machine are listed; the earlier ones are counted. */
const MOST_RUNS = 10;

/** How many selected ids a line names; more are counted. */
const MOST_SELECTED = 3;

interface Column {
  readonly title: string;
  readonly text: (run: StoredRun) => string;
}

const COLUMNS: readonly Column[] = [
  { title: "run", text: ({ id }) => String(id) },
  { title: "started", text: ({ startedAt }) => minuteInUtc(startedAt) },
  { title: "took", text: ({ durationSeconds }) => duration(durationSeconds) },
  { title: "confirmed", text: ({ counts }) => String(counts.confirmed) },
  { title: "refuted", text: ({ counts }) => String(counts.refuted) },
  {
    title: "open",
    text: ({ counts }) => String(counts.inconclusive + counts.untested + counts.error),
  },
];

/** Each machine, and its latest runs in a table; ends with a line break. */
export function historyList(listed: readonly Listed[]): string {
  const blocks = listed.map((machine) => `${machineLines(machine).join("\n")}\n`);
  return blocks.length === 0 ? "The history is empty.\n" : blocks.join("\n");
}

function machineLines({ machine, runs }: Listed): string[] {
  const { key, hostname, environment, cpuModel, gpus, predecessor } = machine;
  const before = predecessor === null ? "" : `; with other hardware before: ${predecessor}`;
  const parts = [`${hostname} (${environment})`, cpuModel, ...counted(gpus)];
  return [
    parts.map((part) => displayText(part)).join(", "),
    `  machine ${key}${before}`,
    `  ${countInWords(runs.length)}`,
    ...tableLines(runs).map((line) => `  ${line}`),
  ];
}

/** Each name once, with how often it was there. */
function counted(names: readonly string[]): string[] {
  return [...Map.groupBy(names, (name) => name)].map(([name, { length }]) =>
    length === 1 ? name : `${length} × ${name}`
  );
}

function countInWords(count: number): string {
  const runs = `${count} ${count === 1 ? "run" : "runs"}`;
  return count > MOST_RUNS ? `${runs}, of which the last ${MOST_RUNS}:` : `${runs}:`;
}

function tableLines(runs: readonly StoredRun[]): string[] {
  const first = Math.max(0, runs.length - MOST_RUNS);
  const shown = runs.slice(first);
  const cells = [
    COLUMNS.map(({ title }) => title),
    ...shown.map((run) => COLUMNS.map(({ text }) => text(run))),
  ];
  const widths = COLUMNS.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const lines = cells.map((row) =>
    row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join("  ")
  );
  const remarks = shown.map((run, index) => remarksOn(run, runs[first + index - 1] ?? null));
  return lines.map((line, index) => [line, ...remarks[index - 1] ?? []].join("  "));
}

/** What a reader of one line must know; `before` is the run before it, null for none. */
function remarksOn(run: StoredRun, before: StoredRun | null): string[] {
  const { endedAt, confirms, dryRun, synthetic, selection } = run;
  const changes = before === null
    ? []
    : configurationChanges(before.configuration, run.configuration);
  const remarks = [
    ...(endedAt === null ? ["did not end"] : []),
    ...(confirms === null ? [] : [`confirms run ${confirms}`]),
    ...(dryRun === null ? [] : [`replays ${dryRun}${synthetic ? " (synthetic)" : ""}`]),
    ...(selection.length === 0 ? [] : [`only ${selectionInWords(selection)}`]),
    ...changes,
  ];
  return remarks.length === 0 ? [] : [displayText(remarks.join("; "))];
}

function selectionInWords(selection: readonly string[]): string {
  const { length } = selection;
  return length <= MOST_SELECTED ? selection.join(", ") : `${length} selected ids or prefixes`;
}
