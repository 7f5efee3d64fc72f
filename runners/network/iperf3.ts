/**
 * iperf3: a request becomes arguments, its JSON becomes a typed record.
 *
 * Source: the iperf3 manual (`man iperf3`, "--json") and its own output, versions 3.1 to 3.17.
 *
 * @module
 */
import { Problem } from "../../problem.ts";

/** More than any link, and more than memory carries to one process. */
const MOST_BYTES_PER_SECOND = 1e12;
/** How far the rate may lie from bytes over time, and the test from its length. */
const TOLERANCE = 0.05;

/** A busy machine begins to time a command so long after it has begun. */
const CLOCK_SLACK_SECONDS = 0.2;

/** One TCP stream from here to a server. */
export interface Iperf3Request {
  readonly address: string;
  /** Whole seconds, for older versions take no others. */
  readonly seconds: number;
}

/** What one client measured. */
export interface Iperf3Record {
  /** Such as "3.12". */
  readonly version: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** How long the server received. */
  readonly seconds: number;
  /** What the server received in a second. */
  readonly bytesPerSecond: number;
  /** Null where the kernel does not count them. */
  readonly retransmits: number | null;
}

/**
 * iperf3's arguments. Reno is the congestion control that every Linux kernel has built in: kernels
 * differ in their default one, and a guest's kernel is another than the host's.
 */
export function iperf3Arguments({ address, seconds }: Iperf3Request): string[] {
  return ["-c", address, "-t", `${seconds}`, "-P", "1", "-C", "reno", "-J"];
}

/**
 * Reads iperf3's JSON, also where warnings stand around it.
 *
 * @throws {Problem} where there is none, the test failed, or a field is missing
 */
export function parseIperf3(stdout: string): Iperf3Record {
  const output = parseJson(stdout);
  const error = output["error"];
  if (error !== undefined) throw unreadable(`the test failed: ${String(error)}`, stdout);
  const start = fields(output["start"], "start");
  const end = fields(output["end"], "end");
  const sent = fields(end["sum_sent"], "end.sum_sent");
  const received = fields(end["sum_received"], "end.sum_received");
  const retransmits = sent["retransmits"];
  return {
    version: String(start["version"] ?? "unknown").replace(/^iperf /, ""),
    sentBytes: number(sent, "bytes"),
    receivedBytes: number(received, "bytes"),
    seconds: number(received, "seconds"),
    bytesPerSecond: number(received, "bits_per_second") / 8,
    retransmits: typeof retransmits === "number" ? retransmits : null,
  };
}

/** Why a record cannot be what a network did, or null. */
export function implausibleIperf3(
  record: Iperf3Record,
  request: Iperf3Request,
  wallSeconds: number,
): string | null {
  const { sentBytes, receivedBytes, seconds, bytesPerSecond } = record;
  if (receivedBytes === 0 || bytesPerSecond === 0) return "nothing was received";
  if (receivedBytes > sentBytes) return `${receivedBytes} bytes received of ${sentBytes} sent`;
  if (seconds > wallSeconds + CLOCK_SLACK_SECONDS) {
    return `it counted ${seconds} s within ${wallSeconds} s of wall clock`;
  }
  if (seconds < request.seconds * (1 - TOLERANCE)) {
    return `it ran for ${seconds} s of ${request.seconds} s`;
  }
  const counted = receivedBytes / seconds;
  if (Math.abs(counted / bytesPerSecond - 1) > TOLERANCE) {
    return `a rate of ${bytesPerSecond} B/s where bytes over time give ${Math.round(counted)} B/s`;
  }
  return bytesPerSecond > MOST_BYTES_PER_SECOND
    ? `${bytesPerSecond} B/s, which no network carries`
    : null;
}

function parseJson(stdout: string): Readonly<Record<string, unknown>> {
  const start = /^\{/m.exec(stdout)?.index;
  const end = stdout.lastIndexOf("}");
  if (start === undefined || end < start) throw unreadable("no JSON object", stdout);
  try {
    return fields(JSON.parse(stdout.slice(start, end + 1)), "the output");
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable("its JSON is damaged or cut off", stdout.slice(-200));
  }
}

function fields(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw unreadable(`${name} is not an object`, JSON.stringify(value) ?? "nothing");
}

function number(record: Readonly<Record<string, unknown>>, name: string): number {
  const value = record[name];
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw unreadable(`"${name}" is not a number of 0 or more`, JSON.stringify(value) ?? "nothing");
}

function unreadable(condition: string, seen: string): Problem {
  return new Problem({
    action: "read iperf3's output",
    condition,
    seen,
    cure: "iperf3 3.1 to 3.17 is understood; run the same command by hand.",
  });
}
