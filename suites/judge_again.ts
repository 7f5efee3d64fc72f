/**
 * Judges a stored result again: its evidence is untouched, everything derived is made anew.
 *
 * @module
 */
import { findContradictions } from "./contradictions.ts";
import { judgeClaims } from "./judge.ts";
import type { Result, Thresholds } from "./result.ts";
import { ratiosOf } from "./statistics/comparison.ts";

/** The result of the same evidence under `thresholds` and this version's rules. */
export function judgeAgain(stored: Result, thresholds: Thresholds): Result {
  const experiments = stored.experiments.map((experiment) => ({
    ...experiment,
    ratios: ratiosOf(experiment),
  }));
  const { bareMetal, environment } = stored.host;
  const claims = judgeClaims(stored.claims.map(({ id }) => id), {
    experiments,
    bareMetal,
    environment,
    thresholds,
    absent: stored.absent,
  });
  return {
    ...stored,
    run: { ...stored.run, thresholds },
    experiments,
    claims,
    contradictions: findContradictions(claims),
  };
}
