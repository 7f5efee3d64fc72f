/**
 * Judges a stored result again: its evidence is untouched, everything derived is made anew.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import { findContradictions } from "./contradictions.ts";
import { coverageOf } from "./coverage.ts";
import { evidenceOf } from "./evidence.ts";
import { judgeClaims } from "./judge.ts";
import { observationsOf } from "./observations.ts";
import { lacking } from "./probe.ts";
import type { Experiment, Probe, Ratio, Result, Thresholds } from "./result.ts";
import { ratiosOf } from "./statistics/comparison.ts";

/**
 * The result of the same evidence under `thresholds` and this version's rules.
 *
 * @throws {Problem} for samples that no run can have left
 */
export function judgeAgain(stored: Result, thresholds: Thresholds): Result {
  const experiments = stored.experiments.map((experiment) => ({
    ...experiment,
    ratios: ratiosOfStored(experiment),
  }));
  const probes = stored.probes.map(withAbsences);
  const evidence = evidenceOf({ ...stored, probes, experiments }, thresholds);
  const claims = judgeClaims(stored.claims.map(({ id }) => id), evidence);
  return {
    ...stored,
    run: { ...stored.run, thresholds },
    experiments,
    claims,
    contradictions: findContradictions(claims),
    coverage: coverageOf(claims),
  };
}

/** What an older version did not look for is no failure of its probe. */
function withAbsences(probe: Probe): Probe {
  const missing = observationsOf(probe.name).filter((name) =>
    !probe.observations.some((observation) => observation.name === name)
  );
  const because = "the run that is judged again did not observe this: measure again";
  const absences = missing.map((name) => lacking(name, because, null));
  return { ...probe, observations: [...probe.observations, ...absences] };
}

function ratiosOfStored(experiment: Experiment): Ratio[] {
  try {
    return ratiosOf(experiment);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem({
      action: `judge the samples of "${experiment.name}" again`,
      condition: "no run can have left them",
      seen: error.message,
      cure: "Judge a result as it was written.",
    });
  }
}
