/**
 * Rules as text: what each part of a claim rests on, and what it must be.
 *
 * @module
 */
import { OBSERVATIONS } from "../suites/observations.ts";
import type { Expected, LevelPart, Part, RatioRange } from "../suites/rules/rule.ts";

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
      const { experiment, arm, holds, workloads } = part;
      const place = `${holds === "inside" ? "in" : "outside"} ${rangeText(part.band)}`;
      return `${experiment}: ${arm} must lie ${place}${where}, on ${workloads.join(", ")}`;
    }
    case "faster":
      return `${part.experiment}: ${part.arm} must be faster than ${part.than.join(" and ")}, on ${
        part.workloads.join(", ")
      }`;
    case "across": {
      const { experiment, band, workloads } = part;
      return `${experiment}: a guest must lie in the ${band} band of bare metal (--baseline), on ${
        workloads.join(", ")
      }`;
    }
    case "level":
      return `${part.experiment}: native figures must be ${levelText(part)}${
        onBareMetal(part.needsBareMetal)
      }, on ${part.workloads.join(", ")}`;
    case "fleet":
      return `${part.observation} must be true of the merged results of many hosts: ${
        OBSERVATIONS[part.observation]
      }`;
  }
}

function expectedText(expected: Expected): string {
  if (typeof expected === "boolean") return String(expected);
  if ("equals" in expected) return String(expected.equals);
  return "above" in expected
    ? `more than ${expected.above}`
    : `less than half of ${expected.belowHalfOf}`;
}

function rangeText(range: RatioRange): string {
  return typeof range === "string"
    ? `the ${range} band`
    : `the range from ${range.atLeast} to ${range.below}`;
}

function levelText({ atLeast, below, of }: LevelPart): string {
  const bounds = below === null ? `at least ${atLeast}` : `from ${atLeast} to ${below}`;
  return of === null ? bounds : `${bounds} of ${of}`;
}

function onBareMetal(needed: boolean): string {
  return needed ? " on bare metal" : "";
}
