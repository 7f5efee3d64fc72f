/**
 * The experiment `gpu-compute`: a matrix product and n-body, two of the CUDA samples.
 *
 * @module
 */
import type { CudaRun } from "../../runners/cuda/cuda_run.ts";
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import { nbodyArguments, parseNbody } from "../../runners/cuda/nbody.ts";
import type { Places } from "../places.ts";
import type { PairedPlan } from "../paired.ts";
import type { Ceilings } from "./ceilings.ts";
import {
  type CudaFigures,
  type CudaWorkload,
  type GpuExperimentOptions,
  prepareCudaExperiment,
} from "./cuda_experiment.ts";

/** Rows of the square matrices; WebGPU multiplies the same. */
export const MATRIX_SIZE = 1024;
export const BODIES = 65_536;
/** So long that neither the clocks' rise nor a turn of another process shows. */
const RUN_SECONDS = 0.3;
/** What n-body reaches of a GPU's arithmetic, about, and what a GPU does where it does not tell. */
const USUAL_SHARE = 0.5;
const USUAL_FLOPS_PER_SECOND = 2e13;
const ITERATIONS = { least: 10, most: 2000 };
/** By the sample's own convention. */
const OPERATIONS_PER_PAIR = 20;
const PRODUCTS = 300;
/** Clocks are rounded, and so are the ceilings that are made of them. */
const ROUNDING = 1.01;

/** The matrix product of the CUDA samples, in 300 launches of which it tells the mean. */
export const MATRIX_PRODUCT: CudaWorkload = {
  name: "matrix-product",
  title: `product of two matrices of ${MATRIX_SIZE} rows, single precision`,
  unit: "1/s",
  better: "larger",
  program: "matrixMul",
  args: () => matrixMulArguments({ size: MATRIX_SIZE }),
  figuresOf: (run, ceilings) => {
    const { flopsPerSecond, secondsPerProduct, passed } = parseMatrixMul(run);
    const doubt = passed ? null : "the sample found its own results wrong";
    const timedSeconds = PRODUCTS * secondsPerProduct;
    const found = figures({ flopsPerSecond, secondsPerProduct }, ceilings, doubt);
    return { ...found, timedSeconds };
  },
};

/** The all-pairs n-body sample, in operations as it counts them (20 for each pair). */
export const N_BODY: CudaWorkload = {
  name: "n-body",
  title: `n-body of ${BODIES} bodies, single precision`,
  unit: "1/s",
  better: "larger",
  program: "nbody",
  args: (ceilings) => nbodyArguments({ bodies: BODIES, iterations: nbodyIterations(ceilings) }),
  figuresOf: nbodyFigures,
};

/** As many as take about {@linkcode RUN_SECONDS}. */
export function nbodyIterations(
  { flopsPerSecond }: Pick<Ceilings, "flopsPerSecond">,
): number {
  const rate = USUAL_SHARE * (flopsPerSecond ?? USUAL_FLOPS_PER_SECOND);
  const iterations = Math.round(RUN_SECONDS * rate / (OPERATIONS_PER_PAIR * BODIES ** 2));
  return Math.min(ITERATIONS.most, Math.max(ITERATIONS.least, iterations));
}

/** Reads what n-body printed. */
export function nbodyFigures(
  run: CudaRun,
  ceilings: Pick<Ceilings, "flopsPerSecond">,
): CudaFigures {
  const { flopsPerSecond, seconds } = parseNbody(run);
  return { ...figures({ flopsPerSecond, seconds }, ceilings, null), timedSeconds: seconds };
}

/** Prepares the experiment `gpu-compute`. */
export function prepareGpuCompute(
  places: Places,
  options: GpuExperimentOptions,
): Promise<PairedPlan> {
  const experiment = {
    name: "gpu-compute",
    title: "CUDA samples, in operations per second",
    workloads: [MATRIX_PRODUCT, N_BODY],
  };
  return prepareCudaExperiment(places, experiment, options);
}

function figures(
  details: { readonly flopsPerSecond: number } & Readonly<Record<string, number>>,
  { flopsPerSecond: ceiling }: Pick<Ceilings, "flopsPerSecond">,
  doubt: string | null,
): CudaFigures {
  const { flopsPerSecond: value } = details;
  const impossible = ceiling !== null && value > ceiling * ROUNDING
    ? `${value} operations per second are more than the ${ceiling} that can be`
    : null;
  const known = ceiling === null ? {} : { ceiling };
  return { value, details: { ...details, ...known }, doubt: doubt ?? impossible };
}
