/**
 * The workloads of `gpu-transfer` as tables: nvbandwidth's test cases or, where it is missing, what older
 * samples of CUDA tell of the same copies, less accurately. Each program tells a median or mean of its
 * own and keeps no samples, so each sample is a process of its own.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import {
  bandwidthTestArguments,
  type BandwidthTestRecord,
  parseBandwidthTest,
} from "../../runners/cuda/bandwidth_sample.ts";
import type { CudaProgram } from "../../runners/cuda/cuda_programs.ts";
import type { CudaRun } from "../../runners/cuda/cuda_run.ts";
import { nvbandwidthArguments, parseNvbandwidth } from "../../runners/cuda/nvbandwidth.ts";
import { parseP2pBandwidth } from "../../runners/cuda/p2p_bandwidth.ts";
import type { PeerMatrix } from "../../runners/cuda/peer_matrix.ts";
import { type Ceilings, linkDetails } from "./ceilings.ts";
import type { CudaFigures, CudaWorkload } from "./cuda_experiment.ts";

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

/** A figure with its bound, doubted where it exceeds that. */
function figures(value: number, { ceiling, details }: Bound): CudaFigures {
  const doubt = ceiling !== null && value > ceiling * ROUNDING
    ? `${value} B/s are more than the ${ceiling} B/s that can be`
    : null;
  const known = ceiling === null ? {} : { ceiling };
  // The programs print a few digits, of which honest runs share most.
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

/** A copy, and what tells of it. */
interface Copy {
  readonly name: string;
  readonly title: string;
  readonly bound: (ceilings: Ceilings, figure: number) => Bound;
  readonly peers: boolean;
  readonly nvbandwidth: { readonly testcase: string; readonly bufferMebibytes: number };
  readonly sample: Sample;
}

/** A sample that tells of the same copy, in bytes per second. */
interface Sample {
  readonly program: CudaProgram;
  readonly args: readonly string[];
  readonly read: (run: CudaRun) => number;
}

const bandwidthTest = (read: (record: BandwidthTestRecord) => number): Sample => ({
  program: "bandwidthTest",
  args: bandwidthTestArguments(),
  read: (run) => read(parseBandwidthTest(run)),
});

const p2pBandwidth = (direction: "unidirectional" | "bidirectional"): Sample => ({
  program: "p2pBandwidthLatencyTest",
  args: [],
  read: (run) => meanOfPairs(parseP2pBandwidth(run)[direction].enabled),
});

const COPIES: readonly Copy[] = [
  {
    name: "host-to-device",
    title: "copy from pinned host memory to the device, by a copy engine",
    bound: overLink,
    peers: false,
    nvbandwidth: { testcase: "host_to_device_memcpy_ce", bufferMebibytes: LINK_MEBIBYTES },
    sample: bandwidthTest(({ hostToDevice }) => hostToDevice.bandwidthBytesPerSecond),
  },
  {
    name: "device-to-host",
    title: "copy from the device to pinned host memory, by a copy engine",
    bound: overLink,
    peers: false,
    nvbandwidth: { testcase: "device_to_host_memcpy_ce", bufferMebibytes: LINK_MEBIBYTES },
    sample: bandwidthTest(({ deviceToHost }) => deviceToHost.bandwidthBytesPerSecond),
  },
  {
    name: "on-device",
    title: "copy within the device's memory",
    bound: withinMemory,
    peers: false,
    nvbandwidth: { testcase: "device_local_copy", bufferMebibytes: MEMORY_MEBIBYTES },
    // It counts what is read and what is written.
    sample: bandwidthTest(({ deviceToDevice }) =>
      deviceToDevice.bandwidthBytesPerSecond / READ_AND_WRITE
    ),
  },
  {
    name: "peer",
    title: "copy from one device to another",
    bound: betweenPeers(1),
    peers: true,
    nvbandwidth: {
      testcase: "device_to_device_memcpy_read_ce",
      bufferMebibytes: MEMORY_MEBIBYTES,
    },
    sample: p2pBandwidth("unidirectional"),
  },
  {
    name: "peer-both-ways",
    title: "copies between two devices in both directions at once",
    bound: betweenPeers(2),
    peers: true,
    nvbandwidth: {
      testcase: "device_to_device_bidirectional_memcpy_read_ce",
      bufferMebibytes: MEMORY_MEBIBYTES,
    },
    sample: p2pBandwidth("bidirectional"),
  },
];

/** The copies by nvbandwidth. */
export const NVBANDWIDTH_COPIES: readonly CudaWorkload[] = COPIES.map((copy) => {
  const { testcase } = copy.nvbandwidth;
  return {
    ...workloadOf(copy, (run) => figureOf(run, testcase, "bytes per second")),
    program: "nvbandwidth",
    args: () => nvbandwidthArguments(copy.nvbandwidth),
  };
});

/** The same copies by samples of CUDA. */
const SAMPLE_COPIES: readonly CudaWorkload[] = COPIES.map((copy) => {
  const { program, args, read } = copy.sample;
  return { ...workloadOf(copy, read), program, args: () => args };
});

/** The copies by the best source that is here, and what that is. */
export function transferWorkloads(
  programs: Pick<ReadonlyMap<CudaProgram, string>, "has">,
): { readonly source: string; readonly workloads: readonly CudaWorkload[] } {
  const hasSamples = SAMPLE_COPIES.some(({ program }) => programs.has(program));
  return programs.has("nvbandwidth") || !hasSamples
    ? { source: "nvbandwidth's copies", workloads: NVBANDWIDTH_COPIES }
    : {
      source: "copies by CUDA's samples, less accurate than nvbandwidth, which is missing",
      workloads: SAMPLE_COPIES,
    };
}

function workloadOf(
  { name, title, peers, bound }: Copy,
  read: (run: CudaRun) => number,
): Omit<CudaWorkload, "program" | "args"> {
  return {
    name,
    title,
    unit: "B/s",
    better: "larger",
    peers,
    figuresOf: (run, ceilings) => {
      const value = read(run);
      return figures(value, bound(ceilings, value));
    },
  };
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
    return mean(cells);
  }
  throw new Problem({
    action: `measure ${testcase}`,
    condition: `nvbandwidth says: ${found?.status ?? "nothing of it"}`,
    seen: error ?? found?.because ?? "no figure",
    cure: `Run nvbandwidth -t ${testcase} by hand.`,
  });
}

/**
 * The mean of the pairs of different devices.
 *
 * @throws {Problem} where no pair is told of
 */
function meanOfPairs(matrix: PeerMatrix): number {
  const pairs = matrix.flatMap((row, from) =>
    row.filter((cell, to) => cell !== null && from !== to)
  );
  const known = pairs.filter((cell) => cell !== null);
  if (known.length > 0) return mean(known);
  throw new Problem({
    action: "measure copies between two GPUs",
    condition: "p2pBandwidthLatencyTest tells of no pair",
    cure: "Run p2pBandwidthLatencyTest by hand.",
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
