/**
 * `annotations.txt`: the end of a run as workflow commands, which GitHub shows beside the job.
 * A workflow prints the file.
 *
 * @module
 */
import { shorten } from "../problem.ts";
import type { Agreement } from "../suites/expectations.ts";
import type { Result } from "../suites/result.ts";
import { type Told, toldOf, type Weight } from "./agreement.ts";
import { forDisplay } from "./display.ts";
import { claimsWith, subject } from "./judged.ts";

/** GitHub shows no more of each kind from one step. */
export const MOST_OF_A_KIND = 10;

/** GitHub cuts a title there. */
const LONGEST_TITLE = 250;

/**
 * One workflow command a line: what became of the expectations, or, without any, what was refuted.
 * Of each kind at most {@linkcode MOST_OF_A_KIND}; the last line then counts the others.
 */
export function annotations(result: Result, agreement: Agreement | null = null): string {
  const all = agreement === null ? refutedOf(result) : toldOf(agreement);
  // One notice less, so that the line that counts is shown, too.
  const shown = [
    ...first(all, "error", MOST_OF_A_KIND),
    ...first(all, "warning", MOST_OF_A_KIND),
    ...first(all, "notice", MOST_OF_A_KIND - 1),
  ];
  const lines = [...shown, ...othersOf(all, shown)].map(commandLine);
  return lines.map((line) => `${line}\n`).join("");
}

function first(all: readonly Told[], weight: Weight, most: number): Told[] {
  return all.filter((one) => one.weight === weight).slice(0, most);
}

/** What there was no room for, counted. */
function othersOf(all: readonly Told[], shown: readonly Told[]): Told[] {
  const kinds: readonly Weight[] = ["error", "warning", "notice"];
  const counts = kinds.map((weight) => {
    const rest = all.filter((one) => one.weight === weight && !shown.includes(one)).length;
    return rest === 0 ? null : `${rest} more ${rest === 1 ? weight : `${weight}s`}`;
  }).filter((count) => count !== null);
  if (counts.length === 0) return [];
  const text = `${counts.join(", ")}: summary.md has them all.`;
  return [{ weight: "notice", title: "There is more", text }];
}

/** Where nobody said what is expected, a refuted claim is news, and no failure. */
function refutedOf(result: Result): Told[] {
  const shown = forDisplay({ ...result, probes: [], experiments: [] });
  return claimsWith(shown, "refuted").map(({ claim, verdict }) => ({
    weight: "notice",
    title: `${claim.id} is refuted`,
    text: `${subject(claim)}: “${claim.claimEn}”. ${verdict?.because ?? ""}`,
  }));
}

function commandLine({ weight, title, text }: Told): string {
  return `::${weight} title=${inProperty(shorten(title, LONGEST_TITLE))}::${inData(text)}`;
}

/** Escaped as GitHub's runner reads the message of a command. */
function inData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** Escaped as GitHub's runner reads a property of a command. */
function inProperty(text: string): string {
  return inData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
