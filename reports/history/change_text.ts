/**
 * Changes in words, for the terminal and for machines.
 *
 * @module
 */
import { CLAIMS } from "../../suites/claims/claims.ts";
import type { Level } from "../../suites/statistics/change.ts";
import { displayText } from "../display.ts";
import { subject } from "../judged.ts";
import { counted, intervalInWords, minuteInUtc, ratioInWords } from "../units.ts";
import type { Change, DriftChange } from "./changes.ts";
import type { Machine } from "./stored.ts";

/** A change for whoever opens an issue for it. */
export interface ToldChange {
  /** The same for the same change on every later night, and of no other one. */
  readonly key: string;
  readonly title: string;
  /** Plain text. */
  readonly body: string;
  /** Key of the machine. */
  readonly machine: string;
  /** When the run started that showed it; ISO 8601, UTC. */
  readonly night: string;
}

/** Names are cut to this many characters. */
const LONGEST_NAME = 80;

/** A change with its evidence. */
export function toldChange(machine: Machine, change: Change): ToldChange {
  const night = change.run.startedAt;
  const hostname = displayText(machine.hostname, LONGEST_NAME);
  return {
    key: [machine.key, whatOf(change), night].join("/"),
    title: `${hostname}: ${changeLine(change)}`,
    body: [`On ${hostname}, shown by the night of ${minuteInUtc(night)}.`, ...evidence(change)]
      .join("\n"),
    machine: machine.key,
    night,
  };
}

/** What changed, in a line. */
export function changeLine(change: Change): string {
  if (change.kind === "flip") return `${change.claim} was ${change.from}, is ${change.to}`;
  const { before, after, change: { ratio } } = change;
  const share = `${ratio >= 1 ? "+" : "-"}${(Math.abs(ratio - 1) * 100).toFixed(1)} %`;
  return `${seriesName(change)} moved by ${share}, ` +
    `from ${ratioInWords(before.ratio)} to ${ratioInWords(after.ratio)} of native`;
}

/** The lines of a list of a machine's changes, the newest last. */
export function changesText(machine: Machine, changes: readonly Change[]): string {
  const name = `${displayText(machine.hostname, LONGEST_NAME)} (${machine.key})`;
  const none = `: no change was found in ${counted(machine.runs, "run")}`;
  const other = otherHardwareLine(machine);
  const lines = changes.flatMap((change) => [
    `  ${minuteInUtc(change.run.startedAt)}  ${changeLine(change)}`,
    ...evidence(change).map((line) => `      ${line}`),
  ]);
  const head = changes.length === 0 ? `${name}${none}` : name;
  return [head, ...(other === null ? [] : [`  ${other}`]), ...lines].join("\n");
}

/** That a host has other hardware than its name had before, and what differs; null where it has not. */
export function otherHardwareLine(
  { key, hostname, predecessor, hardwareChanges, firstRun }: Machine,
): string | null {
  if (predecessor === null) return null;
  const name = displayText(hostname, LONGEST_NAME);
  const what = hardwareChanges.map((change) => displayText(change)).join("; ");
  return `${
    minuteInUtc(firstRun)
  }  ${name} came in with other hardware (${what}), so machine ${key} ` +
    `begins a history of its own: nothing in it is held against the nights of machine ${predecessor}`;
}

/** The same for whoever opens an issue for it; empty where it has not. */
export function toldOtherHardware(machine: Machine): ToldChange[] {
  const line = otherHardwareLine(machine);
  if (line === null) return [];
  const { key, hostname, firstRun } = machine;
  return [{
    key: [key, "hardware", machine.predecessor].join("/"),
    title: `${displayText(hostname, LONGEST_NAME)}: its hardware is another than before`,
    body: `${line}.`,
    machine: key,
    night: firstRun,
  }];
}

function whatOf(change: Change): string {
  if (change.kind === "flip") return change.claim;
  const { experiment, workload, arm } = change.series;
  return [experiment, workload, arm].join("/");
}

function seriesName({ series: { experiment, workload, arm } }: DriftChange): string {
  return [experiment, workload, arm].map((name) => displayText(name, LONGEST_NAME)).join(" ");
}

function evidence(change: Change): string[] {
  const own = change.kind === "flip" ? [claimLine(change.claim)] : driftLines(change);
  const beside = change.configuration.map((one) => displayText(one));
  return [
    ...own,
    ...(beside.length === 0 ? [] : [`Changed at the same time: ${beside.join("; ")}`]),
  ];
}

function claimLine(id: string): string {
  const claim = CLAIMS.find((one) => one.id === id);
  return claim === undefined ? id : `${subject(claim)}: “${claim.claimEn}”`;
}

function driftLines({ before, after, change }: DriftChange): string[] {
  return [
    `Before: ${levelInWords(before)}; since: ${levelInWords(after)}.`,
    `The ratio is ${ratioInWords(change.ratio)} (${
      intervalInWords(change)
    }) of what it was, by how ` +
    "far nights differ from each other.",
  ];
}

function levelInWords(level: Level): string {
  const { ratio, nights } = level;
  return `${ratioInWords(ratio)} (${intervalInWords(level)}) over ${counted(nights, "night")}`;
}
