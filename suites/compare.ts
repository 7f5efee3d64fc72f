/**
 * Two results side by side: what differs between the hosts and the runs, which verdicts differ, and what
 * may be said of each ratio. Pure.
 *
 * @module
 */
import { obstacleBetween } from "./compare_obstacles.ts";
import { type Surroundings, surroundingsOf } from "./compare_surroundings.ts";
import type { Subject } from "./judge_performance.ts";
import {
  type ClaimVerdict,
  type Experiment,
  isDecided,
  type Ratio,
  type Result,
  type Verdict,
} from "./result.ts";
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
  /** How many claims have the same verdict in both, by what that is. */
  readonly same: SameVerdicts;
  /** The ids of claims that one result alone has. */
  readonly only: Readonly<Record<Side, readonly string[]>>;
}

/** Only what was decided is alike: that a claim is open in both tells nothing of the hosts. */
export interface SameVerdicts {
  readonly decided: number;
  readonly open: number;
  readonly editorial: number;
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
  /** Those that both results have, and at least one has a figure of; in the order of the first. */
  readonly pairs: readonly RatioPair[];
  /** The ratios with a figure that the other result does not have at all. */
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

/** A ratio in one run; without figures where no block gave one. */
export type RatioInRun = Pick<Ratio, "n" | "ratio" | "low" | "high">;

/** The parts of a result that are compared. */
export type Comparable = Pick<Result, "host" | "run" | "claims" | "experiments">;

/** Whether a claim was decided in both, or a ratio measured in both: else nothing is said of the hosts. */
export function isComparable({ verdicts, ratios }: ResultComparison): boolean {
  return verdicts.same.decided > 0 || verdicts.different.some(({ kind }) => kind === "opposed") ||
    ratios.pairs.some(({ a, b }) => a.ratio !== null && b.ratio !== null);
}

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
  const same = pairs.filter((pair) => pair.a.verdict === pair.b.verdict);
  return {
    different: VERDICT_CHANGES.flatMap((kind) => different.filter((pair) => pair.kind === kind)),
    same: countSame(same.map(({ a }) => a.verdict)),
    only: { a: without(a, byIdB), b: without(b, byIdA) },
  };
}

function countSame(verdicts: readonly Verdict[]): SameVerdicts {
  const decided = verdicts.filter(isDecided).length;
  const editorial = verdicts.filter((verdict) => verdict === "editorial").length;
  return { decided, open: verdicts.length - decided - editorial, editorial };
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

function compareRatios(a: Comparable, b: Comparable): RatioComparison {
  const [ours, theirs] = [ratiosIn(a), ratiosIn(b)];
  const pairs = [...ours].flatMap(([key, one]): RatioPair[] => {
    const other = theirs.get(key);
    if (other === undefined || !(hasFigure(one) || hasFigure(other))) return [];
    const [a, b] = [figuresOf(one.ratio), figuresOf(other.ratio)];
    return [{ ...nameOf(one), a, b, finding: compareRatio(one, other) }];
  });
  const alone = (these: RatiosInRun, others: RatiosInRun) =>
    [...these].filter(([key, one]) => hasFigure(one) && !others.has(key))
      .map(([, one]) => nameOf(one));
  return { pairs, only: { a: alone(ours, theirs), b: alone(theirs, ours) } };
}

/** A ratio, and where it comes from. */
interface Found extends Subject {
  readonly ratio: Ratio;
}

type RatiosInRun = ReadonlyMap<string, Found>;

/** All ratios but those of the A/A controls: they tell of the run alone. */
function ratiosIn({ experiments }: Comparable): RatiosInRun {
  return new Map(experiments.flatMap((experiment) => {
    const { name, control, reference, ratios } = experiment;
    return ratios.filter(({ arm }) => arm !== control).map((ratio): [string, Found] => {
      const { workload, arm } = ratio;
      const found = { experiment, workload, arm, reference, ratio };
      return [JSON.stringify([name, workload, arm]), found];
    });
  }));
}

function compareRatio(a: Found, b: Found): TwoRuns {
  const why = obstacleBetween(a, b);
  if (why !== null) return { kind: "cannot-tell", quotient: null, why };
  return compareRuns(measurementOf(a), measurementOf(b));
}

function measurementOf({ ratio, experiment }: Found): Measurement {
  return { ratio, control: controlOf(ratio, experiment) };
}

function hasFigure({ ratio: { ratio } }: Found): boolean {
  return ratio !== null;
}

function nameOf({ experiment: { name }, workload, arm }: Found): RatioName {
  return { experiment: name, workload, arm };
}

function figuresOf({ n, ratio, low, high }: Ratio): RatioInRun {
  return { n, ratio, low, high };
}

function controlOf({ workload }: Ratio, { ratios, control }: Experiment): Ratio | null {
  return ratios.find((one) => one.workload === workload && one.arm === control) ?? null;
}
