/**
 * simpleStreams: a kernel and a copy of its result, one after the other and overlapped in streams.
 *
 * Source: the CUDA samples' `0_Introduction/simpleStreams/simpleStreams.cu`, versions 8 to 13.
 *
 * @module
 */
import {
  type CudaRun,
  positiveOrNull,
  refuseCudaFailure,
  unreadable,
  wholeLines,
} from "./cuda_run.ts";
import type { Problem } from "../../problem.ts";

export interface SimpleStreamsRecord {
  /** Whether every element was right. */
  readonly passed: boolean;
  /** One copy of 64 MiB to the host. */
  readonly copySeconds: number;
  /** One kernel over the whole array. */
  readonly kernelSeconds: number;
  /** Kernel and copy, one after the other. */
  readonly unstreamedSeconds: number;
  /** The same work in `streams` parts, each in a stream of its own. */
  readonly streamedSeconds: number;
  readonly streams: number;
}

const SUMMARY =
  /^memcopy:\t([\d.]+)\nkernel:\t\t([\d.]+)\nnon-streamed:\t([\d.]+)\n(\d+) streams:\t([\d.]+)\n-{9,}$/m;

/**
 * Reads the output of one run. The sample prints no verdict: its status is one.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, or the output is not whole
 */
export function parseSimpleStreams(run: CudaRun): SimpleStreamsRecord {
  refuseCudaFailure("simpleStreams", run);
  const text = wholeLines(run);
  const summary = SUMMARY.exec(text);
  if (summary === null) throw unreadable("simpleStreams", "it tells no times", run);
  const wrong = /^\d+: -?\d+ -?\d+$/m.test(text.slice(summary.index));
  if (!wrong && run.status !== 0) {
    throw unreadable("simpleStreams", "it failed without a word", run);
  }
  const copySeconds = positiveOrNull(summary[1], 1e-3);
  const kernelSeconds = positiveOrNull(summary[2], 1e-3);
  const unstreamedSeconds = positiveOrNull(summary[3], 1e-3);
  const streamedSeconds = positiveOrNull(summary[5], 1e-3);
  if (copySeconds === null || kernelSeconds === null) throw noTimes(run);
  if (unstreamedSeconds === null || streamedSeconds === null) throw noTimes(run);
  const streams = Number(summary[4]);
  const passed = !wrong;
  return { passed, copySeconds, kernelSeconds, unstreamedSeconds, streamedSeconds, streams };
}

function noTimes(run: CudaRun): Problem {
  return unreadable("simpleStreams", "a time is nothing", run);
}
