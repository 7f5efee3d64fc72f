/**
 * The nights of a machine, as the search for changes takes them: each first run beside the run that
 * confirms it, and everything else on that one list of nights.
 *
 * @module
 */
import type { Figure, RatioNight, VerdictNight } from "../../suites/statistics/change.ts";
import type { History } from "./history.ts";
import type { RatioPoint, Series, StoredRun, VerdictPoint } from "./stored.ts";

/** A first run that ended, and the first run that ended of those that confirm it; null for none. */
export interface Night {
  readonly first: StoredRun;
  readonly second: StoredRun | null;
}

/** One machine's nights; every list of nights is as long as `nights`, and in its order. */
export interface Nights {
  readonly nights: readonly Night[];
  readonly series: readonly SeriesNights[];
  readonly claims: readonly ClaimNights[];
}

export interface SeriesNights extends Omit<Series, "points"> {
  readonly nights: readonly RatioNight[];
}

export interface ClaimNights {
  readonly claim: string;
  readonly nights: readonly VerdictNight[];
}

/**
 * Pairs and aligns the runs of a machine. Replays of a recorded host count only where the machine has
 * nothing else: they are no nights of their own.
 */
export function nightsOf(history: History, machineKey: string): Nights {
  const nights = pairRuns(history.runs(machineKey));
  const places = placesOf(nights);
  return {
    nights,
    series: history.series(machineKey).map(({ points, ...names }) => ({
      ...names,
      nights: alignRatios(points, places, nights.length),
    })),
    claims: history.verdicts(machineKey).map(({ claim, points }) => ({
      claim,
      nights: alignVerdicts(points, places, nights.length),
    })),
  };
}

/** Where a run stands: in which night, as its first or its second run. */
interface Place {
  readonly night: number;
  readonly as: keyof Night;
}

function pairRuns(runs: readonly StoredRun[]): Night[] {
  const ended = runs.filter(({ endedAt }) => endedAt !== null);
  const measured = ended.filter(({ dryRun }) => dryRun === null);
  const counted = measured.length > 0 ? measured : ended;
  // The first of several: whoever repeats until it fits confirms nothing.
  const seconds = Map.groupBy(counted, ({ confirms }) => confirms);
  return (seconds.get(null) ?? []).map((first) => ({
    first,
    second: seconds.get(first.id)?.[0] ?? null,
  }));
}

/** By the id of the run. */
type Places = ReadonlyMap<number, Place>;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function placesOf(nights: readonly Night[]): Places {
  const places = new Map<number, Place>();
  for (const [night, { first, second }] of nights.entries()) {
    places.set(first.id, { night, as: "first" });
    if (second !== null) places.set(second.id, { night, as: "second" });
  }
  return places;
}

function alignRatios(points: readonly RatioPoint[], places: Places, count: number): RatioNight[] {
  const nights = Array.from(
    { length: count },
    (): Writable<RatioNight> => ({ first: null, second: null }),
  );
  for (const point of points) {
    const place = places.get(point.run);
    const night = nights[place?.night ?? count];
    if (place !== undefined && night !== undefined && isFigure(point)) night[place.as] = point;
  }
  return nights;
}

/** Without an interval nothing can be said of a change. */
function isFigure(point: RatioPoint): point is RatioPoint & Figure {
  return point.low !== null && point.high !== null;
}

function alignVerdicts(
  points: readonly VerdictPoint[],
  places: Places,
  count: number,
): VerdictNight[] {
  const nights = Array.from(
    { length: count },
    (): Writable<VerdictNight> => ({ first: null, second: null, byRatio: false }),
  );
  for (const { run, verdict, byRatio } of points) {
    const place = places.get(run);
    const night = nights[place?.night ?? count];
    if (place === undefined || night === undefined) continue;
    night[place.as] = verdict;
    night.byRatio ||= byRatio;
  }
  return nights;
}
