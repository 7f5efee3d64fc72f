/**
 * The end of a run in plain text, for the terminal.
 *
 * @module
 */
import { type Result, VERDICTS } from "../suites/result.ts";
import { forDisplay } from "./display.ts";
import { decided, type Judged, subject } from "./judged.ts";
import { warnings } from "./sentences.ts";
import { duration, minuteInUtc } from "./units.ts";
import { countVerdicts, FACES } from "./verdicts.ts";

/** The counts, what was decided and why, and where the report is; ends with a line break. */
export function terminalSummary(result: Result, reportPath: string | null): string {
  const shown = forDisplay(result);
  const { host, run } = shown;
  const lines = [
    `${host.hostname} (${host.environment}), ${minuteInUtc(run.startedAt)}, ` +
    duration(run.durationSeconds),
    ...warnings(shown).map(({ en }) => en),
    "",
    ...countLines(shown),
    ...section("Refuted", decided(shown, "refuted").flatMap(decidedLines)),
    ...section("Confirmed", decided(shown, "confirmed").flatMap(decidedLines)),
    ...section("Contradictions inside the document", contradictionLines(shown)),
    ...section("Notes", run.notes.map((note) => `  ${note}`)),
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

function contradictionLines({ contradictions }: Result): string[] {
  return contradictions.map(({ ids, because, evidenceTook }) =>
    `  ${ids.join(" against ")}: ${because} ` +
    (evidenceTook === null ? "The evidence took neither." : `The evidence took ${evidenceTook}.`)
  );
}
