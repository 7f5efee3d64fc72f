/**
 * nbody: the gravity of every body on every other, as a benchmark of arithmetic.
 *
 * Source: the CUDA samples' `5_Domain_Specific/nbody/nbody.cpp`, versions 8 to 13. The rate counts 20
 * operations for each pair (30 in double precision), by the sample's own convention.
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

export type Precision = "single" | "double";

export interface NbodyRequest {
  /** The sample rounds it up to a multiple of 256. */
  readonly bodies: number;
  /** The sample does 10 where nothing is said. */
  readonly iterations?: number;
  readonly precision?: Precision;
}

export interface NbodyRecord {
  readonly bodies: number;
  readonly iterations: number;
  /** For all iterations. */
  readonly seconds: number;
  readonly interactionsPerSecond: number;
  readonly flopsPerSecond: number;
  readonly precision: Precision;
}

export function nbodyArguments({ bodies, iterations, precision }: NbodyRequest): string[] {
  return [
    "-benchmark",
    `-numbodies=${bodies}`,
    ...(iterations === undefined ? [] : [`-i=${iterations}`]),
    ...(precision === "double" ? ["-fp64"] : []),
  ];
}

const SUMMARY =
  /^(\d+) bodies, total time for (\d+) iterations: ([\d.]+) ms\n= ([\d.]+) billion interactions per second\n= ([\d.]+) (single|double)-precision GFLOP\/s at \d+ flops per interaction$/m;

/**
 * Reads the output of one run with `-benchmark`.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where the output is not whole, contradicts itself, or is the processor's
 */
export function parseNbody(run: CudaRun): NbodyRecord {
  refuseCudaFailure("nbody", run);
  const text = wholeLines(run);
  const summary = SUMMARY.exec(text);
  if (summary === null || run.status !== 0) throw unreadable("nbody", "it tells no result", run);
  if (/^> Simulation with CPU/m.test(text)) {
    throw unreadable("nbody", "the processor did the work", run);
  }
  const [bodies, iterations] = [Number(summary[1]), Number(summary[2])];
  const seconds = positiveOrNull(summary[3], 1e-3);
  const interactionsPerSecond = positiveOrNull(summary[4], 1e9);
  const flopsPerSecond = positiveOrNull(summary[5], 1e9);
  if (seconds === null || interactionsPerSecond === null || flopsPerSecond === null) {
    throw unreadable("nbody", "it tells no rate", run);
  }
  const counted = bodies * bodies * iterations / seconds;
  // The time and the rate are both printed to three decimals of their units.
  const tolerance = 0.5e-6 / seconds + 0.5e6 / interactionsPerSecond + 1e-4;
  if (Math.abs(counted / interactionsPerSecond - 1) > tolerance) {
    throw unreadable("nbody", "its time and its rate contradict each other", run);
  }
  const precision = summary[6] === "double" ? "double" : "single";
  return { bodies, iterations, seconds, interactionsPerSecond, flopsPerSecond, precision };
}
