/**
 * The experiment `gpu-latency`: how soon one launch follows another, and how long the GPU waits for a
 * read of host memory.
 *
 * @module
 */
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import { nvbandwidthArguments } from "../../runners/cuda/nvbandwidth.ts";
import type { Places } from "../places.ts";
import type { PairedPlan } from "../paired.ts";
import {
  type CudaWorkload,
  type GpuExperimentOptions,
  prepareCudaExperiment,
} from "./cuda_experiment.ts";
import { figureOf } from "./transfer_cases.ts";

/** So small that a product takes no longer than its launch; the sample's tile is 32. */
export const TINY_MATRIX = 32;
const HOST_READ = "host_device_latency_sm";

/** The time from one launch to the next, without a pause: 300 products of tiny matrices. */
export const LAUNCH: CudaWorkload = {
  name: "launch",
  title: "from one kernel launch to the next",
  unit: "s",
  better: "smaller",
  program: "matrixMul",
  args: () => matrixMulArguments({ size: TINY_MATRIX }),
  figuresOf: (run) => {
    const { secondsPerProduct, flopsPerSecond, passed } = parseMatrixMul(run);
    const doubt = passed ? null : "the sample found its own results wrong";
    const details = { secondsPerProduct, flopsPerSecond };
    // Of so short a product the sample prints four digits at most.
    return { value: secondsPerProduct, details, doubt, coarse: true };
  },
};

const WORKLOADS: readonly CudaWorkload[] = [
  LAUNCH,
  {
    name: "host-read",
    title: "a kernel's read of pinned host memory, one after the other",
    unit: "s",
    better: "smaller",
    program: "nvbandwidth",
    overPcie: true,
    args: () => nvbandwidthArguments({ testcase: HOST_READ }),
    figuresOf: (run) => {
      const seconds = figureOf(run, HOST_READ, "seconds");
      return { value: seconds, details: { latencySeconds: seconds }, doubt: null, coarse: true };
    },
  },
];

/** Prepares the experiment `gpu-latency`. */
export function prepareGpuLatency(
  places: Places,
  options: GpuExperimentOptions,
): Promise<PairedPlan> {
  const title = "launches, and reads of host memory";
  return prepareCudaExperiment(
    places,
    { name: "gpu-latency", title, workloads: WORKLOADS },
    options,
  );
}
