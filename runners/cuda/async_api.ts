/**
 * asyncAPI: one copy to the GPU, a kernel and a copy back, while the processor goes on.
 *
 * Source: the CUDA samples' `0_Introduction/asyncAPI/asyncAPI.cu`, versions 8 to 13.
 *
 * @module
 */
import { type CudaRun, refuseCudaFailure, unreadable, wholeLines } from "./cuda_run.ts";

export interface AsyncApiRecord {
  /** Whether every element was right. */
  readonly passed: boolean;
  /** From the first copy's start to the last one's end. */
  readonly gpuSeconds: number;
  /** How long the processor was held by the calls that asked for the work. */
  readonly cpuSecondsInCalls: number;
  /** How often the processor looked in vain whether the GPU was ready: 0 shows no overlap. */
  readonly cpuIterations: number;
}

/**
 * Reads the output of one run. The sample prints no verdict: its status is one.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, or the output is not whole
 */
export function parseAsyncApi(run: CudaRun): AsyncApiRecord {
  refuseCudaFailure("asyncAPI", run);
  const figures =
    /^time spent executing by the GPU: ([\d.]+)\ntime spent by CPU in CUDA calls: ([\d.]+)\nCPU executed (\d+) iterations while waiting for GPU to finish$/m
      .exec(wholeLines(run));
  if (figures === null) throw unreadable("asyncAPI", "it tells no times", run);
  const wrong = /^Error! data\[\d+\] = /m.test(run.stdout);
  if (!wrong && run.status !== 0) throw unreadable("asyncAPI", "it failed without a word", run);
  const gpuSeconds = secondsOf(figures[1]);
  const cpuSecondsInCalls = secondsOf(figures[2]);
  if (!(gpuSeconds > 0) || !(cpuSecondsInCalls >= 0)) {
    throw unreadable("asyncAPI", "it tells no times", run);
  }
  return { passed: !wrong, gpuSeconds, cpuSecondsInCalls, cpuIterations: Number(figures[3]) };
}

/** From milliseconds, without binary digits that the sample did not print. */
function secondsOf(milliseconds: string | undefined): number {
  return Number((Number(milliseconds) / 1000).toPrecision(12));
}
