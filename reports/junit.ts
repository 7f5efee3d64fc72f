/**
 * `junit.xml`: each claim as a test case, for whatever collects test results.
 *
 * @module
 */
import { CLAIMS } from "../suites/claims/claims.ts";
import { lineOf } from "../suites/coverage.ts";
import { type Agreement, type ClaimAgreement, DISAGREEMENTS } from "../suites/expectations.ts";
import type { ClaimVerdict, Result, Verdict } from "../suites/result.ts";
import { claimText, sidesInWords } from "./agreement.ts";
import { forDisplay } from "./display.ts";
// Under a name of its own, for the formatter would move the first line of an "xml" template.
import { html as escaped, type Markup } from "./html/html.ts";
import { matrixName, subject } from "./judged.ts";

interface Case {
  readonly id: string;
  readonly name: string;
  /** The element that says that it did not pass; null where it did. */
  readonly mark: "failure" | "error" | "skipped" | null;
  readonly type: string;
  /** What came out, and why. */
  readonly text: string;
  /** What a reader must not miss although the case may have passed. */
  readonly alarm: string | null;
}

/**
 * The result as JUnit's XML, a suite for each matrix. Without expectations a refuted claim is a
 * failure, a broken check an error, an open claim skipped. With them a failure is what is not as
 * expected, and nothing else.
 */
export function junitXml(result: Result, agreement: Agreement | null = null): string {
  // Escaping does not suffice: XML has no way to write most control characters.
  const shown = forDisplay({ ...result, probes: [], experiments: [] });
  const cases = casesOf(shown, agreement);
  const suites = [...Map.groupBy(cases, ({ id }) => lineOf(id))];
  return escaped`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cellproof" tests="${cases.length}" failures="${count(cases, "failure")}"
 errors="${count(cases, "error")}" time="${shown.run.durationSeconds}">
${suites.map(([line, own]) => suiteXml(line, own, shown))}</testsuites>
`.text;
}

function casesOf({ claims }: Result, agreement: Agreement | null): Case[] {
  const verdicts = new Map(claims.map((claim) => [claim.id, claim]));
  const compared = new Map(agreement?.claims.map((claim) => [claim.id, claim]));
  return CLAIMS.flatMap((claim) => {
    const { id } = claim;
    const name = `${id} ${subject(claim)}: “${claim.claimEn}”`;
    const [verdict, beside] = [verdicts.get(id), compared.get(id)];
    if (beside !== undefined) return [{ id, name, ...comparedCase(beside) }];
    return verdict === undefined ? [] : [{ id, name, ...plainCase(verdict) }];
  });
}

/** What a verdict is where nobody said what is expected. */
const MARKS: Readonly<Record<Verdict, Case["mark"]>> = {
  confirmed: null,
  refuted: "failure",
  inconclusive: "skipped",
  untested: "skipped",
  error: "error",
  editorial: null,
};

function plainCase({ verdict, because }: ClaimVerdict): Omit<Case, "id" | "name"> {
  const text = `${verdict}: ${because}`;
  return { mark: MARKS[verdict], type: verdict, text, alarm: null };
}

function comparedCase(claim: ClaimAgreement): Omit<Case, "id" | "name"> {
  const { outcome, waiver } = claim;
  const text = `${sidesInWords(claim)}. ${claimText(claim)}`;
  const hasExpired = waiver !== null && waiver.daysLeft < 0;
  const alarm = hasExpired ? `Its waiver expired on ${waiver.expires}.` : null;
  return { mark: markOf(claim), type: outcome, text, alarm };
}

function markOf({ outcome, verdict }: ClaimAgreement): Case["mark"] {
  if (DISAGREEMENTS.includes(outcome)) return "failure";
  // What a waiver excuses has not passed.
  if (verdict === null || outcome === "waived") return "skipped";
  return verdict.verdict === "refuted" || MARKS[verdict.verdict] === null ? null : "skipped";
}

function suiteXml(line: string, cases: readonly Case[], { host, run }: Result): Markup {
  // In UTC and without a zone, as JUnit's schema asks for.
  const [timestamp] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(run.startedAt) ?? [];
  const when = timestamp === undefined ? null : escaped` timestamp="${timestamp}"`;
  return escaped`<testsuite name="${matrixName(line)}" tests="${cases.length}"
 failures="${count(cases, "failure")}" errors="${count(cases, "error")}"
 skipped="${count(cases, "skipped")}" hostname="${host.hostname}"${when}>
${propertiesXml({ host, run })}${cases.map(caseXml)}</testsuite>
`;
}

function propertiesXml({ host, run }: Pick<Result, "host" | "run">): Markup {
  const { high, medium } = run.thresholds;
  const properties = Object.entries({
    host: host.hostname,
    environment: host.environment,
    kernel: host.kernel,
    driver: host.gpuDriver,
    start: run.startedAt,
    thresholds: `high=${high},medium=${medium}`,
    fixture: run.dryRun?.fixture ?? null,
    cellproof: run.version,
  });
  const lines = properties.map(([name, value]) =>
    value === null ? null : escaped`<property name="${name}" value="${value}"/>\n`
  );
  return escaped`<properties>
${lines}</properties>
`;
}

function caseXml({ id, name, mark, type, text, alarm }: Case): Markup {
  const group = lineOf(id).replaceAll(".", "_");
  return escaped`<testcase classname="cellproof.${group}" name="${name}">
${markXml({ mark, type, text })}
${alarm === null ? null : escaped`<system-err>${alarm}</system-err>\n`}</testcase>
`;
}

function markXml({ mark, type, text }: Pick<Case, "mark" | "type" | "text">): Markup {
  switch (mark) {
    case "failure":
      return escaped`<failure type="${type}" message="${text}"/>`;
    case "error":
      return escaped`<error type="${type}" message="${text}"/>`;
    case "skipped":
      return escaped`<skipped message="${text}"/>`;
    case null:
      return escaped`<system-out>${text}</system-out>`;
  }
}

function count(cases: readonly Case[], mark: Case["mark"]): number {
  return cases.filter((one) => one.mark === mark).length;
}
