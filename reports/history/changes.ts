/**
 * What changed on a machine from night to night, and what looks like it in the newest night.
 *
 * @module
 */
import { seriesKey, type SeriesName, seriesOfClaim } from "../../suites/claim_series.ts";
import { configurationChanges } from "../../suites/machine_identity.ts";
import type { Verdict } from "../../suites/result.ts";
import {
  type Drift,
  driftsIn,
  flipsIn,
  isSuspectRatio,
  isSuspectVerdict,
} from "../../suites/statistics/change.ts";
import type { Night, Nights } from "./nights.ts";
import type { StoredRun } from "./stored.ts";

/** A change of a machine, and the night that showed it. */
export type Change = FlipChange | DriftChange;

interface Shown {
  /** Index of the night that showed it. */
  readonly night: number;
  /** That night's first run. */
  readonly run: StoredRun;
  /** What of the configuration is not as on the night before the change. */
  readonly configuration: readonly string[];
}

/** A claim's verdict became another one. */
export interface FlipChange extends Shown {
  readonly kind: "flip";
  readonly claim: string;
  /** Index of the first night of the new verdict. */
  readonly since: number;
  readonly from: Verdict;
  readonly to: Verdict;
}

/** A ratio moved, and stays. */
export interface DriftChange extends Shown, Pick<Drift, "since" | "before" | "after" | "change"> {
  readonly kind: "drift";
  readonly series: SeriesName;
}

/** Every change of a machine, once, in time order. */
export function changesIn(nights: Nights): Change[] {
  const drifts = driftsBySeries(nights);
  const moved = nights.series.flatMap((series) =>
    (drifts.get(seriesKey(series)) ?? []).flatMap((drift) => driftChange(nights, series, drift))
  );
  const flipped = nights.claims.flatMap(({ claim, nights: verdicts }) => {
    const own = seriesOfClaim(claim).flatMap((name) => drifts.get(seriesKey(name)) ?? []);
    return flipsIn(verdicts, own).flatMap(({ night, since, from, to }): FlipChange[] => {
      const shown = shownIn(nights.nights, { night, since });
      return shown === null ? [] : [{ kind: "flip", ...shown, claim, since, from, to }];
    });
  });
  return [...flipped, ...moved].sort((one, other) => one.night - other.night);
}

/** The ids of the claims of which the newest night's first run is not as the nights before. */
export function suspectsIn(nights: Nights): string[] {
  const moved = new Set(
    nights.series.filter((series) => isSuspectRatio(series.nights)).map(seriesKey),
  );
  const drifts = driftsBySeries(nights);
  return nights.claims.filter(({ claim, nights: verdicts }) => {
    // What was not judged in the newest night cannot be suspected of anything.
    if ((verdicts.at(-1)?.first ?? null) === null) return false;
    const keys = seriesOfClaim(claim).map(seriesKey);
    return keys.some((key) => moved.has(key)) ||
      isSuspectVerdict(verdicts, keys.flatMap((key) => drifts.get(key) ?? []));
  }).map(({ claim }) => claim);
}

function driftsBySeries({ series }: Nights): ReadonlyMap<string, readonly Drift[]> {
  return new Map(series.map((one) => [seriesKey(one), driftsIn(one.nights)]));
}

function driftChange(
  { nights }: Nights,
  { experiment, workload, arm }: SeriesName,
  { night, since, before, after, change }: Drift,
): DriftChange[] {
  const shown = shownIn(nights, { night, since });
  if (shown === null) return [];
  const series = { experiment, workload, arm };
  return [{ kind: "drift", ...shown, series, since, before, after, change }];
}

/** A change that showed in `night` may have come earlier, beside whatever changed then. */
function shownIn(
  nights: readonly Night[],
  { night, since }: Pick<Drift, "night" | "since">,
): Shown | null {
  const run = nights[night]?.first;
  if (run === undefined) return null;
  const before = nights[since - 1]?.first.configuration;
  const configuration = before === undefined ? [] : configurationChanges(before, run.configuration);
  return { night, run, configuration };
}
