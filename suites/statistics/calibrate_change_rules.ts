/**
 * The rules that the calibration of changes compares: cellproof's own, and three that others use.
 *
 * @module
 */
import type { Verdict } from "../result.ts";
import { bandsOf, boundsOf } from "./bands.ts";
import type { SimulatedNight, SimulatedRun } from "./calibrate_change_noise.ts";
import { welch } from "./calibrate_rules.ts";
import { DriftWatch } from "./drift_watch.ts";
import type { Drift, Figure } from "./drift.ts";
import { flipsIn, type VerdictNight } from "./flip.ts";

/** What a rule says of a history. */
export interface Alarm {
  /** The night of the first alarm; null for none. */
  readonly night: number | null;
  /** Second runs that it asked for. */
  readonly secondRuns: number;
}

/** A rule that looks at a history night by night. */
export interface ChangeRule {
  readonly name: string;
  /** The first alarm from the night `from` on. */
  readonly watch: (nights: readonly SimulatedNight[], from: number) => Alarm;
}

/** Looks at the newest run and all before it. */
type Look = (newest: SimulatedRun, before: readonly SimulatedRun[]) => boolean;

/** cellproof's own first. */
export const CHANGE_RULES: readonly ChangeRule[] = [
  { name: "cellproof", watch: cellproof },
  firstRuns("previous x 200 %", isHalfOfPrevious),
  firstRuns("z-score above 5", isFarFromMean),
  firstRuns("Welch, two runs", isUnlikeLast),
];

/** The simulated claim: that the ratio is at least this. */
export const CLAIMED = 0.95;

/** A drift of the ratio, or a flip of the claim that rests on it. */
function cellproof(nights: readonly SimulatedNight[], from: number): Alarm {
  const watch = new DriftWatch();
  const drifts: Drift[] = [];
  const verdicts: VerdictNight[] = [];
  for (const { first, second } of nights) {
    watch.begin(first);
    const confirming = watch.isSuspect() ? second() : null;
    drifts.push(...[watch.end(confirming)].filter((drift) => drift !== null));
    const verdict = confirming === null ? null : verdictOf(confirming);
    verdicts.push({ first: verdictOf(first), second: verdict, byRatio: true });
  }
  const alarms = [...drifts, ...flipsIn(verdicts, drifts)].map(({ night }) => night);
  const later = alarms.filter((night) => night >= from);
  const secondRuns = verdicts.filter(({ second }) => second !== null).length;
  return { night: later.length === 0 ? null : Math.min(...later), secondRuns };
}

function verdictOf(figure: Figure): Verdict {
  const bounds = boundsOf(figure);
  const bands = bounds === null ? [] : bandsOf(bounds, { high: CLAIMED, medium: CLAIMED / 2 });
  if (bands.length === 0 || (bands.length > 1 && bands.includes("high"))) return "inconclusive";
  return bands.includes("high") ? "confirmed" : "refuted";
}

function firstRuns(name: string, isAlarm: Look): ChangeRule {
  return {
    name,
    watch(nights, from) {
      const runs = nights.map(({ first }) => first);
      const night = runs.findIndex((run, index) =>
        index >= from && isAlarm(run, runs.slice(0, index))
      );
      return { night: night < 0 ? null : night, secondRuns: 0 };
    },
  };
}

/** github-action-benchmark's default: worse than 200 % of the previous value. */
function isHalfOfPrevious({ ratio }: SimulatedRun, before: readonly SimulatedRun[]): boolean {
  return (before.at(-1)?.ratio ?? 0) > 2 * ratio;
}

/** More than 5 standard deviations from the mean of the last 100 runs, of which there must be 7. */
function isFarFromMean({ ratio }: SimulatedRun, before: readonly SimulatedRun[]): boolean {
  const last = before.slice(-100).map((run) => run.ratio);
  if (last.length < 7) return false;
  const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
  const squares = last.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.abs(ratio - mean) > 5 * Math.sqrt(squares / (last.length - 1));
}

/** Welch's t test at 0.05 on the samples within the last two runs. */
function isUnlikeLast({ samples }: SimulatedRun, before: readonly SimulatedRun[]): boolean {
  const last = before.at(-1);
  return last !== undefined && welch(samples, last.samples) !== 0;
}
