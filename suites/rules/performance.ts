/**
 * The rules that read a claim as "this arm lies in this band", each named once and used by every row
 * that makes the same claim.
 *
 * @module
 */
import type { PerformanceRule, Rule } from "./rule.ts";

/** Storage workloads by what they are judged for; `suites/storage.ts` says what each does. */
export const THROUGHPUT = ["seq-read", "seq-write", "rand-read", "rand-write"] as const;
const LATENCY = ["rand-read-latency"] as const;
export const STORAGE = [...THROUGHPUT, ...LATENCY] as const;
const SANDBOX = ["seq-read", "rand-read"] as const;
const SANDBOX_LATENCY = ["rand-read"] as const;

/** A performance rule; what is not given is the common case. */
export function performance(
  rule: Omit<PerformanceRule, "kind" | "alsoAwaits" | "needsBareMetal"> & Partial<PerformanceRule>,
): Rule {
  return { alsoAwaits: [], needsBareMetal: false, ...rule, kind: "performance" };
}

export const CONTAINER_HIGH = performance({
  experiment: "storage",
  arm: "container",
  band: "high",
  workloads: THROUGHPUT,
  reading:
    "fio in a container reaches the high band of native on each of four throughput workloads",
});

export const VM_MEDIUM = performance({
  experiment: "storage",
  arm: "vm-virtio",
  band: "medium",
  workloads: THROUGHPUT,
  reading:
    "fio in a guest on virtio-blk lies in the medium band of native on each of four throughput workloads",
});

const SANDBOX_LOW = performance({
  experiment: "sandbox-storage",
  arm: "sandbox",
  band: "low",
  workloads: SANDBOX,
  reading:
    "buffered reads of a WASI module lie in the low band of the same program run natively, sequential and random",
});

export const DIRECT_LOW_OVERHEAD = performance({
  experiment: "storage",
  arm: "container",
  band: "high",
  workloads: STORAGE,
  reading:
    "low overhead is the high band: fio through the host's driver from a container, on every workload",
});

/** Overhead words are the inverse of the bands; these rows speak of GPU, network and storage. */
export const STACK_OVERHEAD: Readonly<Record<string, Rule>> = {
  vm: performance({
    experiment: "storage",
    arm: "vm-virtio",
    band: "low",
    workloads: STORAGE,
    reading: "high overhead is the low band; storage part: fio in a guest on virtio-blk",
    alsoAwaits: ["network", "gpu-transfer"],
  }),
  container: performance({
    experiment: "storage",
    arm: "container",
    band: "high",
    workloads: STORAGE,
    reading: "low overhead is the high band; storage part: fio in a container",
    alsoAwaits: ["network", "gpu-transfer"],
  }),
  sandbox: performance({
    experiment: "sandbox-storage",
    arm: "sandbox",
    band: "medium",
    workloads: SANDBOX,
    reading: "medium overhead is the medium band; storage part: buffered reads of a WASI module",
    alsoAwaits: ["webgpu"],
  }),
};

export const MIXED_LATENCY: Readonly<Record<string, Rule>> = {
  vm: performance({
    experiment: "storage",
    arm: "vm-virtio",
    band: "medium",
    workloads: LATENCY,
    reading:
      "medium latency is the medium band of native/arm; storage part: random 4 KiB reads at iodepth 1",
    alsoAwaits: ["network", "gpu-latency"],
  }),
  container: performance({
    experiment: "storage",
    arm: "container",
    band: "high",
    workloads: LATENCY,
    reading:
      "low latency is the high band of native/arm; storage part: random 4 KiB reads at iodepth 1",
    alsoAwaits: ["network", "gpu-latency"],
  }),
  sandbox: performance({
    experiment: "sandbox-storage",
    arm: "sandbox",
    band: "medium",
    workloads: SANDBOX_LATENCY,
    reading:
      "medium latency is the medium band of native/arm; storage part: one random read at a time",
    alsoAwaits: ["webgpu"],
  }),
};

export const IO_PERFORMANCE = { vm: VM_MEDIUM, container: CONTAINER_HIGH, sandbox: SANDBOX_LOW };
