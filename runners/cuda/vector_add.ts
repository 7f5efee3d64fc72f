/**
 * vectorAdd: the smallest work that shows that a GPU computes, checked on the host.
 *
 * Source: the CUDA samples' `0_Introduction/vectorAdd/vectorAdd.cu`, versions 8 to 13.
 *
 * @module
 */
import { type CudaRun, refuseCudaFailure, unreadable, wholeLines } from "./cuda_run.ts";

export interface VectorAddRecord {
  /** False where an element was wrong. */
  readonly passed: boolean;
}

/**
 * Reads the output of one run.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, or the output is not whole
 */
export function parseVectorAdd(run: CudaRun): VectorAddRecord {
  refuseCudaFailure("vectorAdd", run);
  if (/^Result verification failed at element \d+/m.test(run.stderr)) return { passed: false };
  if (run.status === 0 && /^Test PASSED$/m.test(wholeLines(run))) return { passed: true };
  throw unreadable("vectorAdd", 'it does not say "Test PASSED"', run);
}
