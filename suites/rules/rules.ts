/**
 * One rule per claim.
 *
 * @module
 */
import { CLAIMS, rowOf } from "../claims/claims.ts";
import { CELL_RULES, type RowRules } from "./cells.ts";
import { FACT_RULES } from "./facts.ts";
import type { Rule } from "./rule.ts";

function isRule(rules: RowRules): rules is Rule {
  return typeof rules.kind === "string";
}

/** The rule of a claim; undefined for an id that has none. */
export function ruleOf(id: string): Rule | undefined {
  const rules = CELL_RULES[rowOf(id)];
  if (rules === undefined) return FACT_RULES[id];
  return isRule(rules) ? rules : rules[id.slice(id.lastIndexOf("/") + 1)];
}

/** Every id that a rule is written for: a row's rule stands for each of the row's columns. */
export function ruledIds(): string[] {
  const cells = Object.entries(CELL_RULES).flatMap(([row, rules]) =>
    isRule(rules)
      ? CLAIMS.filter(({ id, kind }) => kind === "cell" && rowOf(id) === row).map(({ id }) => id)
      : Object.keys(rules).map((column) => `${row}/${column}`)
  );
  return [...cells, ...Object.keys(FACT_RULES)];
}
