/**
 * Changes of a ratio in a history of nights.
 *
 * @module
 */
import {
  type Drift,
  type DriftOptions,
  DriftWatch,
  type RatioNight,
  type Suspicion,
} from "./drift_watch.ts";

export type { Estimate, Level, Levels } from "./drift_level.ts";
export type { Figure } from "./drift_segment.ts";
export { MARGIN } from "./drift_watch.ts";
export type { Drift, DriftOptions, RatioNight, Suspicion };

/** Every change, once, in the order in which they were found. */
export function driftsIn(nights: readonly RatioNight[], options?: DriftOptions): Drift[] {
  const watch = new DriftWatch(options);
  return nights.flatMap((night) => next(watch, night) ?? []);
}

/** Whether the last night's first run calls for a second one. */
export function isSuspectRatio(nights: readonly RatioNight[], options?: DriftOptions): boolean {
  const watch = new DriftWatch(options);
  for (const night of nights.slice(0, -1)) next(watch, night);
  watch.begin(nights.at(-1)?.first ?? null);
  return watch.isSuspect();
}

/** The change that all runs of the last night hint at and that is not shown yet; null for none. */
export function suspicionIn(
  nights: readonly RatioNight[],
  options?: DriftOptions,
): Suspicion | null {
  const watch = new DriftWatch(options);
  const last = nights.map((night) => next(watch, night)).at(-1);
  return last === null ? watch.suspicion() : null;
}

function next(watch: DriftWatch, { first, second }: RatioNight): Drift | null {
  watch.begin(first);
  return watch.end(second);
}
