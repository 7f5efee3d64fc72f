/**
 * What pages over several hosts say of one: taken from its nights, and kept for the next build.
 *
 * @module
 */
import type { HostState as FleetState } from "../../suites/fleet/fleet_result.ts";
import { STATE_FACES } from "../fleet/fleet_words.ts";
import type { Night, Nights } from "../history/nights.ts";
import type { Machine, StoredRun } from "../history/stored.ts";
import { eventsOf, type HostEvent, nameOf, type RunName } from "./events.ts";
import type { Membership } from "./site_fleets.ts";
import { newestSuspects, type Suspects } from "./suspects.ts";

/** One host. */
export interface HostSummary {
  /** The first run of the newest night; null where no run counts. */
  readonly newest: StoredRun | null;
  readonly nights: number;
  /** A run after the newest night that did not end, or is not counted for another reason; else null. */
  readonly later: RunName | null;
  /** The claims that the newest night refutes of those that tried them. */
  readonly refuted: readonly RefutedClaim[];
  /** In time order. */
  readonly events: readonly HostEvent[];
  /** What looks otherwise in the newest night, and is not borne out. */
  readonly suspects: Suspects;
  /** Whether another machine had its hostname before: the same host with other hardware. */
  readonly hasPredecessor: boolean;
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

/** The summary of a host's nights; `predecessor` is the key of the machine before it, null for none. */
export function summaryOf(
  nights: Nights,
  runs: readonly StoredRun[],
  predecessor: string | null = null,
): HostSummary {
  const newest = nights.nights.at(-1) ?? null;
  const events = eventsOf(nights);
  const told = newest === null ? [] : eventsIn(newest.first, events);
  return {
    newest: newest?.first ?? null,
    nights: nights.nights.length,
    later: laterRun(newest, runs),
    refuted: refutedClaims(nights),
    events,
    suspects: newestSuspects(
      nights,
      new Set(told.flatMap((event) => event.kind === "flip" ? [event.claim] : [])),
    ),
    hasPredecessor: predecessor !== null,
    usualGapSeconds: usualGap(nights.nights),
  };
}

function eventsIn({ startedAt }: RunName, events: readonly HostEvent[]): HostEvent[] {
  return events.filter(({ run }) => run.startedAt === startedAt);
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
    // A night that was not asked, or lacked what it takes, takes nothing back.
    const tried = verdicts.findLast(({ first }) => first !== null && first !== "untested");
    if (tried?.first !== "refuted") return [];
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

/** How a host is doing, as far as its nights tell, and what became of it in a fleet since. */
export type HostState =
  | { readonly kind: "failed"; readonly state: FleetState; readonly startedAt: string }
  | { readonly kind: "ahead"; readonly startedAt: string }
  | { readonly kind: "silent"; readonly since: string }
  | { readonly kind: "changed"; readonly events: readonly HostEvent[] }
  | { readonly kind: "suspect"; readonly suspects: Suspects }
  | { readonly kind: "new-hardware"; readonly nights: number }
  | { readonly kind: "first-night" }
  | { readonly kind: "no-change" }
  | { readonly kind: "no-night" };

const LEAST_SILENCE_SECONDS = 36 * 3600;
/** A host is silent after this many of its usual gaps. */
export const SILENT_GAPS = 3;

/** Fewer nights of new hardware than this have little to be compared with. */
const FEW_NIGHTS = 7;

/** The state of a host at `now`: what it has not told for long is not known to be as it was. */
export function stateOf(
  { summary, fleets }: Pick<SiteHost, "summary" | "fleets">,
  now: Date,
): HostState {
  const { newest, usualGapSeconds } = summary;
  const failed = fleets[0] === undefined ? null : failureIn(fleets[0], newest);
  if (failed !== null) return failed;
  if (newest === null) return { kind: "no-night" };
  const silentSeconds = (now.getTime() - Date.parse(newest.startedAt)) / 1000;
  // A night that has not come yet tells nothing of now, nor which of the earlier ones is the newest.
  if (silentSeconds < 0) return { kind: "ahead", startedAt: newest.startedAt };
  if (silentSeconds > Math.max(LEAST_SILENCE_SECONDS, SILENT_GAPS * (usualGapSeconds ?? 0))) {
    return { kind: "silent", since: newest.startedAt };
  }
  return newestState(newest, summary);
}

/** A host that gave no whole result, nor any since, is not known to be as it was before. */
function failureIn(
  { state, fleet: { startedAt } }: Membership,
  newest: RunName | null,
): HostState | null {
  const isMissing = STATE_FACES[state].kind === "missing";
  if (!isMissing || (newest !== null && newest.startedAt > startedAt)) return null;
  return { kind: "failed", state, startedAt };
}

function newestState(
  newest: RunName,
  { nights, events, suspects, hasPredecessor }: HostSummary,
): HostState {
  const recent = eventsIn(newest, events);
  if (recent.length > 0) return { kind: "changed", events: recent };
  if (suspects.claims.length + suspects.series.length > 0) return { kind: "suspect", suspects };
  if (hasPredecessor && nights < FEW_NIGHTS) return { kind: "new-hardware", nights };
  return { kind: nights === 1 ? "first-night" : "no-change" };
}

/** A host with its summary. */
export interface SiteHost {
  readonly machine: Machine;
  readonly summary: HostSummary;
  /** Key of the machine that took its name with other hardware; null for none. */
  readonly successor: string | null;
  /** The fleets with a page that it was in, the newest first. */
  readonly fleets: readonly Membership[];
}
