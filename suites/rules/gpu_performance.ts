/**
 * The rules that read a claim about a GPU as "this arm lies in this band", or "this figure lies
 * between these bounds". `suites/gpu/` says what each workload does.
 *
 * @module
 */
import type { Band } from "../result.ts";
import {
  type AcrossPart,
  type FasterPart,
  inBand,
  type LevelPart,
  measured,
  observes,
  type Part,
  type RatioRange,
} from "./rule.ts";

const COPIES = ["host-to-device", "device-to-host"] as const;
const TRANSFERS = [...COPIES, "on-device"] as const;
const COMPUTE = ["matrix-product", "n-body"] as const;
const LAUNCH = ["launch"] as const;
const VICTIM = ["n-body"] as const;
/** What WebGPU and CUDA both do: copies to and from the device, and one matrix product. */
const WEBGPU_WORK = [...COPIES, "matrix-product"] as const;

function across(
  experiment: AcrossPart["experiment"],
  band: Band,
  workloads: readonly string[],
): AcrossPart {
  return { kind: "across", experiment, band, workloads };
}

function level(
  experiment: LevelPart["experiment"],
  workloads: readonly string[],
  bounds: Partial<LevelPart> & Pick<LevelPart, "atLeast">,
): LevelPart {
  const common = { below: null, of: null, gpus: "any", needsBareMetal: false } as const;
  return { kind: "level", experiment, workloads, ...common, ...bounds };
}

const transferInBand = (arm: string, band: Band) =>
  inBand("gpu-transfer", { arm, band, workloads: TRANSFERS });
const computeInBand = (arm: string, band: Band) =>
  inBand("gpu-compute", { arm, band, workloads: COMPUTE });
const webgpuInBand = (band: Band, workloads: readonly string[]) =>
  inBand("webgpu-performance", { arm: "webgpu", band, workloads });
const besideInBand = (arm: string, band: RatioRange) =>
  inBand("contention", { arm, band, workloads: VICTIM });
const contends = (arm: string): Part => ({ ...besideInBand(arm, "high"), holds: "outside" });

/** GPU 性能, by paradigm. */
export const GPU_PERFORMANCE = {
  vm: measured(
    "medium: copies and compute in this guest, which has a vGPU or a GPU passed through, lie in the medium band of the same GPU on bare metal",
    observes("gpu-guest/has-gpu"),
    across("gpu-transfer", "medium", TRANSFERS),
    across("gpu-compute", "medium", COMPUTE),
  ),
  container: measured(
    "high: copies and compute in a container lie in the high band of native",
    transferInBand("container", "high"),
    computeInBand("container", "high"),
  ),
  sandbox: measured(
    "low: copies and a matrix product through WebGPU lie in the low band of CUDA's, natively",
    webgpuInBand("low", WEBGPU_WORK),
  ),
};

/** 08.4.1 names the devices and not the paradigms. */
export const GPU_DEVICE_PERFORMANCE = {
  physical: measured(
    "high: the physical GPU is the reference itself: on bare metal and on a whole GPU, a second native run reaches the high band of the first",
    observes("gpu-samples/alone"),
    { ...transferInBand("native-again", "high"), needsBareMetal: true },
    { ...computeInBand("native-again", "high"), needsBareMetal: true },
  ),
  virtual: measured(
    "medium: copies and compute on this guest's vGPU lie in the medium band of the same GPU on bare metal",
    observes("gpu-guest/has-vgpu"),
    across("gpu-transfer", "medium", TRANSFERS),
    across("gpu-compute", "medium", COMPUTE),
  ),
  logical: GPU_PERFORMANCE.container,
};

/** The GPU's part of rows that speak of GPU and IO: overhead words are the inverse of the bands. */
export const GPU_GUEST_OVERHEAD: Part = across("gpu-transfer", "low", TRANSFERS);
export const GPU_CONTAINER_OVERHEAD: Part = transferInBand("container", "high");
export const WEBGPU_OVERHEAD: Part = webgpuInBand("medium", WEBGPU_WORK);

export const GPU_GUEST_LATENCY: Part = across("gpu-latency", "medium", LAUNCH);
export const GPU_CONTAINER_LATENCY: Part = inBand("gpu-latency", {
  arm: "container",
  band: "high",
  workloads: LAUNCH,
});
export const WEBGPU_LATENCY: Part = webgpuInBand("medium", LAUNCH);

/** About half of the GPU: what two that take turns get, each. */
const ABOUT_HALF = { atLeast: 0.35, below: 0.65 };
export const CONTAINERS_TAKE_TURNS: Part = besideInBand("container-beside", ABOUT_HALF);
export const BARE_KEEPS: Part = {
  ...besideInBand("bare-beside", "high"),
  needsBareMetal: true,
};
export const PARTITION_KEEPS: Part = inBand("mig-contention", {
  arm: "mig-beside",
  band: "high",
  workloads: VICTIM,
});
export const ALONE_KEEPS: Part = besideInBand("native-again", "high");
export const BARE_CONTENDS = contends("bare-beside");
export const CONTAINERS_CONTEND = contends("container-beside");
/** One alone does more than two that take turns do together in as long a time: switching costs. */
export const SWITCHING_COSTS: FasterPart = {
  kind: "faster",
  experiment: "contention",
  arm: "bare-long",
  than: ["bare-both"],
  workloads: VICTIM,
};

/** The figures that the samples' details hold, see `suites/gpu/transfer_cases.ts`. */
const LINK = "linkBytesPerSecond";
const PCIE = "pcieBytesPerSecond";
const NVLINK = "nvlinkBytesPerSecond";

/** A link's figures never exceed its capacity: such a sample has failed. */
const HALF_OF = (of: string): Pick<LevelPart, "atLeast" | "of"> => ({ atLeast: 0.5, of });
export const COPIES_FILL_LINK: Part = level("gpu-transfer", COPIES, HALF_OF(LINK));
export const ONE_GPU_FILLS_LINK: Part = level("gpu-transfer", COPIES, {
  ...HALF_OF(LINK),
  gpus: "one",
  needsBareMetal: true,
});
export const PEERS_EXCEED_PCIE: Part = level("gpu-transfer", ["peer"], {
  atLeast: 1,
  of: PCIE,
  gpus: "several",
  needsBareMetal: true,
});
export const PEERS_FILL_NVLINK: Part = level("gpu-transfer", ["peer-both-ways"], {
  ...HALF_OF(NVLINK),
  gpus: "several",
});
/** Rounded to whole microseconds: 1 or 2. Where no known PCIe link is read over, it is not measured. */
export const READ_TAKES_1_TO_2_MICROSECONDS: Part = level("gpu-latency", ["host-read"], {
  atLeast: 0.5e-6,
  below: 2.5e-6,
  needsBareMetal: true,
});
