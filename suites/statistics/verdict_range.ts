/**
 * Over which thresholds a verdict stays the same.
 *
 * @module
 */
import type { ThresholdRange, Thresholds, VerdictRange } from "../result.ts";

/** Steps of the search where what changes the verdict is no bound that is known beforehand. */
const HALVINGS = 12;

/** Bounds are told to a thousandth, rounded towards the thresholds that were tried. */
const PRECISION = 1000;

/** A threshold never reaches the end of its range. */
const ALMOST = 0.999;

const NAMES: readonly (keyof Thresholds)[] = ["high", "medium"];

/**
 * The values of each threshold, the other one unmoved, over which `stays` keeps true. It is asked just
 * beyond each of `bounds` (ends of intervals, where a verdict can change), and between two of them
 * where it changed: an A/A control may be sharp enough for one threshold and not for the next.
 *
 * @throws {TypeError} where it is not true at `thresholds` themselves
 */
export function verdictRange(
  stays: (thresholds: Thresholds) => boolean,
  thresholds: Thresholds,
  bounds: readonly number[],
): VerdictRange {
  if (!stays(thresholds)) throw new TypeError("statistics: a verdict that is not the verdict");
  const [high, medium] = NAMES.map((name) => {
    const [lowest, highest] = name === "high" ? [thresholds.medium, 1] : [0, thresholds.high];
    const at = (value: number): boolean => stays({ ...thresholds, [name]: value });
    const from = thresholds[name];
    return {
      above: farthest(at, { from, to: lowest, bounds }),
      atMost: farthest(at, { from, to: highest, bounds }),
    };
  }) as [ThresholdRange, ThresholdRange];
  return { high, medium };
}

/** The thresholds under which two verdicts both stay. */
export function bothStay(one: VerdictRange, other: VerdictRange): VerdictRange {
  return joined(one, other, { above: Math.max, atMost: Math.min });
}

/** The thresholds under which one of two verdicts stays, both of which stay at the present ones. */
export function eitherStays(one: VerdictRange, other: VerdictRange): VerdictRange {
  return joined(one, other, { above: Math.min, atMost: Math.max });
}

type Choice = (one: number, other: number) => number;

function joined(
  one: VerdictRange,
  other: VerdictRange,
  { above, atMost }: { readonly above: Choice; readonly atMost: Choice },
): VerdictRange {
  const join = (a: ThresholdRange, b: ThresholdRange): ThresholdRange => ({
    above: finite(above(a.above ?? -Infinity, b.above ?? -Infinity)),
    atMost: finite(atMost(a.atMost ?? Infinity, b.atMost ?? Infinity)),
  });
  return { high: join(one.high, other.high), medium: join(one.medium, other.medium) };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The last value on the way from `from` to `to` at which `at` is true; null where it is all the way. */
function farthest(
  at: (value: number) => boolean,
  { from, to, bounds }: {
    readonly from: number;
    readonly to: number;
    readonly bounds: readonly number[];
  },
): number | null {
  const up = to > from;
  const stops = bounds.filter((bound) =>
    up ? bound > from && bound < to : bound < from && bound > to
  )
    .sort((a, b) => up ? a - b : b - a);
  let last = from;
  for (const stop of [...stops, from + (to - from) * ALMOST]) {
    // What a bound still satisfies may change just beyond it, so each gap is asked inside, too.
    const failing = [last + (stop - last) / 2, stop].find((value) => !at(value));
    if (failing !== undefined) return rounded(halved(at, last, failing), up);
    last = stop;
  }
  return null;
}

function halved(at: (value: number) => boolean, good: number, bad: number): number {
  for (let step = 0; step < HALVINGS; step++) {
    const middle = good + (bad - good) / 2;
    if (at(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Towards where the verdict is sure to stay. */
function rounded(value: number, up: boolean): number {
  const scaled = value * PRECISION;
  return (up ? Math.floor(scaled) : Math.ceil(scaled)) / PRECISION;
}
