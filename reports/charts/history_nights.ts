/**
 * The nights of a history in their places, and the stretches of it in which none is missing.
 *
 * @module
 */

import { intervalInWords } from "../units.ts";

/** One night. */
export interface Night {
  /** ISO 8601. */
  readonly time: string;
  /** The median; null where the night has no figure. */
  readonly ratio: number | null;
  /** The interval of the median; null where a bound is not known. */
  readonly low: number | null;
  readonly high: number | null;
  /** What a second measurement came to, which was made to confirm a change; null where none was. */
  readonly confirmed: number | null;
}

export const DAY_MS = 24 * 3600 * 1000;

/** Nights further apart than this are not joined: one is missing between them. */
const NEXT_NIGHT_MS = 1.5 * DAY_MS;

/** A night that has a figure, in its place. */
export interface PlacedNight {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly ratio: number;
  /** Where a bound is not known, the ratio itself: no line is drawn on that side. */
  readonly low: number;
  readonly high: number;
  /** The bounds in words, which say what is not known. */
  readonly interval: string;
  readonly confirmed: number | null;
  /** Nights of one stretch follow each other; the next one begins after a missing night. */
  readonly stretch: number;
}

/** The nights that have a figure and a time that can be read, in their order. */
export function placedNights(nights: readonly Night[]): PlacedNight[] {
  let [stretch, before] = [0, Infinity];
  return nights.map((night) => ({ ...night, time: Date.parse(night.time) }))
    .filter(({ time }) => Number.isFinite(time))
    .toSorted((one, other) => one.time - other.time)
    .flatMap(({ time, ratio, low, high, confirmed }) => {
      if (ratio === null) return [];
      if (time - before > NEXT_NIGHT_MS) stretch++;
      before = time;
      const interval = intervalInWords({ low, high }) || "not known";
      return [{
        time,
        ratio,
        low: low ?? ratio,
        high: high ?? ratio,
        interval,
        confirmed,
        stretch,
      }];
    });
}

/** Around what is drawn: a ratio's history is about small changes. */
export function ratioDomain(nights: readonly PlacedNight[]): [number, number] {
  const figures = nights.flatMap(({ ratio, low, high, confirmed }) => [
    ...[ratio, low, high],
    ...(confirmed === null ? [] : [confirmed]),
  ]);
  if (figures.length === 0) return [0, 1];
  const [lowest, highest] = [Math.min(...figures), Math.max(...figures)];
  const margin = Math.max(0.02 * highest, 0.15 * (highest - lowest));
  return [Math.max(0, lowest - margin), highest + margin];
}
