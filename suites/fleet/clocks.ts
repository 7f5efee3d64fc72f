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

/** What clocks are held against. */
export interface ClockContext {
  readonly now: Date;
  /** When most of the results began; null where they did not begin together. */
  readonly usual: Date | null;
}

/** When most of the results began that ran live; null where they lie far apart. */
export function usualStart(digests: readonly HostDigest[]): Date | null {
  const starts = digests.filter(isLive).map(({ told }) => Date.parse(told.startedAt))
    .filter(Number.isFinite).sort((one, other) => one - other);
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
  const none = times.find((time) => Number.isNaN(Date.parse(time)));
  if (none !== undefined) return `It tells a time that is none: "${none}".`;
  if (window !== null) return outside(times, window);
  return inTheFuture(times, now) ?? ofAnotherTime(startedAt, usual);
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
