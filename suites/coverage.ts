/**
 * How much of the document was decided, and what open claims need: pure.
 *
 * @module
 */
import { type Requirement, REQUIREMENTS } from "../requirements.ts";
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

const REQUIREMENT_NAMES = Object.keys(REQUIREMENTS) as Requirement[];

/** The coverage of the claims that were judged; each matrix has its line, also where none was. */
export function coverageOf(claims: readonly ClaimVerdict[]): Coverage {
  const byLine = Map.groupBy(claims, ({ id }) => lineOf(id));
  const lines = [...new Set(CELLS.map(({ matrix }) => matrix)), FACTS_LINE];
  return {
    matrices: lines.map((matrix) => matrixCoverage(matrix, byLine.get(matrix) ?? [])),
    missing: missingThings(claims),
  };
}

/** The line that a claim counts in: its matrix, or that of the facts. */
export function lineOf(id: string): string {
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

/** What would help to decide an open claim, each thing once; null where that is no one known thing. */
export function lackedBy({ verdict, parts = [] }: ClaimVerdict): Set<Requirement | null> {
  if (!OPEN.includes(verdict)) return new Set();
  return new Set(parts.filter(isOpen).map(({ lacks }) => lacks ?? null));
}

/** What open claims lack, most decisive first. */
function missingThings(claims: readonly ClaimVerdict[]): MissingThing[] {
  return REQUIREMENT_NAMES.flatMap((requirement): MissingThing[] => {
    const needing = claims.filter((claim) => lackedBy(claim).has(requirement));
    if (needing.length === 0) return [];
    return [{
      requirement,
      decides: needing.filter((claim) => lackedBy(claim).size === 1).length,
      needed: needing.length,
    }];
  }).sort((one, other) => other.decides - one.decides || other.needed - one.needed);
}

function isOpen({ verdict }: ClaimPart): boolean {
  return OPEN.includes(verdict);
}
