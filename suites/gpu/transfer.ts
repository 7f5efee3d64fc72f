/**
 * The experiment `gpu-transfer`: nvbandwidth's copies between host, device and peers. nvbandwidth tells
 * a median of its own and keeps no samples, so each sample is a process of its own.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { CudaRun } from "../../runners/cuda/cuda_run.ts";
import { nvbandwidthArguments, parseNvbandwidth } from "../../runners/cuda/nvbandwidth.ts";
import type { Places } from "../places.ts";
import type { PairedPlan } from "../paired.ts";
import { type Ceilings, linkDetails } from "./ceilings.ts";
import {
  type CudaFigures,
  type CudaWorkload,
  type GpuExperimentOptions,
  prepareCudaExperiment,
} from "./cuda_experiment.ts";

/** Less than nvbandwidth's own 512, to take less time: enough for a link, and for a memory with caches. */
export const LINK_MEBIBYTES = 64;
const MEMORY_MEBIBYTES = 256;
/** A copy within a device reads and writes each byte. */
const READ_AND_WRITE = 2;
/** Clocks are rounded, and so are the ceilings that are made of them. */
const ROUNDING = 1.01;

/** What bounds a test case, from the ceilings. */
interface Bound {
  readonly ceiling: number | null;
  readonly details: Readonly<Record<string, number>>;
}

/** A test case of nvbandwidth as a workload. */
function copy(
  name: string,
  { title, testcase, bufferMebibytes = MEMORY_MEBIBYTES, peers = false, bound }: {
    readonly title: string;
    readonly testcase: string;
    readonly bufferMebibytes?: number;
    readonly peers?: boolean;
    readonly bound: (ceilings: Ceilings, figure: number) => Bound;
  },
): CudaWorkload {
  return {
    name,
    title,
    unit: "B/s",
    better: "larger",
    program: "nvbandwidth",
    args: () => nvbandwidthArguments({ testcase, bufferMebibytes }),
    peers,
    figuresOf: (run, ceilings) => {
      const value = figureOf(run, testcase, "bytes per second");
      const { ceiling, details } = bound(ceilings, value);
      return figures(value, { ceiling, details });
    },
  };
}

/** A figure with its bound, doubted where it exceeds that. */
function figures(value: number, { ceiling, details }: Bound): CudaFigures {
  const doubt = ceiling !== null && value > ceiling * ROUNDING
    ? `${value} B/s are more than the ${ceiling} B/s that can be`
    : null;
  const known = ceiling === null ? {} : { ceiling };
  // nvbandwidth prints six digits, of which honest runs share four.
  return { value, details: { bytesPerSecond: value, ...known, ...details }, doubt, coarse: true };
}

const overLink = (ceilings: Ceilings, figure: number): Bound => (
  { ceiling: ceilings.linkBytesPerSecond, details: linkDetails(ceilings, figure) }
);

const withinMemory = ({ memoryBytesPerSecond: memory }: Ceilings): Bound => (
  { ceiling: memory === null ? null : memory / READ_AND_WRITE, details: {} }
);

/** What the pair's NVLinks carry, else its PCIe; where the topology does not tell which, nothing is known. */
const betweenPeers =
  (directions: number) => ({ peer, linkBytesPerSecond: pcie }: Ceilings): Bound => {
    const { joinedBy = null, nvlink = null } = peer ?? {};
    const one = joinedBy === "pcie" ? pcie : nvlink?.bytesPerSecond ?? null;
    const share = nvlink?.known ? nvlink.bytesPerSecond * directions : null;
    return {
      ceiling: one === null ? null : one * directions,
      details: {
        ...share === null ? {} : { nvlinkBytesPerSecond: share },
        ...pcie === null ? {} : { pcieBytesPerSecond: pcie * directions },
      },
    };
  };

export const TRANSFER_WORKLOADS: readonly CudaWorkload[] = [
  copy("host-to-device", {
    title: "copy from pinned host memory to the device, by a copy engine",
    testcase: "host_to_device_memcpy_ce",
    bufferMebibytes: LINK_MEBIBYTES,
    bound: overLink,
  }),
  copy("device-to-host", {
    title: "copy from the device to pinned host memory, by a copy engine",
    testcase: "device_to_host_memcpy_ce",
    bufferMebibytes: LINK_MEBIBYTES,
    bound: overLink,
  }),
  copy("on-device", {
    title: "copy within the device's memory",
    testcase: "device_local_copy",
    bound: withinMemory,
  }),
  copy("peer", {
    title: "copy from one device to another",
    testcase: "device_to_device_memcpy_read_ce",
    peers: true,
    bound: betweenPeers(1),
  }),
  copy("peer-both-ways", {
    title: "copies between two devices in both directions at once",
    testcase: "device_to_device_bidirectional_memcpy_read_ce",
    peers: true,
    bound: betweenPeers(2),
  }),
];

/** Prepares the experiment `gpu-transfer`. */
export function prepareGpuTransfer(
  places: Places,
  options: GpuExperimentOptions,
): Promise<PairedPlan> {
  const experiment = {
    name: "gpu-transfer",
    title: "nvbandwidth's copies, each process a sample",
    workloads: TRANSFER_WORKLOADS,
  };
  return prepareCudaExperiment(places, experiment, options);
}

/**
 * The figure of a test case: of its only cell, or the mean of the pairs of different devices.
 *
 * @throws {Problem} where the case did not pass: nvbandwidth exits with 0 all the same
 */
export function figureOf(
  run: CudaRun,
  testcase: string,
  unit: "bytes per second" | "seconds",
): number {
  const { testcases, error } = parseNvbandwidth(run);
  const found = testcases.find(({ name }) => name === testcase);
  const cells = found?.matrix.flat().filter((cell) => cell !== null) ?? [];
  if (error === null && found?.status === "passed" && found.unit === unit && cells.length > 0) {
    return cells.reduce((sum, cell) => sum + cell, 0) / cells.length;
  }
  throw new Problem({
    action: `measure ${testcase}`,
    condition: `nvbandwidth says: ${found?.status ?? "nothing of it"}`,
    seen: error ?? found?.because ?? "no figure",
    cure: `Run nvbandwidth -t ${testcase} by hand.`,
  });
}
