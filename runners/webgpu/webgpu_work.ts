/**
 * Work through Deno's WebGPU, timed and checked: `programs/webgpu_work.js`, run without any
 * permission by the Deno that cellproof runs on.
 *
 * Deno looks only every 10 ms whether submitted work is done, so each repeat does the same work again
 * and again until such a wait is a small part of it.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import program from "../programs/webgpu_work.js" with { type: "text" };
import { confinedProgram } from "./confined_deno.ts";
import { Section } from "./webgpu_section.ts";
import { type AdapterInfo, readAdapter } from "./webgpu_view.ts";

export const WEBGPU_OPERATIONS = ["product", "copy", "upload", "download", "launch"] as const;
export type WebgpuOperation = typeof WEBGPU_OPERATIONS[number];

/** One process that does one thing again and again. */
export interface WebgpuWorkRequest {
  readonly operation: WebgpuOperation;
  /**
   * Rows of the square matrices of a product or a launch, a multiple of 32; bytes of the others, a
   * multiple of 8.
   */
  readonly size: number;
  /** Timed repeats, after some that warm up. */
  readonly repeats: number;
  /** A repeat holds as many dispatches as take this long; {@linkcode REPEAT_SECONDS} when absent. */
  readonly repeatSeconds?: number;
}

/** What one process measured. */
export interface WebgpuWorkRecord {
  readonly adapter: AdapterInfo;
  readonly operation: WebgpuOperation;
  readonly size: number;
  readonly repeats: number;
  /** Floating-point operations (2·N³) of one product, bytes of one copy. */
  readonly workPerDispatch: number;
  /** Dispatches, or copies, of one repeat. */
  readonly batch: number;
  /** An empty submit until the runtime tells that it is done: nothing shorter can be timed. */
  readonly waitSeconds: number;
  /**
   * One per repeat, by the wall clock: from the submit of a whole batch until all of it is done. Of a
   * launch: from one submit to the next, without waiting.
   */
  readonly seconds: readonly number[];
  /** Of a launch, one per repeat: from one submit until it is done; empty of the others. */
  readonly completionSeconds: readonly number[];
  /** Every element that was checked after the last repeat is right. */
  readonly correct: boolean;
  /**
   * Of a product: the largest difference from the same in float64, over the root mean square of its
   * elements. Null of copies, which are compared bit for bit.
   */
  readonly largestRelativeError: number | null;
  /** Elements of a product, bytes of a copy. */
  readonly checkedElements: number;
  /** The identity times a matrix gave it exactly; what was copied is what was written. */
  readonly knownRight: boolean;
  /** The same check passes with the rows in another order, or before the copy: it checks nothing. */
  readonly anotherRight: boolean;
  /** The median repeat, divided by its batch. */
  readonly secondsPerDispatch: number;
  /** Of a copy, an upload or a download; null of the others. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Of a product; null of the others. */
  readonly flopsPerSecond: number | null;
  /** Of a launch: from one submit to the next; null of the others. */
  readonly secondsPerLaunch: number | null;
  /** Of a launch: from a submit until it is done; null of the others. */
  readonly secondsPerCompletion: number | null;
}

/** Twenty times what Deno waits between two looks. */
export const REPEAT_SECONDS = 0.25;
/** A repeat that takes less than so many waits was not timed well enough. */
const FEWEST_WAITS = 10;
/** A driver that hangs is given up after this long. */
export const WORK_SECONDS = 120;
/** The process begins before its command is timed, and clocks differ. */
const CLOCK_SLACK_SECONDS = 0.2;
/** Above what any single device does: its float32 units, its memory, and the link to it. */
const MOST_PER_SECOND: Readonly<Record<WebgpuOperation, number>> = {
  product: 3e14,
  copy: 1e13,
  upload: 1e12,
  download: 1e12,
  launch: 3e14,
};

export function webgpuWorkArguments(request: WebgpuWorkRequest): string[] {
  const { operation, size, repeats, repeatSeconds = REPEAT_SECONDS } = request;
  return ["work", operation, `${size}`, `${repeats}`, `${repeatSeconds}`];
}

/** Runs it once; `printedBy` and {@linkcode parseWebgpuWork} read what it printed. */
export function runWebgpuWork(host: Host, request: WebgpuWorkRequest): Promise<CommandResult> {
  const confined = confinedProgram(program, webgpuWorkArguments(request));
  return host.run({ ...confined, timeoutSeconds: WORK_SECONDS });
}

/**
 * Reads the record.
 *
 * @throws {Problem} where it is anything else, or where the program met an error
 */
export function parseWebgpuWork(stdout: string): WebgpuWorkRecord {
  const document = Section.parse(stdout);
  const measured = {
    ...readWork(document),
    ...readTimes(document),
    ...readChecks(document),
  };
  return { ...measured, ...ratesOf(measured) };
}

type Rates = Pick<
  WebgpuWorkRecord,
  | "secondsPerDispatch"
  | "bandwidthBytesPerSecond"
  | "flopsPerSecond"
  | "secondsPerLaunch"
  | "secondsPerCompletion"
>;
type Measured = Omit<WebgpuWorkRecord, keyof Rates>;

function readWork(document: Section): Pick<
  Measured,
  "adapter" | "operation" | "size" | "repeats" | "workPerDispatch" | "batch"
> {
  return {
    adapter: readAdapter(document) ?? document.missing("adapter"),
    operation: WEBGPU_OPERATIONS.find((name) => name === document.text("operation")) ??
      document.missing("operation"),
    size: document.count("size"),
    repeats: document.count("repeats"),
    workPerDispatch: document.count("workPerDispatch"),
    batch: document.count("batch"),
  };
}

function readTimes(
  document: Section,
): Pick<Measured, "waitSeconds" | "seconds" | "completionSeconds"> {
  return {
    waitSeconds: document.quantity("waitSeconds"),
    seconds: document.quantities("seconds"),
    completionSeconds: document.isNull("completionSeconds")
      ? []
      : document.quantities("completionSeconds"),
  };
}

function readChecks(document: Section): Pick<
  Measured,
  "correct" | "largestRelativeError" | "checkedElements" | "knownRight" | "anotherRight"
> {
  return {
    correct: document.flag("correct"),
    largestRelativeError: document.isNull("largestRelativeError")
      ? null
      : document.quantity("largestRelativeError"),
    checkedElements: document.count("checkedElements"),
    knownRight: document.flag("knownRight"),
    anotherRight: document.flag("anotherRight"),
  };
}

function ratesOf(
  { operation, workPerDispatch, batch, seconds, completionSeconds }: Measured,
): Rates {
  const secondsPerDispatch = median(seconds) / batch;
  const isLaunch = operation === "launch";
  const isProduct = operation === "product";
  const workPerSecond = workPerDispatch / secondsPerDispatch;
  return {
    secondsPerDispatch,
    bandwidthBytesPerSecond: isLaunch || isProduct ? null : workPerSecond,
    flopsPerSecond: isProduct ? workPerSecond : null,
    secondsPerLaunch: isLaunch ? secondsPerDispatch : null,
    secondsPerCompletion: isLaunch ? median(completionSeconds) : null,
  };
}

/** NaN of nothing, which no check of a figure lets pass. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = NaN, high = NaN] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return (low + high) / 2;
}

/** Why a record cannot be what a device did in `wallSeconds`, or null. */
export function implausibleWebgpuWork(
  record: WebgpuWorkRecord,
  request: WebgpuWorkRequest,
  wallSeconds: number,
): string | null {
  return otherWork(record, request) ?? uncheckedWork(record) ??
    impossibleTimes(record, wallSeconds);
}

function otherWork(record: WebgpuWorkRecord, request: WebgpuWorkRequest): string | null {
  const { operation, size, repeats, workPerDispatch } = record;
  const asked = `${request.operation} ${request.size} ${request.repeats}`;
  if (asked !== `${operation} ${size} ${repeats}`) {
    return `it did ${operation} ${size} ${repeats} where ${asked} was asked for`;
  }
  const ofMatrices = operation === "product" || operation === "launch";
  const work = ofMatrices ? 2 * size ** 3 : size;
  return work === workPerDispatch ? null : `a work of ${workPerDispatch} where it is ${work}`;
}

function uncheckedWork(record: WebgpuWorkRecord): string | null {
  const { correct, checkedElements, largestRelativeError, knownRight, anotherRight } = record;
  if (checkedElements === 0) return "no element was checked";
  if (!correct) {
    const error = largestRelativeError === null ? "" : ` (relative error ${largestRelativeError})`;
    return `its result is wrong${error}`;
  }
  if (!knownRight) return "a result that is known came out otherwise";
  return anotherRight ? "its check lets another result pass" : null;
}

function impossibleTimes(record: WebgpuWorkRecord, wallSeconds: number): string | null {
  const { operation, seconds, completionSeconds, repeats, batch, waitSeconds } = record;
  const launches = operation === "launch" ? repeats : 0;
  if (batch < 1 || repeats < 1) return `${repeats} repeats of ${batch} dispatches`;
  if (seconds.length !== repeats || completionSeconds.length !== launches) {
    return `${seconds.length} and ${completionSeconds.length} times of ${repeats} repeats`;
  }
  const times = [...seconds, ...completionSeconds];
  if (times.some((time) => time <= 0)) return "a repeat took no time";
  const sum = times.reduce((total, time) => total + time, 0);
  if (sum > wallSeconds + CLOCK_SLACK_SECONDS) {
    return `its repeats took ${sum} s within ${wallSeconds} s of wall clock`;
  }
  const perSecond = record.workPerDispatch / record.secondsPerDispatch;
  const most = MOST_PER_SECOND[operation];
  if (perSecond > most) return `a work of ${perSecond} a second, where no device does ${most}`;
  const shortest = Math.min(...seconds);
  return operation !== "launch" && shortest < FEWEST_WAITS * waitSeconds
    ? `a repeat of ${shortest} s, where the runtime looks only every ${waitSeconds} s`
    : null;
}
