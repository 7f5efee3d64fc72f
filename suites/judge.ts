/**
 * From evidence to verdicts: pure, so that stored evidence can be judged again under other thresholds.
 *
 * @module
 */
import { CLAIMS } from "./claims/claims.ts";
import { CHECKS, EXPERIMENTS } from "./checks.ts";
import type { Evidence } from "./evidence.ts";
import { judgeAcross } from "./judge_across.ts";
import { judgeLevel } from "./judge_level.ts";
import { judgeObservation } from "./judge_observation.ts";
import { judgeFaster, judgePerformance } from "./judge_performance.ts";
import { OBSERVATIONS } from "./observations.ts";
import { type ClaimPart, type ClaimVerdict, isDecided, type Verdict } from "./result.ts";
import { checksOf, type FleetPart, type Part, readingOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";
import { bothStay, eitherStays } from "./statistics/verdict_range.ts";

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
  if (rule.kind === "editorial") {
    return { ...common, verdict: "editorial", because: "no measurement could falsify it" };
  }
  return { ...common, ...combine(rule.parts.flatMap((part) => judgePart(part, evidence))) };
}

function judgePart(part: Part, evidence: Evidence): ClaimPart[] {
  switch (part.kind) {
    case "observation":
      return [judgeObservation(part, evidence)];
    case "performance":
      return judgePerformance(part, evidence);
    case "faster":
      return judgeFaster(part, evidence);
    case "across":
      return judgeAcross(part, evidence);
    case "level":
      return judgeLevel(part, evidence);
    case "fleet":
      return [leftToFleet(part)];
  }
}

function leftToFleet({ observation: name }: FleetPart): ClaimPart {
  const because = "one host's result cannot tell: merge those of many with `deno task merge`";
  return { name, verdict: "untested", because, lacks: "fleet" };
}

/**
 * The verdict of a claim from those of its parts: one refuted part is a counterexample; all parts must
 * be confirmed to confirm it; a part that was not measured keeps it open.
 */
export function combine(
  parts: readonly ClaimPart[],
): Omit<ClaimVerdict, "id" | "evidence" | "reading"> {
  const verdict = verdictOf(parts.map((part) => part.verdict));
  const deciding = decidingParts(parts, verdict);
  const because = inOneSentence(deciding);
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
    ...rangeOf(verdict, deciding),
  };
}

/** A claim is confirmed while all its parts are, and refuted while one of them is. */
function rangeOf(verdict: Verdict, deciding: readonly ClaimPart[]): Pick<ClaimVerdict, "holds"> {
  if (!isDecided(verdict)) return {};
  const ranges = deciding.flatMap(({ holds }) => holds ?? []);
  const unmoved = verdict === "refuted" && ranges.length < deciding.length;
  const [first, ...others] = ranges;
  if (first === undefined || unmoved) return {};
  return { holds: others.reduce(verdict === "confirmed" ? bothStay : eitherStays, first) };
}

function verdictOf(verdicts: readonly Verdict[]): Verdict {
  const has = (verdict: Verdict): boolean => verdicts.includes(verdict);
  if (has("refuted")) return "refuted";
  if (has("error")) return "error";
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === "confirmed")) {
    return "confirmed";
  }
  return has("inconclusive") || verdicts.length === 0 ? "inconclusive" : "untested";
}

/** The parts that a verdict rests on: the counterexamples, all that is open, or all of them. */
function decidingParts(parts: readonly ClaimPart[], verdict: Verdict): readonly ClaimPart[] {
  if (verdict === "confirmed") return parts;
  if (verdict === "inconclusive" || verdict === "untested") {
    return parts.filter((part) => part.verdict !== "confirmed");
  }
  return parts.filter((part) => part.verdict === verdict);
}

/** The parts as clauses of one sentence: what several of them say stands there once. */
function inOneSentence(parts: readonly ClaimPart[]): string {
  const speakers = new Map<string, string[]>();
  const alone = new Set(parts.filter(speaksForItself).map(({ because }) => because));
  for (const { name, because } of parts) {
    const named = alone.has(because) ? [] : [name];
    speakers.set(because, [...speakers.get(because) ?? [], ...named]);
  }
  const clauses = [...speakers].map(([because, names]) =>
    names.length === 0 ? because : `${[...new Set(names)].join(", ")}: ${because}`
  );
  const isLast = (index: number): boolean => index === clauses.length - 1;
  return clauses.map((clause, index) => isLast(index) ? clause : clause.replace(/\.$/, ""))
    .join("; ");
}

/** What an observation says is a sentence of its own, which needs no name. */
function speaksForItself({ name }: ClaimPart): boolean {
  const isExperiment = EXPERIMENTS.some((experiment) => experiment === name);
  return name in OBSERVATIONS || (name in CHECKS && !isExperiment);
}
