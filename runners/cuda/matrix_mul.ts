/**
 * matrixMul: a tiled product of two matrices in single precision, checked on the host.
 *
 * Source: the CUDA samples' `0_Introduction/matrixMul/matrixMul.cu`, versions 8 to 13. The sample
 * is no library's product: what it reaches says what a simple kernel reaches.
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

export interface MatrixMulRequest {
  /** Rows and columns of both matrices; a multiple of 32, the sample's tile. */
  readonly size: number;
}

export interface MatrixMulRecord {
  /** Whether every element was right, within the sample's own bound. */
  readonly passed: boolean;
  /** The mean of 300 products without a pause, as the GPU's events time them. */
  readonly flopsPerSecond: number;
  /** At small sizes this is the time of a launch, not of the arithmetic. */
  readonly secondsPerProduct: number;
  /** Floating-point operations of one product. */
  readonly operations: number;
  readonly matrixA: MatrixSize;
  readonly matrixB: MatrixSize;
}

export interface MatrixSize {
  readonly width: number;
  readonly height: number;
}

export function matrixMulArguments({ size }: MatrixMulRequest): string[] {
  return ["wA", "hA", "wB", "hB"].map((side) => `-${side}=${size}`);
}

/**
 * Reads the output of one run. The time of a product is taken from its operations and their rate,
 * because the time itself is printed to a microsecond only.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where the output is not whole, or contradicts itself
 */
export function parseMatrixMul(run: CudaRun): MatrixMulRecord {
  refuseCudaFailure("matrixMul", run);
  const text = wholeLines(run);
  const sizes = /^MatrixA\((\d+),(\d+)\), MatrixB\((\d+),(\d+)\)$/m.exec(text);
  const figures = /^Performance= ([\d.]+) GFlop\/s, Time= ([\d.]+) msec, Size= (\d+) Ops,/m.exec(
    text,
  );
  const result = /Result = (PASS|FAIL)$/m.exec(text)?.[1];
  if (sizes === null || figures === null || result === undefined) {
    throw unreadable("matrixMul", "it tells no result", run);
  }
  if (result === "PASS" && run.status !== 0) {
    throw unreadable("matrixMul", "it passed and failed", run);
  }
  const flopsPerSecond = positiveOrNull(figures[1], 1e9);
  const operations = positiveOrNull(figures[3]);
  if (flopsPerSecond === null || operations === null) {
    throw unreadable("matrixMul", "it tells no rate", run);
  }
  const matrixA = { width: Number(sizes[1]), height: Number(sizes[2]) };
  const matrixB = { width: Number(sizes[3]), height: Number(sizes[4]) };
  const secondsPerProduct = operations / flopsPerSecond;
  const record = { flopsPerSecond, secondsPerProduct, operations, matrixA, matrixB };
  const contradiction = contradictionOf(record, Number(figures[2]) / 1000);
  if (contradiction !== null) throw unreadable("matrixMul", contradiction, run);
  return { passed: result === "PASS", ...record };
}

/** Half of the last digit that is printed of the time and of the rate. */
const TIME_ROUNDING_SECONDS = 0.5e-6;
const RATE_ROUNDING_PER_SECOND = 0.005e9;

function contradictionOf(record: Omit<MatrixMulRecord, "passed">, seconds: number): string | null {
  const { operations, matrixA, matrixB, secondsPerProduct, flopsPerSecond } = record;
  if (operations !== 2 * matrixA.width * matrixA.height * matrixB.width) {
    return `${operations} operations are not those of a product of these matrices`;
  }
  // The sample computes in single precision, whose numbers have seven digits.
  const rounding = RATE_ROUNDING_PER_SECOND / (flopsPerSecond - RATE_ROUNDING_PER_SECOND) + 1e-5;
  const tolerance = TIME_ROUNDING_SECONDS * 1.01 + secondsPerProduct * rounding;
  return Math.abs(seconds - secondsPerProduct) > tolerance
    ? `its time of ${Number((seconds * 1e3).toPrecision(9))} ms and its rate of ${
      Number((flopsPerSecond / 1e9).toPrecision(9))
    } GFLOP/s contradict each other`
    : null;
}
