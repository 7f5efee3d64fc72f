/**
 * `summary.md`: what was claimsWith, for a pull request or a terminal's pager.
 *
 * @module
 */
import {
  type Contradiction,
  type MatrixCoverage,
  type MissingThing,
  type Result,
  VERDICTS,
} from "../suites/result.ts";
import type { Agreement } from "../suites/expectations.ts";
import { agreementSentence, MOST_TOLD, type Told, toldOf } from "./agreement.ts";
import { forDisplay } from "./display.ts";
import { baselineLines, gpuLines } from "./gpus.ts";
import { capital, claimsWith, type Judged, matrixName, subject } from "./judged.ts";
import { requirementInWords } from "./check_words.ts";
import { decidedInWords, neededInWords, summary, warnings } from "./sentences.ts";
import { gibibytes } from "./units.ts";
import { countVerdicts, FACES } from "./verdicts.ts";

/**
 * The summary as GitHub-flavoured Markdown, with what became of the expectations where there are
 * any; texts of tools and hosts are escaped.
 */
export function resultMarkdown(result: Result, agreement: Agreement | null = null): string {
  // Neither stands in the summary, and they are most of a result.
  const shown = forDisplay({ ...result, probes: [], experiments: [] });
  const sections = [
    `# cellproof on ${escapeMarkdown(shown.host.hostname)}`,
    ...warnings(shown).map(({ en }) => `> **${escapeMarkdown(en)}**`),
    escapeMarkdown(summary(shown).en),
    decidedInWords(shown.coverage).en,
    agreement === null ? "" : agreementSection(agreement),
    counts(shown),
    section("What open claims need", shown.coverage.missing.map(missingLine)),
    ...(["refuted", "confirmed"] as const).map((verdict) =>
      section(
        `${FACES[verdict].symbol} ${capital(verdict)}`,
        claimsWith(shown, verdict).map(decidedLine),
      )
    ),
    section("Contradictions inside the document", shown.contradictions.map(contradictionLine)),
    section("Notes", shown.run.notes.map(escapeMarkdown)),
    section("Host", hostLines(shown)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

const WEIGHT_SYMBOLS: Readonly<Record<Told["weight"], string>> = {
  error: "❌",
  warning: "⚠️",
  notice: "ℹ️",
};

/** Text that Markdown shows as it is: no markup, no HTML, no link, no mention. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~$&#@]/g, "\\$&")
    .replaceAll("://", "\\://")
    .replace(/www\./gi, "www\\.");
}

function agreementSection(agreement: Agreement): string {
  const told = toldOf(agreement);
  const rest = told.length - MOST_TOLD;
  const lines = told.slice(0, MOST_TOLD).map(toldLine);
  return [
    "## Expectations",
    escapeMarkdown(agreementSentence(agreement)),
    lines.map((line) => `- ${line}`).join("\n"),
    rest > 0 ? `… and ${rest} more.` : "",
  ].filter((text) => text !== "").join("\n\n");
}

function toldLine({ weight, title, text }: Told): string {
  const loud = weight === "notice" ? escapeMarkdown(title) : `**${escapeMarkdown(title)}**`;
  return `${WEIGHT_SYMBOLS[weight]} ${loud}. ${escapeMarkdown(text)}`;
}

function counts({ claims, coverage: { matrices: lines } }: Result): string {
  const head = [
    ...["Section", "Decided"],
    ...VERDICTS.map((verdict) => `${FACES[verdict].symbol} ${verdict}`),
  ];
  const all = {
    decided: lines.reduce((sum, { decided }) => sum + decided, 0),
    total: claims.length,
    verdicts: countVerdicts(claims),
  };
  return [
    tableRow(head),
    tableRow(["---", ...head.slice(1).map(() => "--:")]),
    ...lines.map((line) => countRow(escapeMarkdown(matrixName(line.matrix)), line)),
    countRow("**All**", all),
  ].join("\n");
}

function countRow(name: string, line: Omit<MatrixCoverage, "matrix">): string {
  const { decided, total, verdicts } = line;
  const counted = VERDICTS.map((verdict) => String(verdicts[verdict]));
  return tableRow([name, `${decided} of ${total}`, ...counted]);
}

/** A thing that open claims need, with how many. */
export function missingLine(thing: MissingThing): string {
  return escapeMarkdown(`${requirementInWords(thing.requirement)}: ${neededInWords(thing).en}`);
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `## ${title}\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
}

function decidedLine({ claim, verdict }: Judged): string {
  const said = `**${claim.id}** (${escapeMarkdown(subject(claim))}): ` +
    `“${escapeMarkdown(claim.claimEn)}”.`;
  return `${said} ${escapeMarkdown(verdict?.because ?? "")}`;
}

function contradictionLine({ ids, because, evidenceTook }: Contradiction): string {
  const took = evidenceTook === null
    ? "The evidence took neither side."
    : `The evidence took ${escapeMarkdown(evidenceTook)}.`;
  return `${ids.map(escapeMarkdown).join(" against ")}: ${escapeMarkdown(because)} ${took}`;
}

function hostLines({ host, baseline }: Result): string[] {
  const tools = Object.entries(host.tools)
    .map(([name, version]) => `${name} ${version ?? "(missing)"}`).join(", ");
  return [
    `${host.cpuModel}, ${host.cpuCount} CPUs, ` +
    (host.memoryBytes === null ? "memory unknown" : gibibytes(host.memoryBytes)),
    `${host.os}, kernel ${host.kernel}, ${host.environment}`,
    `CPU governor ${host.cpuGovernor ?? "unknown"}, boot ${host.bootId}`,
    ...gpuLines(host),
    ...baselineLines(baseline),
    `Tools: ${tools}`,
  ].map(escapeMarkdown);
}
