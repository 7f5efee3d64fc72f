/**
 * A fleet in plain text, for the terminal: short also for thousands of hosts.
 *
 * @module
 */
import {
  type Disagreement,
  FAULTS,
  type FleetClaim,
  type FleetFault,
  type FleetResult,
  type HostLink,
} from "../../suites/fleet/fleet_result.ts";
import { VERDICTS } from "../../suites/result.ts";
import { shorten } from "../../problem.ts";
import { displayText } from "../display.ts";
import { capital, claimsWith, type Judged, subject } from "../judged.ts";
import { decidedInWords } from "../sentences.ts";
import { missingLines } from "../terminal.ts";
import { counted } from "../units.ts";
import { countsInWords, countVerdicts, FACES } from "../verdicts.ts";
import { fleetForDisplay } from "./fleet_display.ts";
import {
  FAULT_TITLES,
  fleetWarnings,
  hostsInWords,
  noOutlierSaid,
  whereAndWhen,
} from "./fleet_words.ts";
import { hostNames } from "./name_ranges.ts";
import { type FaultGroup, faultGroups } from "./tallies.ts";

const LONGEST_TEXT = 220;

/** Names and ranges of names in one line. */
const MOST_NAMES = 8;

/** Entries of one list; the page has them all. */
const MOST_ENTRIES = 20;

/** Ways in which the faults of one kind differ. */
const MOST_GROUPS = 3;

/** What is wrong first, then what was found; ends with a line break. */
export function fleetSummary(fleet: FleetResult, pagePath: string | null): string {
  const shown = fleetForDisplay(fleet, LONGEST_TEXT);
  const lines = [
    whereAndWhen(shown).en,
    hostsInWords(shown).en,
    ...fleetWarnings(shown).map(({ en }) => en),
    ...section("What is wrong", faultLines(fleet.faults)),
    ...section("Claims", countLines(shown)),
    ...section("Refuted", listed(claimsWith(shown, "refuted"), refutedLines)),
    ...section("Disagreements", listed(shown.disagreements, disagreementLines)),
    ...section("Outliers", outlierLines(shown)),
    ...section("Links", linkLines(shown.links)),
    ...section("What open claims need", missingLines(shown)),
    ...(pagePath === null ? [] : ["", `Page: ${pagePath}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

/** The lines of the first entries, and how many others there are. */
function listed<T>(entries: readonly T[], linesOf: (entry: T) => readonly string[]): string[] {
  const more = entries.length - MOST_ENTRIES;
  return [
    ...entries.slice(0, MOST_ENTRIES).flatMap(linesOf),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** Hosts by their names, many of them as ranges. */
export function namesInWords(names: readonly string[]): string {
  const { text, unnamed } = hostNames(names, MOST_NAMES);
  return unnamed === 0 ? text : `${text} and ${unnamed} more`;
}

function faultLines(faults: readonly FleetFault[]): string[] {
  const byKind = Map.groupBy(faults, ({ kind }) => kind);
  return FAULTS.flatMap((kind) => {
    const group = byKind.get(kind);
    if (group === undefined) return [];
    const hosts = [...new Set(group.map(({ host }) => host))];
    const names = namesInWords(hosts.map((host) => displayText(host, LONGEST_TEXT)));
    const groups = faultGroups(group, LONGEST_TEXT);
    const more = groups.slice(MOST_GROUPS).flatMap((one) => one.hosts).length;
    return [
      `  ${FAULT_TITLES[kind].en} (${hosts.length}): ${names}`,
      ...groups.slice(0, MOST_GROUPS).flatMap((one) => groupLines(one, groups.length)),
      ...(more > 0 ? [`      … and others on ${counted(more, "host")}`] : []),
    ];
  });
}

function groupLines({ hosts, because, cure }: FaultGroup, groups: number): string[] {
  const which = groups === 1 ? "" : `${namesInWords(hosts)}: `;
  return [`      ${which}${because}`, ...(cure === null ? [] : [`      → ${cure}`])];
}

function countLines({ claims, coverage }: FleetResult): string[] {
  if (claims.length === 0) return [];
  const counts = countVerdicts(claims);
  return [
    ...VERDICTS.map((verdict) =>
      `  ${FACES[verdict].symbol} ${verdict.padEnd(13)}${String(counts[verdict]).padStart(4)}`
    ),
    `  ${decidedInWords(coverage).en}`,
  ];
}

function refutedLines({ claim, verdict }: Judged<Judged["claim"], FleetClaim>): string[] {
  if (verdict === null) return [];
  return [
    `  ${FACES.refuted.symbol} ${claim.id}  ${subject(claim)}: “${claim.claimEn}”`,
    `      ${countsInWords(verdict.counts).en}: ${verdict.because}`,
  ];
}

function disagreementLines(disagreement: Disagreement): string[] {
  const { id, modelName, confirmed, refuted, differ } = disagreement;
  return [
    `  ${id}  on hosts of one make (${shorten(modelName)})`,
    `      ${FACES.confirmed.symbol} ${confirmed.length}: ${namesInWords(confirmed)}`,
    `      ${FACES.refuted.symbol} ${refuted.length}: ${namesInWords(refuted)}`,
    `      ${capital(differ.join("; ") || "nothing else that the results tell of differs")}`,
  ];
}

function outlierLines(fleet: FleetResult): string[] {
  const silence = noOutlierSaid(fleet);
  return silence === null
    ? listed(fleet.outliers, ({ because }) => [`  ${because}`])
    : [`  ${silence.en}`];
}

function linkLines(links: readonly HostLink[]): string[] {
  if (links.length === 0) return [];
  const failed = links.filter(({ failure }) => failure !== null);
  return [
    `  ${counted(links.length, "link")}, ${failed.length} without figures`,
    ...listed(failed, ({ from, to, failure }) => [`  ${from} → ${to}: ${failure}`]),
  ];
}
