/**
 * Over which thresholds a verdict stays the same.
 *
 * @module
 */
import type { ThresholdRange, Thresholds, VerdictRange } from "../result.ts";
import type { Bounds } from "./bands.ts";

/** How near to the end of an open interval a value is taken for it. */
const ALMOST = 1 - 1e-9;

const NAMES: readonly (keyof Thresholds)[] = ["high", "medium"];

/**
 * The values of each threshold, the other one unmoved, over which `stays` keeps true. `stops` are all
 * values at which it can change: between two of them, and at each, it is asked once.
 *
 * @throws {TypeError} where it is not true at `thresholds` themselves
 */
export function verdictRange(
  stays: (thresholds: Thresholds) => boolean,
  thresholds: Thresholds,
  stops: readonly number[],
): VerdictRange {
  if (!stays(thresholds)) throw new TypeError("statistics: a verdict that is not the verdict");
  const [high, medium] = NAMES.map((name) => {
    const [lowest, highest] = name === "high" ? [thresholds.medium, 1] : [0, thresholds.high];
    const at = (value: number): boolean => stays({ ...thresholds, [name]: value });
    const from = thresholds[name];
    return {
      above: lowestBound(at, from, stops.filter((stop) => lowest < stop && stop < from), lowest),
      atMost: highestBound(
        at,
        from,
        stops.filter((stop) => from < stop && stop < highest),
        highest,
      ),
    };
  }) as [ThresholdRange, ThresholdRange];
  return { high, medium };
}

/**
 * The values at which {@linkcode verdictRange} has to ask of a comparison: the ends of its interval, and
 * the thresholds for which its A/A control, which lies within `reach` and `1 / reach`, is just sharp enough.
 */
export function stopsOf({ low, high }: Bounds, reaches: readonly number[]): number[] {
  return [low, high, ...reaches.flatMap((reach) => [reach, low * reach, high / reach])];
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

/** Up to where `at` is true on the way up, that value included; null where it is all the way. */
function highestBound(
  at: (value: number) => boolean,
  from: number,
  stops: readonly number[],
  end: number,
): number | null {
  let last = from;
  for (const stop of [...stops.toSorted((a, b) => a - b), end]) {
    if (!at((last + stop) / 2)) return last;
    // Just below the stop it still is.
    if (stop !== end && !at(stop)) return last + (stop - last) * ALMOST;
    last = stop;
  }
  return null;
}

/** Down to where `at` is true, that value left out; null where it is all the way. */
function lowestBound(
  at: (value: number) => boolean,
  from: number,
  stops: readonly number[],
  end: number,
): number | null {
  let last = from;
  for (const stop of [...stops.toSorted((a, b) => b - a), end]) {
    // The last value itself still counts.
    if (!at((last + stop) / 2)) return last - (last - stop) * (1 - ALMOST);
    if (stop !== end && !at(stop)) return stop;
    last = stop;
  }
  return null;
}
