/**
 * concurrentKernels: several kernels of the same length, each in a stream of its own. Where they run
 * at once, all take as long as one.
 *
 * Source: the CUDA samples' `0_Introduction/concurrentKernels/concurrentKernels.cu`, versions 8 to
 * 12.5, the last to have it.
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

export interface ConcurrentKernelsRequest {
  /** The sample takes 8 where nothing is said. */
  readonly kernels: number;
}

export interface ConcurrentKernelsRecord {
  /** Whether the kernels ran as long as they should have. */
  readonly passed: boolean;
  readonly kernels: number;
  /** What they would take one after the other, computed from the clock. */
  readonly serialSeconds: number;
  /** What they would take if all ran at once, computed from the clock. */
  readonly concurrentSeconds: number;
  /** Printed to a millisecond: 0 where they took less, as on an ARM host, whose kernels are short. */
  readonly measuredSeconds: number;
  /** False where the device itself says that it runs one kernel at a time. */
  readonly supported: boolean;
}

const SUMMARY =
  /^Expected time for serial execution of (\d+) kernels = ([\d.]+)s\nExpected time for concurrent execution of \1 kernels = ([\d.]+)s\nMeasured time for sample = ([\d.]+)s$/m;

export function concurrentKernelsArguments({ kernels }: ConcurrentKernelsRequest): string[] {
  return [`-nkernels=${kernels}`];
}

/**
 * Reads the output of one run.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, or the output is not whole
 */
export function parseConcurrentKernels(run: CudaRun): ConcurrentKernelsRecord {
  refuseCudaFailure("concurrentKernels", run);
  const text = wholeLines(run);
  const summary = SUMMARY.exec(text);
  const result = /^Test (passed|failed!)$/m.exec(text)?.[1];
  if (summary === null || result === undefined) {
    throw unreadable("concurrentKernels", "it tells no result", run);
  }
  const passed = result === "passed";
  if (passed && run.status !== 0) {
    throw unreadable("concurrentKernels", "it passed and failed", run);
  }
  const serialSeconds = positiveOrNull(summary[2]);
  const concurrentSeconds = positiveOrNull(summary[3]);
  const measuredSeconds = Number(summary[4]);
  if (serialSeconds === null || concurrentSeconds === null || !Number.isFinite(measuredSeconds)) {
    throw unreadable("concurrentKernels", "a time is nothing", run);
  }
  const supported = !text.includes("GPU does not support concurrent kernel execution");
  const kernels = Number(summary[1]);
  return { passed, kernels, serialSeconds, concurrentSeconds, measuredSeconds, supported };
}
