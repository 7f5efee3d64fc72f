/**
 * Bands of ratios: which one a ratio lies in, and which ones an interval touches.
 *
 * @module
 */
import type { Band, Ratio, Thresholds } from "../result.ts";

/** From worst to best. */
export const BANDS: readonly Band[] = ["low", "medium", "high"];

/** An interval of which both ends are known. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** `high` from `thresholds.high` on, `medium` from `thresholds.medium` on, else `low`. */
export function bandOf(ratio: number, thresholds: Thresholds): Band {
  if (ratio >= thresholds.high) return "high";
  return ratio >= thresholds.medium ? "medium" : "low";
}

/** The bands that an interval touches, from worst to best. */
export function bandsOf({ low, high }: Bounds, thresholds: Thresholds): Band[] {
  const first = BANDS.indexOf(bandOf(low, thresholds));
  return BANDS.slice(first, BANDS.indexOf(bandOf(high, thresholds)) + 1);
}

/** Both ends of the interval; null when there are too few blocks for it. */
export function boundsOf({ low, high }: Pick<Ratio, "low" | "high">): Bounds | null {
  return low === null || high === null ? null : { low, high };
}
