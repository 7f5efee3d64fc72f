/**
 * Claims of the document that cannot both hold on one measurement.
 *
 * @module
 */
import { CLAIMS } from "./claims/claims.ts";
import type { ClaimVerdict, Contradiction } from "./result.ts";
import type { PerformanceRule } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";

interface Ruled {
  readonly id: string;
  readonly rule: PerformanceRule;
}

/**
 * The pairs among the judged claims that put one arm of one experiment into two bands, and which of the two the
 * evidence took.
 */
export function findContradictions(claims: readonly ClaimVerdict[]): Contradiction[] {
  const judged = new Set(claims.map(({ id }) => id));
  const ruled = CLAIMS.flatMap(({ id }): Ruled[] => {
    const rule = judged.has(id) ? ruleOf(id) : undefined;
    return rule?.kind === "performance" ? [{ id, rule }] : [];
  });
  return ruled.flatMap((left, index) =>
    ruled.slice(index + 1)
      .filter((right) => contradict(left.rule, right.rule))
      .map((right): Contradiction => ({
        ids: [left.id, right.id],
        because: sentence(left.rule, right.rule),
        evidenceTook: sideTaken([left, right], claims),
      }))
  );
}

function contradict(left: PerformanceRule, right: PerformanceRule): boolean {
  return left.experiment === right.experiment && left.arm === right.arm &&
    left.band !== right.band && shared(left, right).length > 0;
}

function shared(left: PerformanceRule, right: PerformanceRule): string[] {
  return left.workloads.filter((workload) => right.workloads.includes(workload));
}

function sentence(left: PerformanceRule, right: PerformanceRule): string {
  return `one puts ${left.arm} into the ${left.band} band of ${left.experiment}, the other into the ` +
    `${right.band} band, on ${shared(left, right).join(", ")}`;
}

/** The side that has every measured part confirmed; null when none has. */
function sideTaken(pair: readonly Ruled[], claims: readonly ClaimVerdict[]): string | null {
  const taken = pair.find(({ id, rule }) => {
    const parts = claims.find((claim) => claim.id === id)?.parts ?? [];
    const measured = parts.filter(({ name }) => rule.workloads.includes(name));
    return measured.length === rule.workloads.length &&
      measured.every(({ verdict }) => verdict === "confirmed");
  });
  return taken?.id ?? null;
}
