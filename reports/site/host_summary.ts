/**
 * What pages over several hosts say of one: taken from its nights, and kept for the next build.
 *
 * @module
 */
import { suspectsIn } from "../history/changes.ts";
import type { Night, Nights } from "../history/nights.ts";
import type { Machine, StoredRun } from "../history/stored.ts";
import { eventsOf, type HostEvent, nameOf, type RunName } from "./events.ts";

/** One host. */
export interface HostSummary {
  /** The first run of the newest night; null where no run counts. */
  readonly newest: StoredRun | null;
  readonly nights: number;
  /** A run after the newest night that did not end, or is not counted for another reason; else null. */
  readonly later: RunName | null;
  /** The claims that are refuted in the newest night. */
  readonly refuted: readonly RefutedClaim[];
  /** In time order. */
  readonly events: readonly HostEvent[];
  /** Claims that look otherwise in the newest night, which no second run has borne out or refuted. */
  readonly suspects: readonly string[];
  /** Median time from one night to the next, of the newest ones; null where there is one night. */
  readonly usualGapSeconds: number | null;
}

/** A claim that is refuted, and since which night no other decision was made. */
export interface RefutedClaim {
  readonly claim: string;
  readonly since: RunName;
  /** False where it is so as far back as the history goes. */
  readonly wasConfirmed: boolean;
}

/** The summary of a host's nights. */
export function summaryOf(nights: Nights, runs: readonly StoredRun[]): HostSummary {
  const newest = nights.nights.at(-1) ?? null;
  return {
    newest: newest?.first ?? null,
    nights: nights.nights.length,
    later: laterRun(newest, runs),
    refuted: refutedClaims(nights),
    events: eventsOf(nights),
    suspects: newest === null || newest.second !== null ? [] : suspectsIn(nights),
    usualGapSeconds: usualGap(nights.nights),
  };
}

function laterRun(newest: Night | null, runs: readonly StoredRun[]): RunName | null {
  const last = runs.at(-1);
  if (last === undefined || last.id === newest?.first.id || last.id === newest?.second?.id) {
    return null;
  }
  return nameOf(last);
}

function refutedClaims({ nights, claims }: Nights): RefutedClaim[] {
  return claims.flatMap(({ claim, nights: verdicts }): RefutedClaim[] => {
    if (verdicts.at(-1)?.first !== "refuted") return [];
    const confirmed = verdicts.findLastIndex(({ first }) => first === "confirmed");
    const since = verdicts.findIndex(({ first }, index) =>
      index > confirmed && first === "refuted"
    );
    const night = nights[since];
    if (night === undefined) return [];
    return [{ claim, since: nameOf(night.first), wasConfirmed: confirmed >= 0 }];
  });
}

const NIGHTS_OF_GAP = 15;

function usualGap(nights: readonly Night[]): number | null {
  const times = nights.slice(-NIGHTS_OF_GAP).map(({ first }) => Date.parse(first.startedAt));
  const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 1000);
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null;
}

/** How a host is doing, as far as its nights tell. */
export type HostState =
  | { readonly kind: "silent"; readonly since: string }
  | { readonly kind: "changed"; readonly events: readonly HostEvent[] }
  | { readonly kind: "suspect"; readonly claims: readonly string[] }
  | { readonly kind: "first-night" }
  | { readonly kind: "no-change" }
  | { readonly kind: "no-night" };

const LEAST_SILENCE_SECONDS = 36 * 3600;
/** A host is silent after this many of its usual gaps. */
export const SILENT_GAPS = 3;

/** The state of a host at `now`: what it has not told for long is not known to be as it was. */
export function stateOf(
  { newest, nights, events, suspects, usualGapSeconds }: HostSummary,
  now: Date,
): HostState {
  if (newest === null) return { kind: "no-night" };
  const silentSeconds = (now.getTime() - Date.parse(newest.startedAt)) / 1000;
  if (silentSeconds > Math.max(LEAST_SILENCE_SECONDS, SILENT_GAPS * (usualGapSeconds ?? 0))) {
    return { kind: "silent", since: newest.startedAt };
  }
  if (nights === 1) return { kind: "first-night" };
  const recent = events.filter(({ run }) => run.startedAt === newest.startedAt);
  if (recent.length > 0) return { kind: "changed", events: recent };
  return suspects.length > 0 ? { kind: "suspect", claims: suspects } : { kind: "no-change" };
}

/** A host with its summary. */
export interface SiteHost {
  readonly machine: Machine;
  readonly summary: HostSummary;
  /** Key of the machine that took its name with other hardware; null for none. */
  readonly successor: string | null;
}
