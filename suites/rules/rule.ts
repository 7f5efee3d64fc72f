/**
 * What a rule can be: a closed set of shapes, so that a rule is data and one function judges it.
 *
 * @module
 */
import type { Band } from "../result.ts";

/** The experiments and probes that evidence comes from, each collected once and feeding many claims. */
export const CHECKS = {
  "host-inventory":
    "PCI, USB, block and net devices, IOMMU groups, interrupts and GPUs of the host",
  "guest-view": "the inventory from inside a QEMU guest, with hot add and remove",
  "container-view": "the inventory from inside a Docker container, and what it is refused",
  "sandbox-view": "what a WASI module under Wasmtime can open, reach and import",
  "storage": "fio natively, in a container and in guests, on the same file",
  "sandbox-storage": "one C program's buffered reads, natively and under Wasmtime",
  "network": "iperf3 throughput and round trips natively, in a container and in a guest",
  "device-path": "which process, kernel and driver carry each read",
  "gpu-transfer":
    "nvbandwidth and CUDA copies natively, in a container, a guest and a MIG instance",
  "gpu-compute": "CUDA samples natively, in a container, a guest and a MIG instance",
  "gpu-latency": "GPU launch latency natively, in a container, a guest and a MIG instance",
  "webgpu": "Deno's WebGPU: adapter, limits, a copy and a matrix product",
  "contention": "one victim beside one aggressor on the same device",
  "escape-battery": "a fixed list of attempts to get out of each paradigm",
  "attack-surface": "how many host-kernel system calls each paradigm can reach",
  "passthrough": "a PCI device bound to vfio-pci and given to a guest",
} as const;
export type Check = keyof typeof CHECKS;

/** A claim that no measurement could falsify. */
export interface EditorialRule {
  readonly kind: "editorial";
}

/** A claim whose checks this version of cellproof does not have yet. */
export interface AwaitingRule {
  readonly kind: "awaiting";
  readonly checks: readonly Check[];
}

/** "This arm's performance lies in this band", on every one of the workloads. */
export interface PerformanceRule {
  readonly kind: "performance";
  readonly experiment: "storage" | "sandbox-storage";
  readonly arm: string;
  readonly band: Band;
  readonly workloads: readonly string[];
  /** How the claim is read. */
  readonly reading: string;
  /** Parts of the claim that other checks must answer before it can be confirmed. */
  readonly alsoAwaits: readonly Check[];
  /** True where the arm stands for a physical device, which only bare metal has. */
  readonly needsBareMetal: boolean;
}

/** "This arm is faster than each of those", on every one of the workloads. */
export interface FasterRule {
  readonly kind: "faster";
  readonly experiment: "storage";
  readonly arm: string;
  readonly than: readonly string[];
  readonly workloads: readonly string[];
  readonly reading: string;
}

export type Rule = EditorialRule | AwaitingRule | PerformanceRule | FasterRule;

/** The checks that a rule rests on. */
export function checksOf(rule: Rule): readonly Check[] {
  switch (rule.kind) {
    case "editorial":
      return [];
    case "awaiting":
      return rule.checks;
    case "faster":
      return [rule.experiment];
    case "performance":
      return [rule.experiment, ...rule.alsoAwaits];
  }
}

/** The rule of the `typical-use` rows. */
export const EDITORIAL: Rule = { kind: "editorial" };

/** The rule of a claim that waits for `checks`. */
export function awaiting(...checks: Check[]): Rule {
  return { kind: "awaiting", checks };
}

/** How a rule reads its claim. */
export function readingOf(rule: Rule): string {
  if (rule.kind === "editorial") return "a matter of taste and custom";
  return rule.kind === "awaiting" ? "literal" : rule.reading;
}
