/**
 * `deno task list`: every claim, its rule and what it needs.
 *
 * @module
 */
import { CLAIMS } from "../suites/claims/claims.ts";
import { EXIT } from "../suites/exit_status.ts";
import { selectIds } from "../suites/needs.ts";
import { checksOf, readingOf, type Rule } from "../suites/rules/rule.ts";
import { ruleOf } from "../suites/rules/rules.ts";
import { ANY_NUMBER, type Command } from "./command.ts";

interface Line {
  readonly id: string;
  readonly claim: string;
  readonly rule: string;
  readonly checks: readonly string[];
  readonly reading: string;
}

export const command: Command = {
  usage: `deno task list [ID ...] [--json]
  Every claim, its rule and the checks it needs.`,
  boolean: ["json"],
  string: [],
  positionals: ANY_NUMBER,
  run(args) {
    const ids = new Set(selectIds(args._));
    const lines = CLAIMS.filter(({ id }) => ids.has(id)).flatMap(({ id, claimEn }): Line[] => {
      const rule = ruleOf(id);
      return rule === undefined ? [] : [{ id, claim: claimEn, ...describe(rule) }];
    });
    console.log(args["json"] === true ? JSON.stringify(lines, null, 2) : table(lines));
    return Promise.resolve(EXIT.ok);
  },
};

function describe(rule: Rule): Pick<Line, "rule" | "checks" | "reading"> {
  return { rule: rule.kind, checks: checksOf(rule), reading: readingOf(rule) };
}

function table(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ id }) => id.length));
  return lines.map(({ id, claim, rule, checks, reading }) => {
    const needs = checks.length === 0 ? "" : ` needs ${checks.join(", ")}`;
    const read = rule === "performance" || rule === "faster"
      ? `\n${"".padEnd(width)}  ${reading}`
      : "";
    return `${id.padEnd(width)}  "${claim}"\n${"".padEnd(width)}  ${rule}${needs}${read}`;
  }).join("\n");
}
