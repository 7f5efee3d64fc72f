/**
 * fio: a request becomes arguments, fio's JSON becomes a typed record.
 *
 * Source: the fio manual (`man fio`, "JSON output"), versions 3.16 to 3.40.
 *
 * @module
 */
import { Problem } from "../problem.ts";

/** The oldest fio whose JSON is known to hold every field read here. */
export const FIO_MINIMUM_VERSION = "3.16";

/** Ten times what the fastest arrays of PCIe devices carry. */
const MOST_BYTES_PER_SECOND = 1e12;

/** One fio job: one access pattern on one file or device. */
export interface FioRequest {
  readonly name: string;
  readonly filename: string;
  readonly pattern: "read" | "write" | "randread" | "randwrite";
  readonly blockSizeBytes: number;
  readonly iodepth: number;
  /** The part of the file that is used, from its start. */
  readonly sizeBytes: number;
  readonly runtimeSeconds: number;
  /** Seed of the access pattern: the same seed gives the same offsets in every arm. */
  readonly seed: number;
}

/** What fio measured in one process. */
export interface FioRecord {
  readonly version: string;
  readonly direction: "read" | "write";
  /** The job's options as fio repeats them; empty where it does not. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly operations: number;
  readonly bytes: number;
  readonly runtimeSeconds: number;
  readonly bandwidthBytesPerSecond: number;
  readonly iops: number;
  /** From submission to completion (`lat_ns`). */
  readonly latencyMeanSeconds: number;
  readonly latencyMaxSeconds: number;
  /** Completion latency percentiles; null where fio printed none. */
  readonly latencyMedianSeconds: number | null;
  readonly latencyP99Seconds: number | null;
}

/** fio's arguments for `request`: direct, asynchronous IO for a fixed time, JSON on stdout. */
export function fioArguments(request: FioRequest): string[] {
  return [
    `--name=${request.name}`,
    `--filename=${escapeFilename(request.filename)}`,
    `--rw=${request.pattern}`,
    `--bs=${request.blockSizeBytes}`,
    `--iodepth=${request.iodepth}`,
    `--size=${request.sizeBytes}`,
    `--runtime=${Math.round(request.runtimeSeconds * 1000)}ms`,
    "--time_based=1",
    "--ioengine=libaio",
    "--direct=1",
    "--norandommap=1",
    `--randseed=${request.seed}`,
    // A container may not invalidate the host's page cache, and fio says so on stdout.
    "--invalidate=0",
    "--allow_file_create=0",
    "--disk_util=0",
    "--percentile_list=50:99",
    "--eta=never",
    "--output-format=json",
  ];
}

/** fio's arguments to write `sizeBytes` of incompressible data to `filename`, once. */
export function fioLayoutArguments(filename: string, sizeBytes: number): string[] {
  return [
    "--name=layout",
    `--filename=${escapeFilename(filename)}`,
    "--rw=write",
    "--bs=1048576",
    `--size=${sizeBytes}`,
    "--iodepth=8",
    "--ioengine=libaio",
    "--direct=1",
    "--refill_buffers=1",
    "--end_fsync=1",
    "--eta=never",
    "--output-format=json",
  ];
}

/**
 * Reads fio's JSON, also where fio printed notes around it.
 *
 * @throws {Problem} if there is no such JSON, the job failed, or a field is missing or impossible.
 */
export function parseFio(stdout: string): FioRecord {
  const output = asRecord(parseJson(stdout), "the output");
  const jobs = output["jobs"];
  if (!Array.isArray(jobs) || jobs.length !== 1) throw unreadable("not exactly one job", stdout);
  const job = asRecord(jobs[0], "jobs[0]");
  if (job["error"] !== 0) throw unreadable(`the job's error is ${String(job["error"])}`, stdout);
  const [direction, side] = busySide(job, stdout);
  const percentiles = percentilesOf(side);
  return {
    version: String(output["fio version"] ?? "unknown").replace(/^fio-/, ""),
    direction,
    options: asRecord(job["job options"] ?? {}, "job options"),
    operations: number(side, "total_ios"),
    bytes: number(side, "io_bytes"),
    runtimeSeconds: number(side, "runtime") / 1000,
    bandwidthBytesPerSecond: number(side, "bw_bytes"),
    iops: number(side, "iops"),
    latencyMeanSeconds: number(asRecord(side["lat_ns"], "lat_ns"), "mean") / 1e9,
    latencyMaxSeconds: number(asRecord(side["lat_ns"], "lat_ns"), "max") / 1e9,
    latencyMedianSeconds: percentiles("50.000000"),
    latencyP99Seconds: percentiles("99.000000"),
  };
}

/**
 * Why a record cannot be what the device did, or null if nothing speaks against it.
 *
 * Little's law: IOPS times mean latency is the mean number of requests in flight, which the depth
 * bounds (J. D. C. Little, "A Proof for the Queuing Formula L = λW", 1961).
 */
export function implausible(
  record: FioRecord,
  request: FioRequest,
  wallSeconds: number,
): string | null {
  const other = otherJob(record, request);
  if (other !== null) return other;
  const inFlight = record.iops * record.latencyMeanSeconds;
  const expectedBytes = record.operations * request.blockSizeBytes;
  if (record.operations === 0) return "no operation completed";
  if (record.bytes !== expectedBytes) {
    return `${record.bytes} bytes in ${record.operations} operations of ${request.blockSizeBytes} bytes`;
  }
  if (inFlight > request.iodepth * 1.1) {
    return `${inFlight.toFixed(1)} requests in flight at iodepth ${request.iodepth} (Little's law)`;
  }
  if (record.runtimeSeconds > wallSeconds) {
    return `fio counted ${record.runtimeSeconds} s within ${
      wallSeconds.toFixed(3)
    } s of wall clock`;
  }
  if (record.runtimeSeconds < request.runtimeSeconds * 0.8) {
    return `it ran for ${record.runtimeSeconds} s of ${request.runtimeSeconds} s`;
  }
  const counted = record.bytes / record.runtimeSeconds;
  if (Math.abs(counted / record.bandwidthBytesPerSecond - 1) > 0.05) {
    return `a bandwidth of ${record.bandwidthBytesPerSecond} B/s where bytes over time give ${
      Math.round(counted)
    } B/s`;
  }
  const rate = record.operations / record.runtimeSeconds;
  if (!(Math.abs(record.iops / rate - 1) <= 0.05)) {
    return `${record.iops} operations a second where operations over time give ${rate}`;
  }
  if (record.latencyMeanSeconds === 0) return "a mean latency of 0 s";
  if (record.bandwidthBytesPerSecond > MOST_BYTES_PER_SECOND) {
    return `${record.bandwidthBytesPerSecond} B/s, which no storage device carries`;
  }
  return null;
}

/** How the job that fio says it ran differs from the one asked for (an old output, a wrapper). */
function otherJob({ direction, options }: FioRecord, request: FioRequest): string | null {
  const asked = request.pattern.endsWith("write") ? "write" : "read";
  if (direction !== asked) return `it did ${direction} operations where ${asked} was asked for`;
  const expected = {
    filename: escapeFilename(request.filename),
    rw: request.pattern,
    bs: `${request.blockSizeBytes}`,
    iodepth: `${request.iodepth}`,
    size: `${request.sizeBytes}`,
    randseed: `${request.seed}`,
    direct: "1",
  };
  const differing = Object.entries(expected).find(([name, value]) =>
    options[name] !== undefined && options[name] !== value
  );
  if (differing === undefined) return null;
  const [name, value] = differing;
  return `fio ran another job: ${name} ${String(options[name])} instead of ${value}`;
}

/** fio splits a file name at colons unless they are escaped. */
function escapeFilename(filename: string): string {
  return filename.replaceAll("\\", "\\\\").replaceAll(":", "\\:");
}

function parseJson(stdout: string): unknown {
  const start = /^\{/m.exec(stdout)?.index;
  const end = stdout.lastIndexOf("\n}");
  if (start === undefined || end < start) throw unreadable("no JSON object", stdout);
  try {
    return JSON.parse(stdout.slice(start, end + 2));
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : "bad JSON", stdout);
  }
}

function busySide(
  job: Readonly<Record<string, unknown>>,
  stdout: string,
): readonly ["read" | "write", Readonly<Record<string, unknown>>] {
  const sides = (["read", "write"] as const).map((name) =>
    [name, asRecord(job[name], name)] as const
  );
  const busy = sides.filter(([, side]) => number(side, "total_ios") > 0);
  const [only] = busy;
  if (only === undefined || busy.length > 1) {
    throw unreadable(`${busy.length} directions with completed operations instead of 1`, stdout);
  }
  return only;
}

function percentilesOf(
  side: Readonly<Record<string, unknown>>,
): (name: string) => number | null {
  const completion = asRecord(side["clat_ns"], "clat_ns");
  const table = completion["percentile"];
  return (name) => {
    const value = typeof table === "object" && table !== null
      ? (table as Record<string, unknown>)[name]
      : undefined;
    return typeof value === "number" ? value / 1e9 : null;
  };
}

function asRecord(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unreadable(`${name} is not an object`, JSON.stringify(value) ?? "nothing");
  }
  return value as Record<string, unknown>;
}

function number(record: Readonly<Record<string, unknown>>, name: string): number {
  const value = record[name];
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw unreadable(`"${name}" is not a number of 0 or more`, JSON.stringify(value) ?? "nothing");
  }
  return value;
}

function unreadable(condition: string, seen: string): Problem {
  return new Problem({
    action: "read fio's output",
    condition,
    seen,
    cure: `fio ${FIO_MINIMUM_VERSION} to 3.40 is understood; run the same command by hand.`,
  });
}
