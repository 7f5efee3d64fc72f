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
import type { ClaimNights, Night, Nights, SeriesNights } from "./nights.ts";
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
  const moved = claimedSeries(nights).flatMap((series) =>
    (drifts.get(seriesKey(series)) ?? []).flatMap((drift) => driftChange(nights, series, drift))
  );
  const flipped = nights.claims.flatMap((claim) => flipChanges(nights, claim, drifts));
  return [...flipped, ...moved].sort((one, other) => one.night - other.night);
}

/** The ids of the claims of which the newest night's first run is not as the nights before. */
export function suspectsIn(nights: Nights): string[] {
  const moved = new Set(
    claimedSeries(nights).filter((series) => isSuspectRatio(series.nights)).map(seriesKey),
  );
  const drifts = driftsBySeries(nights);
  const newest = stretchesOf(nights.nights).at(-1);
  return nights.claims.filter(({ claim, nights: verdicts }) => {
    // What was not judged in the newest night cannot be suspected of anything.
    if (newest === undefined || (verdicts.at(-1)?.first ?? null) === null) return false;
    const names = seriesOfClaim(claim);
    if (names.some((name) => moved.has(seriesKey(name)))) return true;
    const own = shifted(driftsOf(claim, drifts), newest.first);
    return isSuspectVerdict(verdicts.slice(newest.first), own);
  }).map(({ claim }) => claim);
}

/**
 * The ratios that claims rest on. The others (A/A controls, arms that stand for nothing here) are shown
 * and told of no change: each that is watched may raise a false alarm.
 */
export function claimedSeries({ claims, series }: Nights): SeriesNights[] {
  const claimed = new Set(claims.flatMap(({ claim }) => seriesOfClaim(claim)).map(seriesKey));
  return series.filter((one) => claimed.has(seriesKey(one)));
}

/** Nights that one version of cellproof judged by the same thresholds: others may judge otherwise. */
interface Stretch {
  readonly first: number;
  readonly end: number;
}

function stretchesOf(nights: readonly Night[]): Stretch[] {
  const judgeOf = ({ first: { version, thresholds } }: Night): string =>
    JSON.stringify([version, thresholds.high, thresholds.medium]);
  const firsts = nights.flatMap((night, index) => {
    const before = nights[index - 1];
    return before === undefined || judgeOf(before) !== judgeOf(night) ? [index] : [];
  });
  return firsts.map((first, index) => ({ first, end: firsts[index + 1] ?? nights.length }));
}

type Drifts = ReadonlyMap<string, readonly Drift[]>;

/** The changes of the ratios that a claim rests on. */
function driftsOf(claim: string, drifts: Drifts): Drift[] {
  return seriesOfClaim(claim).flatMap((name) => drifts.get(seriesKey(name)) ?? []);
}

function flipChanges(
  { nights }: Nights,
  { claim, nights: verdicts }: ClaimNights,
  drifts: Drifts,
): FlipChange[] {
  const own = driftsOf(claim, drifts);
  return stretchesOf(nights).flatMap((stretch) =>
    flipsIn(verdicts.slice(stretch.first, stretch.end), shifted(own, stretch.first)).flatMap(
      (flip) => {
        const [night, since] = [flip.night + stretch.first, flip.since + stretch.first];
        const shown = shownIn(nights, { night, since });
        return shown === null
          ? []
          : [{ kind: "flip" as const, ...shown, claim, since, from: flip.from, to: flip.to }];
      },
    )
  );
}

function shifted(drifts: readonly Drift[], by: number): Drift[] {
  return drifts.map((drift) => ({ ...drift, night: drift.night - by, since: drift.since - by }));
}

function driftsBySeries(nights: Nights): Drifts {
  return new Map(claimedSeries(nights).map((one) => [seriesKey(one), driftsIn(one.nights)]));
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
  const before = nights[since - 1]?.first;
  return { night, run, configuration: before === undefined ? [] : besides(before, run) };
}

/** What else is not as it was: cellproof itself may be what changed. */
function besides(before: StoredRun, run: StoredRun): string[] {
  const version = before.version === run.version
    ? []
    : [`cellproof ${before.version} -> ${run.version}`];
  return [...configurationChanges(before.configuration, run.configuration), ...version];
}
