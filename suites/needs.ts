/**
 * What the selected claims need: which experiments, arms and workloads have to run at all.
 *
 * @module
 */
import type { ArmNeeds } from "./arms.ts";
import { CLAIMS, selects } from "./claims/claims.ts";
import type { Check } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";
import { UsageProblem } from "../problem.ts";

/** The experiments that can be run, in the order in which they are: the quick one first. */
export const EXPERIMENTS = ["sandbox-storage", "storage"] as const;
export type ExperimentName = typeof EXPERIMENTS[number];

/** Those of `checks` that this version does not have. */
export function futureChecks(checks: readonly Check[]): Check[] {
  return checks.filter((check) => !EXPERIMENTS.some((name) => name === check));
}

/**
 * The ids that `selectors` name, each an id or its prefix at a slash or dot; all for none.
 *
 * @throws {UsageProblem} for a selector that names nothing
 */
export function selectIds(selectors: readonly string[]): string[] {
  for (const selector of selectors) {
    if (!CLAIMS.some(({ id }) => selects(selector, id))) {
      throw new UsageProblem({
        action: `select "${selector}"`,
        condition: "no claim has this id or prefix",
        cure: "deno task list shows every id.",
      });
    }
  }
  return CLAIMS.map(({ id }) => id).filter((id) =>
    selectors.length === 0 || selectors.some((selector) => selects(selector, id))
  );
}

/** The arms and workloads of each experiment that the claims with these ids rest on. */
export function needsOf(
  ids: readonly string[],
  { bareMetal }: { readonly bareMetal: boolean },
): Map<ExperimentName, ArmNeeds> {
  const needs = new Map<ExperimentName, ArmNeeds>();
  for (const name of EXPERIMENTS) {
    const arms = new Set<string>();
    const workloads = new Set<string>();
    for (const id of ids) {
      const rule = ruleOf(id);
      if (rule?.kind !== "performance" && rule?.kind !== "faster") continue;
      if (rule.experiment !== name) continue;
      if (rule.kind === "performance" && rule.needsBareMetal && !bareMetal) continue;
      for (const arm of [rule.arm, ...rule.kind === "faster" ? rule.than : []]) arms.add(arm);
      for (const workload of rule.workloads) workloads.add(workload);
    }
    if (arms.size === 0) continue;
    needs.set(name, {
      judged: arms,
      arms: new Set(["native", "native-again", ...arms]),
      workloads,
    });
  }
  return needs;
}
