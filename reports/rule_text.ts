/**
 * Rules as text: what each part of a claim rests on, and what it must be.
 *
 * @module
 */
import { CHECKS, REQUIREMENT_OF_AWAITED } from "../suites/checks.ts";
import { OBSERVATIONS } from "../suites/observations.ts";
import type { Expected, Part } from "../suites/rules/rule.ts";
import { requirementInWords } from "./check_words.ts";

/** One part in a line: `"guest-view/own-kernel must be true: the guest boots a kernel of its own"`. */
export function partText(part: Part): string {
  switch (part.kind) {
    case "observation": {
      const where = onBareMetal(part.needsBareMetal);
      const statement = OBSERVATIONS[part.observation];
      if (part.onlyRefutes) return `${part.observation} refutes it: ${statement}`;
      return `${part.observation} must be ${expectedText(part.expected)}${where}: ${statement}`;
    }
    case "performance": {
      const where = onBareMetal(part.needsBareMetal);
      const { experiment, arm, band, workloads } = part;
      return `${experiment}: ${arm} must lie in the ${band} band${where}, on ${
        workloads.join(", ")
      }`;
    }
    case "faster":
      return `${part.experiment}: ${part.arm} must be faster than ${part.than.join(" and ")}, on ${
        part.workloads.join(", ")
      }`;
    case "awaited": {
      const requirement = REQUIREMENT_OF_AWAITED[part.check];
      const needs = requirement === undefined
        ? ""
        : `, which needs ${requirementInWords(requirement)}`;
      return `${part.check} of a later version${needs}: ${CHECKS[part.check]}`;
    }
  }
}

function expectedText(expected: Expected): string {
  if (typeof expected === "boolean") return String(expected);
  if ("equals" in expected) return String(expected.equals);
  return "above" in expected
    ? `more than ${expected.above}`
    : `less than half of ${expected.belowHalfOf}`;
}

function onBareMetal(needed: boolean): string {
  return needed ? " on bare metal" : "";
}
