/**
 * The rules that read a claim as "this arm lies in this band", each named once and used by every row
 * that makes the same claim.
 *
 * @module
 */
import { inBand, measured, type Rule } from "./rule.ts";
import {
  GPU_CONTAINER_LATENCY,
  GPU_CONTAINER_OVERHEAD,
  GPU_GUEST_LATENCY,
  GPU_GUEST_OVERHEAD,
  WEBGPU_LATENCY,
  WEBGPU_OVERHEAD,
} from "./gpu_performance.ts";

/** Storage workloads by what they are judged for; `suites/storage/storage_cases.ts` says what each does. */
const THROUGHPUT = ["seq-read", "seq-write", "rand-read", "rand-write"] as const;
const LATENCY = ["rand-read-latency"] as const;
export const STORAGE = [...THROUGHPUT, ...LATENCY] as const;
const SANDBOX = ["seq-read", "rand-read"] as const;
const SANDBOX_LATENCY = ["rand-read"] as const;
const NETWORK = ["throughput", "round-trip"] as const;
const NETWORK_LATENCY = ["round-trip"] as const;

export const CONTAINER_HIGH = measured(
  "fio in a container reaches the high band of native on each of four throughput workloads",
  inBand("storage", { arm: "container", band: "high", workloads: THROUGHPUT }),
);

export const VM_MEDIUM = measured(
  "fio in a guest on virtio-blk lies in the medium band of native on each of four throughput workloads",
  inBand("storage", { arm: "vm-virtio", band: "medium", workloads: THROUGHPUT }),
);

const SANDBOX_LOW = measured(
  "buffered reads of a WASI module lie in the low band of the same program run natively, sequential and random",
  inBand("sandbox-storage", { arm: "sandbox", band: "low", workloads: SANDBOX }),
);

export const PHYSICAL_HIGH = measured(
  "the physical device is the reference itself: natively, on bare metal, a second native run reaches the high band of the first",
  {
    ...inBand("storage", { arm: "native-again", band: "high", workloads: THROUGHPUT }),
    needsBareMetal: true,
  },
);

export const DIRECT_LOW_OVERHEAD = measured(
  "low overhead is the high band: fio through the host's driver from a container, on every workload",
  inBand("storage", { arm: "container", band: "high", workloads: STORAGE }),
);

export const VIRTUALIZED_MEDIUM_OVERHEAD = measured(
  "medium overhead is the medium band: fio in a guest on virtio-blk, on every workload",
  inBand("storage", { arm: "vm-virtio", band: "medium", workloads: STORAGE }),
);

export const PASSTHROUGH_HIGH = measured(
  "no overhead is the high band: fio in a guest on the device by VFIO, on every workload",
  inBand("passthrough-storage", { arm: "vm-passthrough", band: "high", workloads: STORAGE }),
);

/** Overhead words are the inverse of the bands; these rows speak of GPU, network and storage. */
export const STACK_OVERHEAD: Readonly<Record<string, Rule>> = {
  vm: measured(
    "high overhead is the low band, for storage (fio on virtio-blk), network (virtio-net) and GPU",
    inBand("storage", { arm: "vm-virtio", band: "low", workloads: STORAGE }),
    inBand("network", { arm: "vm-virtio", band: "low", workloads: NETWORK }),
    GPU_GUEST_OVERHEAD,
  ),
  container: measured(
    "low overhead is the high band, for storage (fio), network (Docker's bridge) and GPU",
    inBand("storage", { arm: "container", band: "high", workloads: STORAGE }),
    inBand("network", { arm: "container", band: "high", workloads: NETWORK }),
    GPU_CONTAINER_OVERHEAD,
  ),
  sandbox: measured(
    "medium overhead is the medium band, for storage (buffered reads of a WASI module) and GPU (WebGPU)",
    inBand("sandbox-storage", { arm: "sandbox", band: "medium", workloads: SANDBOX }),
    WEBGPU_OVERHEAD,
  ),
};

export const MIXED_LATENCY: Readonly<Record<string, Rule>> = {
  vm: measured(
    "medium latency is the medium band of native/arm, for random 4 KiB reads at iodepth 1, round trips and GPU launches",
    inBand("storage", { arm: "vm-virtio", band: "medium", workloads: LATENCY }),
    inBand("network", { arm: "vm-virtio", band: "medium", workloads: NETWORK_LATENCY }),
    GPU_GUEST_LATENCY,
  ),
  container: measured(
    "low latency is the high band of native/arm, for random 4 KiB reads at iodepth 1, round trips and GPU launches",
    inBand("storage", { arm: "container", band: "high", workloads: LATENCY }),
    inBand("network", { arm: "container", band: "high", workloads: NETWORK_LATENCY }),
    GPU_CONTAINER_LATENCY,
  ),
  sandbox: measured(
    "medium latency is the medium band of native/arm, for one random read at a time and WebGPU launches",
    inBand("sandbox-storage", { arm: "sandbox", band: "medium", workloads: SANDBOX_LATENCY }),
    WEBGPU_LATENCY,
  ),
};

export const IO_PERFORMANCE = { vm: VM_MEDIUM, container: CONTAINER_HIGH, sandbox: SANDBOX_LOW };
