/**
 * Whether the clocks of hosts can be right, by what their results say of when they ran.
 *
 * @module
 */
import type { TimeWindow } from "./arrival.ts";
import type { HostDigest } from "./digest.ts";

/** As far as clocks that nobody looks after may differ. */
const TOLERANCE_SECONDS = 5 * 60;
/** Within so much of the median, most results are those of one fleet. */
const TOGETHER_SECONDS = 6 * 3600;
/** Farther than this from it, a result is of another time. */
const APART_SECONDS = 12 * 3600;
/** So long before its fleet a result was begun that no clock but a wrong one explains. */
const LONG_BEFORE_SECONDS = 24 * 3600;

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What clocks are held against. */
export interface ClockContext {
  readonly now: Date;
  /** When most of the results began; null where they did not begin together. */
  readonly usual: Date | null;
}

/** A time of ISO 8601 that names its zone, in milliseconds since 1970; null for any other text. */
export function isoTime(text: string): number | null {
  const time = ISO_8601.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** When most of the results began that ran live; null where they lie far apart. */
export function usualStart(digests: readonly HostDigest[]): Date | null {
  const starts = digests.filter(isLive).flatMap(({ told }) => isoTime(told.startedAt) ?? [])
    .sort((one, other) => one - other);
  const middle = starts[Math.floor((starts.length - 1) / 2)];
  if (middle === undefined) return null;
  const near = starts.filter((start) => Math.abs(start - middle) <= TOGETHER_SECONDS * 1000);
  return 2 * near.length > starts.length ? new Date(middle) : null;
}

/** What is wrong with the times that a result tells, as a sentence; null for nothing. */
export function clockFault(
  digest: HostDigest,
  { window, now, usual }: ClockContext & { readonly window: TimeWindow | null },
): string | null {
  // A dry run tells the times of what it replays.
  if (!isLive(digest)) return null;
  const { startedAt, endedAt } = digest.told;
  const times = [startedAt, ...(endedAt === null ? [] : [endedAt])];
  const none = times.find((time) => isoTime(time) === null);
  if (none !== undefined) return `It tells a time that is none: "${none}".`;
  if (endedAt !== null && secondsBetween(startedAt, new Date(endedAt)) < 0) {
    return `By its clock it ended at ${endedAt}, before it began at ${startedAt}.`;
  }
  if (window !== null) return wentBack(window) ?? outside(times, window);
  return inTheFuture(times, now) ?? ofAnotherTime(startedAt, usual);
}

/**
 * Why a result cannot be of the fleet that went on in `window`, as a sentence; null where it may be. A
 * node's clock may be wrong by years, and counts hours all the same: where its job told when it began, a
 * result is older than the fleet if the same clock puts it longer before that than the fleet went on.
 */
export function staleness(digest: HostDigest, window: TimeWindow | null): string | null {
  const { startedAt } = digest.told;
  if (window === null || !isLive(digest) || isoTime(startedAt) === null) return null;
  const { from, until, begun } = window;
  if (begun === null) {
    const earliest = hasGoneBack(window) ? until : from;
    return secondsBetween(startedAt, earliest) <= LONG_BEFORE_SECONDS ? null : `It was begun at ` +
      `${startedAt}, and the fleet at ${earliest.toISOString()}; its node told of no beginning ` +
      "that would show a wrong clock.";
  }
  return secondsBetween(startedAt, begun) <= longestSeconds(window) ? null : `By its node's own ` +
    `clock it was begun at ${startedAt}, and the fleet's job at ${begun.toISOString()}: longer ago ` +
    "than the fleet went on.";
}

/** Whether the clock of the login node was set back while a fleet went on. */
export function hasGoneBack({ from, until }: TimeWindow): boolean {
  return until < from;
}

/** As long as a fleet may have gone on at most; a clock that went back does not tell that. */
function longestSeconds(window: TimeWindow): number {
  if (hasGoneBack(window)) return LONG_BEFORE_SECONDS;
  return (window.until.getTime() - window.from.getTime()) / 1000 + TOLERANCE_SECONDS;
}

/** Such a clock shows no other one to be wrong. */
function wentBack(window: TimeWindow): string | null {
  if (!hasGoneBack(window)) return null;
  const { from, until } = window;
  return "The clock of the login node, which the times of hosts are held against, is wrong itself: " +
    `the fleet began at ${from.toISOString()} by it, and ended at ${until.toISOString()}.`;
}

function isLive({ ground }: HostDigest): boolean {
  return ground.kind === "live";
}

function outside(times: readonly string[], { from, until }: TimeWindow): string | null {
  const wrong = times.find((time) =>
    secondsBetween(time, from) > TOLERANCE_SECONDS ||
    -secondsBetween(time, until) > TOLERANCE_SECONDS
  );
  if (wrong === undefined) return null;
  return `By its clock it ran at ${wrong}; the fleet ran from ${from.toISOString()} to ` +
    `${until.toISOString()}.`;
}

function inTheFuture(times: readonly string[], now: Date): string | null {
  const wrong = times.find((time) => -secondsBetween(time, now) > TOLERANCE_SECONDS);
  if (wrong === undefined) return null;
  return `By its clock it ran at ${wrong}, which lies in the future: here it is ` +
    `${now.toISOString()}.`;
}

function ofAnotherTime(start: string, usual: Date | null): string | null {
  if (usual === null || Math.abs(secondsBetween(start, usual)) <= APART_SECONDS) return null;
  return `By its clock it began at ${start}, and most others about ${usual.toISOString()}: it is ` +
    "of another time, or its clock is wrong.";
}

/** From the first to the second; negative where the first is the later one. */
function secondsBetween(time: string, other: Date): number {
  return (other.getTime() - Date.parse(time)) / 1000;
}
