/**
 * What looks otherwise in a host's newest night and is not borne out.
 *
 * @module
 */
import { seriesKey, type SeriesName, seriesOfClaim } from "../../suites/claim_series.ts";
import { isSuspectRatio, suspicionIn } from "../../suites/statistics/change.ts";
import { claimedSeries, suspectsIn } from "../history/changes.ts";
import type { ClaimNights, Nights } from "../history/nights.ts";

/** What may have changed, for all that is known. */
export interface Suspects {
  /** Ids of claims. */
  readonly claims: readonly string[];
  /** Ratios on which none of those claims rests. */
  readonly series: readonly SeriesName[];
  /** Whether a second run of that night was made, which did not settle it either. */
  readonly repeated: boolean;
}

/** The suspects of the newest night; `told` are the claims that are known to have changed in it. */
export function newestSuspects(nights: Nights, told: ReadonlySet<string>): Suspects {
  const repeated = (nights.nights.at(-1)?.second ?? null) !== null;
  const isSuspect = repeated ? isUnsettledRatio : isSuspectRatio;
  const moved = claimedSeries(nights).filter((series) => isSuspect(series.nights));
  const claims = repeated ? unsettledClaims(nights, { moved, told }) : suspectsIn(nights);
  const covered = new Set(claims.flatMap(seriesOfClaim).map(seriesKey));
  const series = moved.filter((name) => !covered.has(seriesKey(name)))
    .map(({ experiment, workload, arm }) => ({ experiment, workload, arm }));
  return { claims, series, repeated };
}

function isUnsettledRatio(nights: Parameters<typeof suspicionIn>[0]): boolean {
  return suspicionIn(nights) !== null;
}

/** Two runs that agree may still show too little, and two that differ show nothing. */
function unsettledClaims(
  nights: Nights,
  { moved, told }: { readonly moved: readonly SeriesName[]; readonly told: ReadonlySet<string> },
): string[] {
  const keys = new Set(moved.map(seriesKey));
  // Ratios are looked at with both runs, which this does with the first one alone.
  const suspects = new Set(suspectsIn({ ...nights, series: [] }));
  return nights.claims.filter((claim) => {
    const isMoved = wasJudged(claim) &&
      seriesOfClaim(claim.claim).some((name) => keys.has(seriesKey(name)));
    const isOpen = suspects.has(claim.claim) || isUnsteady(claim);
    return isMoved || (isOpen && !told.has(claim.claim));
  }).map(({ claim }) => claim);
}

function wasJudged({ nights }: ClaimNights): boolean {
  return (nights.at(-1)?.first ?? null) !== null;
}

/** Whether an observed claim came out in two ways; noise may carry figures over a threshold and back. */
function isUnsteady({ nights }: ClaimNights): boolean {
  const { first, second, byRatio } = nights.at(-1) ?? { first: null, second: null, byRatio: false };
  return !byRatio && first !== null && second !== null && first !== second;
}
