/**
 * Two results side by side: what differs between the hosts and the runs, which verdicts differ, and what
 * may be said of each ratio. Pure.
 *
 * @module
 */
import { type Surroundings, surroundingsOf } from "./compare_surroundings.ts";
import type { ClaimVerdict, Experiment, Ratio, Result, Verdict } from "./result.ts";
import { compareRuns, type Measurement, type Side, type TwoRuns } from "./statistics/two_runs.ts";

/** What two results have in common, and what not. */
export interface ResultComparison {
  readonly surroundings: Surroundings;
  readonly verdicts: VerdictComparison;
  readonly ratios: RatioComparison;
}

export interface VerdictComparison {
  /** The claims whose verdicts differ: those that were decided both ways first. */
  readonly different: readonly VerdictPair[];
  /** How many claims have the same verdict in both. */
  readonly same: number;
  /** The ids of claims that one result alone has. */
  readonly only: Readonly<Record<Side, readonly string[]>>;
}

/** One claim with two verdicts. */
export interface VerdictPair {
  readonly id: string;
  readonly kind: VerdictChange;
  readonly a: ClaimVerdict;
  readonly b: ClaimVerdict;
}

/** Decided both ways; decided in one and open in the other; else. In the order of their weight. */
export const VERDICT_CHANGES = ["opposed", "decided-in-one", "otherwise"] as const;
export type VerdictChange = typeof VERDICT_CHANGES[number];

export interface RatioComparison {
  /** In the order of the first result. */
  readonly pairs: readonly RatioPair[];
  /** The ratios that one result alone has a figure of. */
  readonly only: Readonly<Record<Side, readonly RatioName[]>>;
}

/** Which ratio. */
export interface RatioName {
  readonly experiment: string;
  readonly workload: string;
  readonly arm: string;
}

/** One ratio in both results. */
export interface RatioPair extends RatioName {
  readonly a: RatioInRun;
  readonly b: RatioInRun;
  readonly finding: TwoRuns;
}

/** A ratio in one run; `degraded` says why it cannot stand for its paradigm, null where it can. */
export interface RatioInRun extends Pick<Ratio, "n" | "ratio" | "low" | "high"> {
  readonly degraded: string | null;
}

/** The parts of a result that are compared. */
export type Comparable = Pick<Result, "host" | "run" | "claims" | "experiments">;

/** Compares two results as they are; nothing is judged again. */
export function compareResults(a: Comparable, b: Comparable): ResultComparison {
  return {
    surroundings: surroundingsOf(a, b),
    verdicts: compareVerdicts(a.claims, b.claims),
    ratios: compareRatios(a, b),
  };
}

function compareVerdicts(
  a: readonly ClaimVerdict[],
  b: readonly ClaimVerdict[],
): VerdictComparison {
  const [byIdA, byIdB] = [a, b].map((claims) => new Map(claims.map((one) => [one.id, one])));
  const pairs = [...byIdA ?? []].flatMap(([id, one]): VerdictPair[] => {
    const other = byIdB?.get(id);
    return other === undefined ? [] : [{ id, kind: changeOf(one, other), a: one, b: other }];
  });
  const different = pairs.filter((pair) => pair.a.verdict !== pair.b.verdict);
  return {
    different: VERDICT_CHANGES.flatMap((kind) => different.filter((pair) => pair.kind === kind)),
    same: pairs.length - different.length,
    only: { a: without(a, byIdB), b: without(b, byIdA) },
  };
}

function without(
  claims: readonly ClaimVerdict[],
  others: ReadonlyMap<string, unknown> | undefined,
): string[] {
  return claims.filter(({ id }) => !others?.has(id)).map(({ id }) => id);
}

function changeOf(a: ClaimVerdict, b: ClaimVerdict): VerdictChange {
  if (isDecided(a.verdict) && isDecided(b.verdict)) return "opposed";
  return isDecided(a.verdict) || isDecided(b.verdict) ? "decided-in-one" : "otherwise";
}

function isDecided(verdict: Verdict): boolean {
  return verdict === "confirmed" || verdict === "refuted";
}

function compareRatios(a: Comparable, b: Comparable): RatioComparison {
  const [ours, theirs] = [measured(a), measured(b)];
  const pairs = [...ours].flatMap(([key, one]): RatioPair[] => {
    const other = theirs.get(key);
    if (other === undefined) return [];
    const finding = compareRuns(one.measurement, other.measurement);
    return [{ ...one.name, a: one.inRun, b: other.inRun, finding }];
  });
  const alone = (these: Measured, others: Measured) =>
    [...these].filter(([key]) => !others.has(key)).map(([, { name }]) => name);
  return { pairs, only: { a: alone(ours, theirs), b: alone(theirs, ours) } };
}

type Measured = ReadonlyMap<
  string,
  { readonly name: RatioName; readonly inRun: RatioInRun; readonly measurement: Measurement }
>;

/** The ratios that have a figure, but those of the A/A controls: they tell of the run alone. */
function measured({ experiments }: Comparable): Measured {
  return new Map(experiments.flatMap((experiment) =>
    experiment.ratios
      .filter(({ arm, ratio }) => arm !== experiment.control && ratio !== null)
      .map((ratio) => [
        JSON.stringify([experiment.name, ratio.workload, ratio.arm]),
        {
          name: { experiment: experiment.name, workload: ratio.workload, arm: ratio.arm },
          inRun: inRun(ratio, experiment),
          measurement: { ratio, control: controlOf(ratio, experiment) },
        },
      ])
  ));
}

function inRun({ arm, n, ratio, low, high }: Ratio, { arms }: Experiment): RatioInRun {
  const degraded = arms.find(({ name }) => name === arm)?.degraded ?? null;
  return { n, ratio, low, high, degraded };
}

function controlOf({ workload }: Ratio, { ratios, control }: Experiment): Ratio | null {
  return ratios.find((one) => one.workload === workload && one.arm === control) ?? null;
}
