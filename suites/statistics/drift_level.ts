/**
 * Two levels of a series: where each lies and how far apart they are, judged by how far runs differ
 * from one another, not by how far blocks within a run do.
 *
 * @module
 */
import { median } from "./confidence_sequence.ts";
import type { Draw } from "./drift_segment.ts";
import { studentQuantile } from "./student.ts";

/** A ratio with its interval from run-to-run variance. */
export interface Estimate {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Where the ratio stayed for some nights. */
export interface Level extends Estimate {
  /** Nights that it rests on. */
  readonly nights: number;
}

/** Two levels, and the second in terms of the first. */
export interface Levels {
  readonly before: Level;
  readonly after: Level;
  readonly change: Estimate;
}

/** What two levels are told from; neither may be without runs. */
export interface LevelRuns {
  readonly before: readonly Draw[];
  readonly after: readonly Draw[];
  /** Further runs, which tell how far runs differ, and nothing of either level. */
  readonly others: readonly Draw[];
}

/** The chance that an interval misses the truth, in normal noise. */
const ERROR = 0.01;

/** A run that lies farther off than this counts as one there; in standard deviations. */
const FARTHEST = 3;

/** A normal distribution's standard deviation, in terms of its median absolute deviation. */
const NORMAL_DEVIATION = 1.4826;

/** Half the interval of a {@linkcode Ratio}, in standard errors: it errs by 0.001 on each side. */
const INTERVAL_DEVIATIONS = 3.09;

/** Runs never agree better than this; as the standard deviation of a ratio's logarithm. */
const LEAST_DEVIATION = 0.001;

/** Where logarithms lie, and the sum of their squares around it. */
interface Spread {
  readonly center: number;
  readonly squares: number;
  readonly count: number;
}

/** Where the ratio was and is, and by how much it changed. */
export function levelsOf({ before, after, others }: LevelRuns): Levels {
  const [old, young] = [spreadOf(before), spreadOf(after)];
  const spreads = others.length === 0 ? [old, young] : [old, young, spreadOf(others)];
  const { deviation, degrees } = pooled(spreads);
  const least = Math.max(LEAST_DEVIATION, deviationWithin([...before, ...after]));
  const reach = Math.max(deviation, least) * quantileOf(degrees);
  const { center: from, count: n } = old;
  const { center: to, count: m } = young;
  return {
    before: { ...estimate(from, reach / Math.sqrt(n)), nights: before.length },
    after: { ...estimate(to, reach / Math.sqrt(m)), nights: after.length },
    change: estimate(to - from, reach * Math.sqrt(1 / n + 1 / m)),
  };
}

/** The far ones are drawn in, so that none can carry the mean away. */
function spreadOf(runs: readonly Draw[]): Spread {
  const logs = runs.map(({ figure }) => Math.log(figure.ratio));
  const middle = median(logs) ?? NaN;
  const usual = median(logs.map((log) => Math.abs(log - middle))) ?? NaN;
  const farthest = FARTHEST * Math.max(NORMAL_DEVIATION * usual, LEAST_DEVIATION);
  const drawn = logs.map((log) => Math.min(Math.max(log, middle - farthest), middle + farthest));
  const center = drawn.reduce((sum, log) => sum + log, 0) / drawn.length;
  const squares = drawn.reduce((sum, log) => sum + (log - center) ** 2, 0);
  return { center, squares, count: drawn.length };
}

function pooled(spreads: readonly Spread[]): { deviation: number; degrees: number } {
  const squares = spreads.reduce((sum, spread) => sum + spread.squares, 0);
  const degrees = Math.max(1, spreads.reduce((sum, { count }) => sum + count - 1, 0));
  return { deviation: Math.sqrt(squares / degrees), degrees };
}

/** How far runs must differ by what the intervals within them say; 0 where they have none. */
function deviationWithin(runs: readonly Draw[]): number {
  const deviations = runs.flatMap(({ figure: { low, high } }) => {
    if (low === null || high === null) return [];
    const width = Math.log(high / low);
    return Number.isFinite(width) ? [Math.abs(width) / 2 / INTERVAL_DEVIATIONS] : [];
  });
  return median(deviations) ?? 0;
}

function estimate(log: number, reach: number): Estimate {
  return { ratio: Math.exp(log), low: Math.exp(log - reach), high: Math.exp(log + reach) };
}

const quantileByDegrees = new Map<number, number>();

function quantileOf(degrees: number): number {
  const quantile = quantileByDegrees.get(degrees) ?? studentQuantile(ERROR, degrees);
  quantileByDegrees.set(degrees, quantile);
  return quantile;
}
