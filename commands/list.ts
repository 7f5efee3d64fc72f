/**
 * `deno task list`: every claim, its rule and what it needs.
 *
 * @module
 */
import { CLAIMS } from "../suites/claims/claims.ts";
import { EXIT } from "../suites/exit_status.ts";
import { selectIds } from "../suites/needs.ts";
import { checkOfPart, checksOf, partsOf, readingOf, type Rule } from "../suites/rules/rule.ts";
import { ruleOf } from "../suites/rules/rules.ts";
import { partText } from "../reports/rule_text.ts";
import { ANY_NUMBER, type Command } from "./command.ts";

interface Line {
  readonly id: string;
  readonly claim: string;
  readonly rule: Rule;
}

export const command: Command = {
  usage: `deno task list [ID ...] [--json]
  Every claim, how its rule reads it, and what must be found for it to hold.`,
  boolean: ["json"],
  string: [],
  positionals: ANY_NUMBER,
  run(args) {
    const ids = new Set(selectIds(args._));
    const lines = CLAIMS.filter(({ id }) => ids.has(id)).flatMap(({ id, claimEn }): Line[] => {
      const rule = ruleOf(id);
      return rule === undefined ? [] : [{ id, claim: claimEn, rule }];
    });
    console.log(args["json"] === true ? JSON.stringify(lines.map(plain), null, 2) : table(lines));
    return Promise.resolve(EXIT.ok);
  },
};

function plain({ id, claim, rule }: Line): Readonly<Record<string, unknown>> {
  return {
    id,
    claim,
    rule: rule.kind,
    reading: readingOf(rule),
    checks: checksOf(rule),
    parts: partsOf(rule).map((part) => ({ check: checkOfPart(part), text: partText(part) })),
  };
}

function table(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ id }) => id.length));
  const margin = "".padEnd(width);
  return lines.map(({ id, claim, rule }) => {
    const parts = partsOf(rule).map((part) => `\n${margin}    ${partText(part)}`);
    return `${id.padEnd(width)}  "${claim}"\n${margin}  ${readingOf(rule)}${parts.join("")}`;
  }).join("\n");
}
