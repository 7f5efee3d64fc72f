/**
 * From evidence to verdicts: pure, so that stored evidence can be judged again under other thresholds.
 *
 * @module
 */
import { CLAIMS } from "./claims/claims.ts";
import { judgeFaster, judgePerformance, partSentence } from "./judge_performance.ts";
import type { Evidence } from "./evidence.ts";
import { futureChecks } from "./needs.ts";
import type { ClaimPart, ClaimVerdict, Verdict } from "./result.ts";
import { type AwaitingRule, type Check, CHECKS, checksOf, readingOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";

/** Judges the claims with the given ids, in the document's order. */
export function judgeClaims(ids: readonly string[], evidence: Evidence): ClaimVerdict[] {
  const wanted = new Set(ids);
  return CLAIMS.filter(({ id }) => wanted.has(id)).map(({ id }) => judgeClaim(id, evidence));
}

/**
 * Judges one claim.
 *
 * @throws {TypeError} if no rule is written for `id`.
 */
export function judgeClaim(id: string, evidence: Evidence): ClaimVerdict {
  const rule = ruleOf(id);
  if (rule === undefined) throw new TypeError(`judge: no rule for the claim "${id}"`);
  const common = { id, evidence: checksOf(rule), reading: readingOf(rule) };
  switch (rule.kind) {
    case "editorial":
      return { ...common, verdict: "editorial", because: "no measurement could falsify it" };
    case "awaiting":
      return { ...common, verdict: "untested", because: awaitingSentence(rule) };
    case "performance":
      return { ...common, ...combine([...judgePerformance(rule, evidence), ...awaited(rule)]) };
    case "faster":
      return { ...common, ...combine(judgeFaster(rule, evidence)) };
  }
}

/**
 * The verdict of a claim from those of its parts: one refuted part is a counterexample; all parts must
 * be confirmed to confirm it; a part that was not measured keeps it open.
 */
export function combine(
  parts: readonly ClaimPart[],
): Pick<ClaimVerdict, "verdict" | "because" | "parts" | "ratio" | "low" | "high" | "n"> {
  const verdict = verdictOf(parts.map((part) => part.verdict));
  const deciding = decidingParts(parts, verdict);
  const because = deciding.map((part) => partSentence(part)).join("; ");
  const [first] = deciding.filter(({ ratio }) => ratio !== undefined);
  const { ratio, low, high, n } = first ?? {};
  return {
    verdict,
    because,
    parts,
    ...(ratio === undefined ? {} : { ratio }),
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(n === undefined ? {} : { n }),
  };
}

function verdictOf(verdicts: readonly Verdict[]): Verdict {
  const has = (verdict: Verdict): boolean => verdicts.includes(verdict);
  if (has("refuted")) return "refuted";
  if (has("error")) return "error";
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === "confirmed")) {
    return "confirmed";
  }
  return has("inconclusive") || has("confirmed") ? "inconclusive" : "untested";
}

/** The parts that a verdict rests on: the counterexamples, what is open, or all of them. */
function decidingParts(parts: readonly ClaimPart[], verdict: Verdict): readonly ClaimPart[] {
  const same = parts.filter((part) => part.verdict === verdict);
  if (verdict === "confirmed" || same.length === 0) return parts;
  return verdict === "inconclusive" ? parts.filter((part) => part.verdict !== "confirmed") : same;
}

function awaited({ alsoAwaits }: { readonly alsoAwaits: readonly Check[] }): ClaimPart[] {
  return alsoAwaits.map((check) => ({
    name: check,
    verdict: "untested",
    because: `waits for the check "${check}", which this version does not have yet`,
  }));
}

function awaitingSentence(rule: AwaitingRule): string {
  const checks = futureChecks(rule.checks);
  const names = checks.map((check) => `"${check}" (${CHECKS[check]})`).join(" and ");
  const [which, has] = checks.length === 1 ? ["check", "is"] : ["checks", "are"];
  return `waits for the ${which} ${names}, which ${has} not in this version of cellproof yet`;
}
