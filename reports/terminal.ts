/**
 * The end of a run in plain text, for the terminal.
 *
 * @module
 */
import { shorten } from "../problem.ts";
import type { Agreement } from "../suites/expectations.ts";
import { type Result, VERDICTS } from "../suites/result.ts";
import { agreementSentence, MOST_TOLD, toldOf } from "./agreement.ts";
import { forDisplay } from "./display.ts";
import { baselineLines, gpuLines } from "./gpus.ts";
import { claimsWith, type Judged, matrixName, subject } from "./judged.ts";
import { requirementInWords } from "./check_words.ts";
import { decidedInWords, neededInWords, tookInWords, warnings } from "./sentences.ts";
import { minuteInUtc } from "./units.ts";
import { countVerdicts, FACES } from "./verdicts.ts";

/** Of what is confirmed or open, a line is enough here: the page has the whole sentence. */
const LONGEST_REASON = 150;

/**
 * The counts, what was decided and why, what became of the expectations, and where the report is;
 * ends with a line break.
 */
export function terminalSummary(
  result: Result,
  reportPath: string | null,
  agreement: Agreement | null = null,
): string {
  // Neither stands in the summary, and they are most of a result.
  const shown = forDisplay({ ...result, probes: [], experiments: [] });
  const { host, run } = shown;
  const lines = [
    `${host.hostname} (${host.environment}), ${minuteInUtc(run.startedAt)}, ` +
    tookInWords(run).en,
    ...gpuLines(host),
    ...baselineLines(shown.baseline),
    ...warnings(shown).map(({ en }) => en),
    "",
    ...countLines(shown),
    "",
    decidedInWords(shown.coverage).en,
    ...coverageLines(shown),
    ...section("Refuted", claimsWith(shown, "refuted").flatMap(decidedLines)),
    ...section("Confirmed", claimsWith(shown, "confirmed").map(shortLine)),
    ...section("Errors", claimsWith(shown, "error").flatMap(decidedLines)),
    ...section("Inconclusive", claimsWith(shown, "inconclusive").map(shortLine)),
    ...section("What open claims need", missingLines(shown)),
    ...section("Contradictions inside the document", contradictionLines(shown)),
    ...section("Notes", run.notes.map((note) => `  ${note}`)),
    ...section("Expectations", agreement === null ? [] : agreementLines(agreement)),
    ...(reportPath === null ? [] : ["", `Report: ${reportPath}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function countLines({ claims }: Result): string[] {
  const counts = countVerdicts(claims);
  return VERDICTS.map((verdict) =>
    `  ${FACES[verdict].symbol} ${verdict.padEnd(13)}${String(counts[verdict]).padStart(4)}`
  );
}

/** The matrices of which claims were judged. */
function coverageLines({ coverage }: Result): string[] {
  return coverage.matrices.filter(({ total }) => total > 0).map(({ matrix, decided, total }) =>
    `  ${String(decided).padStart(3)} of ${String(total).padStart(2)}  ${matrixName(matrix)}`
  );
}

/** What open claims need, a line for each thing. */
export function missingLines({ coverage }: Pick<Result, "coverage">): string[] {
  return coverage.missing.map((thing) =>
    `  ${requirementInWords(thing.requirement)}: ${neededInWords(thing).en}`
  );
}

/** The counts, then what differs; last before the report, for it is what an operator looks for. */
export function agreementLines(agreement: Agreement): string[] {
  const told = toldOf(agreement);
  const lines = told.slice(0, MOST_TOLD).flatMap(({ weight, title, text }) => [
    `  ${weight}: ${title}`,
    ...(weight === "notice" ? [] : [`      ${text}`]),
  ]);
  const rest = told.length - MOST_TOLD;
  const more = rest > 0 ? [`  … and ${rest} more`] : [];
  return [`  ${agreementSentence(agreement)}`, ...lines, ...more];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

function decidedLines({ claim, verdict }: Judged): string[] {
  if (verdict === null) return [];
  return [
    `  ${FACES[verdict.verdict].symbol} ${claim.id}  ${subject(claim)}: “${claim.claimEn}”`,
    `      ${verdict.because}`,
  ];
}

function shortLine({ claim, verdict }: Judged): string {
  return `  ${claim.id}  ${shorten(verdict?.because ?? "", LONGEST_REASON)}`;
}

/** The page lists every pair; here stand those on which the evidence took a side. */
function contradictionLines({ contradictions }: Result): string[] {
  if (contradictions.length === 0) return [];
  const taken = contradictions.filter(({ evidenceTook }) => evidenceTook !== null);
  return [
    `  ${contradictions.length} pairs of claims; the evidence took a side in ${taken.length}.`,
    ...taken.map(({ ids, evidenceTook }) => `  ${ids.join(" against ")}: it took ${evidenceTook}.`),
  ];
}
