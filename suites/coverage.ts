/**
 * How much of the document was decided, and what would decide more: pure.
 *
 * @module
 */
import { REQUIREMENTS } from "../requirements.ts";
import type { Requirement } from "../requirements.ts";
import { CHECKS, EXPERIMENTS, PROBES } from "./checks.ts";
import { CELLS } from "./claims/claims.ts";
import {
  type ClaimPart,
  type ClaimVerdict,
  type Coverage,
  type MatrixCoverage,
  type MissingThing,
  type Verdict,
  VERDICTS,
} from "./result.ts";

/** The line of the claims from the prose. */
export const FACTS_LINE = "facts";

/** The verdicts that leave a claim open: more evidence may decide it. */
const OPEN: readonly Verdict[] = ["untested", "inconclusive", "error"];

const IN_THIS_VERSION = new Set<string>([...PROBES, ...EXPERIMENTS]);
const REQUIREMENT_NAMES = Object.keys(REQUIREMENTS) as Requirement[];

/** A claim that is open, by what its open parts lack; null for a part that lacks no one known thing. */
interface OpenClaim {
  readonly lacks: ReadonlySet<Requirement | null>;
  /** What checks of a later version would use. */
  readonly awaiting: ReadonlySet<Requirement | null>;
}

/** The coverage of the claims that were judged; each matrix has its line, also where none was. */
export function coverageOf(claims: readonly ClaimVerdict[]): Coverage {
  const byLine = Map.groupBy(claims, ({ id }) => lineOf(id));
  const lines = [...new Set(CELLS.map(({ matrix }) => matrix)), FACTS_LINE];
  return {
    matrices: lines.map((matrix) => matrixCoverage(matrix, byLine.get(matrix) ?? [])),
    missing: missingThings(claims),
  };
}

function lineOf(id: string): string {
  const [matrix = "", row] = id.split("/");
  return row === "fact" ? FACTS_LINE : matrix;
}

function matrixCoverage(matrix: string, claims: readonly ClaimVerdict[]): MatrixCoverage {
  const count = (verdict: Verdict) => claims.filter((claim) => claim.verdict === verdict).length;
  const verdicts = Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, count(verdict)]),
  ) as Record<Verdict, number>;
  return {
    matrix,
    verdicts,
    decided: verdicts.confirmed + verdicts.refuted,
    total: claims.length,
  };
}

/** What open claims lack, most decisive first. */
function missingThings(claims: readonly ClaimVerdict[]): MissingThing[] {
  const open = claims.filter(({ verdict }) => OPEN.includes(verdict)).map(openClaim);
  return REQUIREMENT_NAMES.flatMap((requirement): MissingThing[] => {
    const needing = open.filter(({ lacks }) => lacks.has(requirement));
    if (needing.length === 0) return [];
    return [{
      requirement,
      decides: needing.filter(({ lacks }) => lacks.size === 1).length,
      needed: needing.length,
      awaitsVersion: needing.some(({ awaiting }) => awaiting.has(requirement)),
    }];
  }).sort((one, other) => other.decides - one.decides || other.needed - one.needed);
}

function openClaim({ parts = [] }: ClaimVerdict): OpenClaim {
  const open = parts.filter(({ verdict }) => OPEN.includes(verdict));
  return {
    lacks: new Set(open.map(({ lacks }) => lacks ?? null)),
    awaiting: new Set(open.filter(isAwaited).map(({ lacks }) => lacks ?? null)),
  };
}

/** A part that waits for a check of a later version carries that check's name. */
function isAwaited({ name }: ClaimPart): boolean {
  return name in CHECKS && !IN_THIS_VERSION.has(name);
}
