/**
 * ping: a request becomes arguments, its summary becomes a typed record.
 *
 * Source: the manuals of iputils' ping (versions s20121221 to 20240905) and of busybox's, and what
 * they print.
 *
 * @module
 */
import { Problem } from "../../problem.ts";

/** One request after another, each sent as soon as the last one is answered (`-f`, root only). */
export interface PingRequest {
  readonly address: string;
  readonly count: number;
  /** Ends it although fewer than `count` were sent. */
  readonly mostSeconds: number;
}

/** What one process measured. */
export interface PingRecord {
  readonly transmitted: number;
  readonly received: number;
  /** From the first request to the last answer; null where ping does not tell (busybox). */
  readonly elapsedSeconds: number | null;
  readonly minSeconds: number;
  readonly meanSeconds: number;
  readonly maxSeconds: number;
  /** Null where ping does not tell. */
  readonly deviationSeconds: number | null;
}

/** ping's times are given to a microsecond, and cut off there. */
const RESOLUTION_SECONDS = 1e-6;
/** A busy machine begins to time a command so long after it has begun. */
const CLOCK_SLACK_SECONDS = 0.2;
/** Where no answer comes for this long, another request is sent (`-f`). */
const FLOOD_SECONDS = 0.01;

export function pingArguments({ address, count, mostSeconds }: PingRequest): string[] {
  return ["-n", "-q", "-f", "-c", `${count}`, "-w", `${mostSeconds}`, address];
}

/**
 * Reads the summary.
 *
 * @throws {Problem} where there is none, where something else than answers came, or none of them
 */
export function parsePing(stdout: string): PingRecord {
  const counts =
    /^(\d+) packets transmitted, (\d+) (?:packets )?received,(.*?) ([\d.]+)% packet loss(?:, time (\d+)ms)?/m
      .exec(stdout);
  if (counts === null) throw unreadable("there is no summary", stdout);
  const [, transmitted, received, others = "", , elapsed] = counts;
  if (others.trim() !== "") throw unreadable(`it tells of ${others.trim()}`, counts[0]);
  if (received === "0") throw unreadable("no answer came", counts[0]);
  const times = /^(?:rtt|round-trip) min\/avg\/max(?:\/(?:mdev|stddev))? = ([\d.\/]+) ms/m
    .exec(stdout)?.[1];
  const seconds = (times ?? "").split("/").map((part) => milliseconds(part, stdout));
  const [minSeconds, meanSeconds, maxSeconds, deviationSeconds = null] = seconds;
  if (minSeconds === undefined || meanSeconds === undefined || maxSeconds === undefined) {
    throw unreadable("there are no times", stdout);
  }
  return {
    transmitted: Number(transmitted),
    received: Number(received),
    elapsedSeconds: elapsed === undefined ? null : Number(elapsed) / 1000,
    minSeconds,
    meanSeconds,
    maxSeconds,
    deviationSeconds,
  };
}

/**
 * The mean time from one request to the next, which is sent when the answer has come: to a part in
 * hundreds, where ping's own mean is cut off at a microsecond.
 *
 * @throws {Problem} where ping does not tell how long it took in all
 */
export function meanTurnSeconds({ elapsedSeconds, received }: PingRecord): number {
  if (elapsedSeconds !== null) return elapsedSeconds / received;
  throw new Problem({
    action: "read ping's output",
    condition: "it does not tell how long it took in all",
    cure: "Install iputils-ping.",
  });
}

/** Why a record cannot be what a network did, or null. A request may be under way at the end. */
export function implausiblePing(
  record: PingRecord,
  request: PingRequest,
  wallSeconds: number,
): string | null {
  const { transmitted, received, minSeconds, meanSeconds, maxSeconds, elapsedSeconds } = record;
  const lost = transmitted - received;
  const ended = transmitted < request.count;
  if (lost < 0 || lost > (ended ? 1 : 0)) return `${received} answers to ${transmitted} requests`;
  if (transmitted > request.count) return `${transmitted} requests of ${request.count}`;
  if (minSeconds > meanSeconds || meanSeconds > maxSeconds) {
    return `a mean of ${meanSeconds} s between ${minSeconds} s and ${maxSeconds} s`;
  }
  if (elapsedSeconds === null) return null;
  if (elapsedSeconds === 0) return "it took no time";
  if (elapsedSeconds > wallSeconds + CLOCK_SLACK_SECONDS) {
    return `it counted ${elapsedSeconds} s within ${wallSeconds} s of wall clock`;
  }
  const turn = elapsedSeconds / received;
  return meanSeconds > turn + RESOLUTION_SECONDS && meanSeconds < FLOOD_SECONDS
    ? `a mean of ${meanSeconds} s where each turn took ${turn} s: several were under way at once`
    : null;
}

function milliseconds(text: string, stdout: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value)) return value / 1000;
  throw unreadable("there are no times", stdout);
}

function unreadable(condition: string, seen: string): Problem {
  return new Problem({
    action: "read ping's output",
    condition,
    seen,
    cure: "Run the same command by hand.",
  });
}
