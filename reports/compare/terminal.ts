/**
 * Two results side by side in plain text, for the terminal.
 *
 * @module
 */
import {
  type RatioInRun,
  type RatioName,
  type RatioPair,
  VERDICT_CHANGES,
  type VerdictPair,
} from "../../suites/compare.ts";
import { claimOf } from "../../suites/claims/claims.ts";
import type { Result } from "../../suites/result.ts";
import type { TwoRuns } from "../../suites/statistics/two_runs.ts";
import { shorten } from "../../problem.ts";
import { subject } from "../judged.ts";
import { tookInWords } from "../sentences.ts";
import { minuteInUtc, ratioWithInterval } from "../units.ts";
import { FACES } from "../verdicts.ts";
import {
  ABOUT_RATIOS,
  ASPECT_WORDS,
  caution,
  CHANGE_TITLES,
  type Compared,
  comparisonWarnings,
  FINDING_WORDS,
  findingInWords,
  SIDES,
  valueInWords,
  verdictCounts,
} from "./compared.ts";

const LONGEST_REASON = 220;
const LONGEST_VALUE = 60;

/** All that was found; ends with a line break. */
export function comparisonText(compared: Compared, pagePath: string | null): string {
  const { verdicts, ratios } = compared.comparison;
  const lines = [
    ...SIDES.map((side) => `${side.toUpperCase()}  ${headLine(compared[side])}`),
    ...comparisonWarnings(compared).map(({ en }) => en),
    "",
    caution(compared).en,
    ...section("What differs around the runs", surroundingLines(compared)),
    "",
    `Verdicts: ${verdictCounts(compared).en}.`,
    ...VERDICT_CHANGES.flatMap((kind) =>
      section(
        CHANGE_TITLES[kind].en,
        verdicts.different.filter((pair) => pair.kind === kind).flatMap(verdictLines),
      )
    ),
    ...SIDES.flatMap((side) =>
      section(`Claims in ${side.toUpperCase()} alone`, namesOrCount(verdicts.only[side]))
    ),
    ...section("Ratios to native", ratioLines(ratios.pairs)),
    ...SIDES.flatMap((side) =>
      section(`Measured in ${side.toUpperCase()} alone`, aloneLines(ratios.only[side]))
    ),
    ...(pagePath === null ? [] : ["", `Page: ${pagePath}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function headLine({ host, run }: Result): string {
  return `${host.hostname} (${host.environment}), ${minuteInUtc(run.startedAt)}, ` +
    `${tookInWords(run).en}, cellproof ${run.version}`;
}

function surroundingLines({ comparison }: Compared): string[] {
  return tableLines(
    comparison.surroundings.differences.map(({ aspect, tool, a, b }) => [
      tool ?? ASPECT_WORDS[aspect].en,
      ...[a, b].map((value) => shorten(valueInWords(aspect, value), LONGEST_VALUE)),
    ]),
  );
}

function verdictLines({ id, a, b }: VerdictPair): string[] {
  const claim = claimOf(id);
  const named = claim === null ? id : `${id}  ${subject(claim)}: “${claim.claimEn}”`;
  return [
    `  ${FACES[a.verdict].symbol} → ${FACES[b.verdict].symbol}  ${named}`,
    `      A ${a.verdict}: ${shorten(a.because, LONGEST_REASON)}`,
    `      B ${b.verdict}: ${shorten(b.because, LONGEST_REASON)}`,
  ];
}

const KINDS: readonly TwoRuns["kind"][] = ["parted", "alike", "cannot-tell"];

/** What has parted first. */
function ratioLines(pairs: readonly RatioPair[]): string[] {
  const sorted = KINDS.flatMap((kind) => pairs.filter(({ finding }) => finding.kind === kind));
  const rows = sorted.map((pair) => [
    nameOf(pair),
    ...[pair.a, pair.b].map(figureInWords),
    `${FINDING_WORDS[pair.finding.kind].en}: ${
      shorten(findingInWords(pair.finding).en, LONGEST_REASON)
    }`,
  ]);
  return rows.length === 0
    ? []
    : [...tableLines([["", "A", "B", ""], ...rows]), "", ABOUT_RATIOS.en];
}

function figureInWords(figure: RatioInRun): string {
  return ratioWithInterval(figure) || "–";
}

function nameOf({ experiment, workload, arm }: RatioName): string {
  return `${experiment} ${workload} ${arm}`;
}

const MOST_NAMED = 12;

function aloneLines(names: readonly RatioName[]): string[] {
  return namesOrCount(names.map(nameOf));
}

function namesOrCount(names: readonly string[]): string[] {
  const more = names.length - MOST_NAMED;
  return [
    ...names.slice(0, MOST_NAMED).map((name) => `  ${name}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** Rows with their columns below each other. */
function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}
