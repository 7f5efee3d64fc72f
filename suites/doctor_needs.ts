/**
 * What the checks of this version need of a host, as data: the tools by their names in
 * `runners/setup/tools.ts`, and the host's own properties by the names of `requirements.ts`.
 *
 * @module
 */
import { type Requirement, REQUIREMENTS } from "../requirements.ts";
import { checkOf, type ExperimentName, type ProbeName } from "./checks.ts";
import type { ObservationName } from "./observations.ts";
import { type Part, referenceOf } from "./rules/rule.ts";

/** The guest's kernel is no tool: it lies in the project's cache. */
export const GUEST_KERNEL = "guest kernel";

/** To give away an NVMe device whose virtual functions can be made; a part of the need "iommu". */
export const VIRTUAL_FUNCTIONS = "virtual functions";

/** A name that a tool has, too, is the tool's. */
const HOST_REQUIREMENTS = [
  "root",
  "kvm",
  "bare-metal",
  "pcie",
  "usb",
  "network-port",
  "iommu",
  "gpu",
  "gpus",
  "cuda",
  "mig",
  "vgpu",
  "gpu-guest",
  "baseline",
  "infiniband",
  "fleet",
] as const satisfies readonly Requirement[];

/** A tool's name, {@linkcode GUEST_KERNEL}, or one of {@linkcode HOST_NEEDS}. */
export type NeedName = string;

/** What is looked for on the host itself, in the order that reports list it. */
export const HOST_NEEDS: readonly NeedName[] = HOST_REQUIREMENTS.flatMap((name) =>
  name === "iommu" ? [name, VIRTUAL_FUNCTIONS] : [name]
);

/** A need in words. */
export function needInWords(need: NeedName): string {
  if (need === VIRTUAL_FUNCTIONS) return "an NVMe device with virtual functions (SR-IOV)";
  const requirement = HOST_REQUIREMENTS.find((name) => name === need);
  return requirement === undefined ? need : REQUIREMENTS[requirement];
}

type Place = "native" | "container" | "guest" | "sandbox";

/** What a place cannot be opened without. */
const NEEDS_OF_PLACE: Readonly<Record<Place, readonly NeedName[]>> = {
  native: [],
  container: ["docker", "dockerd", "busybox (static)"],
  guest: ["qemu-system-x86_64", "busybox (static)", "cpio", "kmod", GUEST_KERNEL],
  sandbox: ["wasmtime", "clang", "wasi-libc"],
};

/** What a probe needs beside its places. */
const NEEDS_OF_PROBE: Readonly<Record<ProbeName, readonly NeedName[]>> = {
  "host-inventory": [],
  "gpu-inventory": ["gpu"],
  "sandbox-view": [],
  "webgpu": ["Vulkan driver"],
  "gpu-samples": ["gpu", "cuda"],
  "gpu-guest": ["gpu", "gpu-guest"],
  "container-view": ["root"],
  "gpu-container": ["gpu", "cuda", "root"],
  "gpu-partitions": ["gpu", "cuda", "mig"],
  "guest-view": [],
  "device-path": [],
  "escape-battery": ["clang", "root"],
  "attack-surface": [],
  "passthrough": ["iommu", "root"],
};

const NEEDS_OF_EXPERIMENT: Readonly<Record<ExperimentName, readonly NeedName[]>> = {
  "gpu-latency": ["gpu", "cuda"],
  "gpu-transfer": ["gpu", "cuda"],
  "gpu-compute": ["gpu", "cuda"],
  "contention": ["gpu", "cuda"],
  "mig-contention": ["gpu", "cuda", "mig"],
  "webgpu-performance": ["gpu", "cuda", "Vulkan driver"],
  "network": ["iperf3", "ping", "ip", "root"],
  "sandbox-storage": NEEDS_OF_PLACE.sandbox,
  "passthrough-storage": ["fio", "iommu", "root"],
  "storage": ["fio"],
};

/** What single observations need beside. */
const NEEDS_OF_OBSERVATION: Readonly<Partial<Record<ObservationName, readonly NeedName[]>>> = {
  "host-inventory/pcie-point-to-point": ["pcie"],
  "host-inventory/pcie-high-and-at-most-32-gb/s": ["pcie"],
  "host-inventory/usb-tree": ["usb"],
  "host-inventory/usb-5-10-20-gbit/s": ["usb"],
  "host-inventory/usb-shared-bandwidth": ["usb"],
  "host-inventory/disk-between-usb-and-pcie": ["pcie", "usb"],
  "host-inventory/latency-order": ["pcie", "usb"],
  "host-inventory/network-100-gbit/s": ["network-port"],
  "guest-view/hardware-assisted": ["kvm"],
  "attack-surface/container-calls": ["clang"],
  "attack-surface/guest-calls": ["strace"],
  "passthrough/dma-remapped": ["clang"],
  "passthrough/virtual-functions": [VIRTUAL_FUNCTIONS, "nvme"],
  "passthrough/functions-shared": [VIRTUAL_FUNCTIONS, "nvme"],
  "passthrough/functions-isolated": [VIRTUAL_FUNCTIONS, "nvme"],
  "webgpu/hardware-adapter": ["gpu"],
  "webgpu/runtime-opens-device": ["gpu"],
  "webgpu/within-device-limits": ["gpu", "cuda"],
  "webgpu/in-host-list": ["gpu"],
  "gpu-inventory/two-to-eight-gpus": ["gpus"],
  "gpu-inventory/nvlink-peers": ["gpus"],
  "gpu-inventory/nvlink-300-to-600-gb/s": ["gpus"],
  "gpu-inventory/infiniband-active": ["infiniband"],
  "gpu-inventory/partitioned": ["mig"],
  "gpu-inventory/vgpu-given": ["vgpu"],
  "gpu-inventory/vgpu-scheduled": ["vgpu"],
  "gpu-samples/peers-mapped": ["gpus"],
  "gpu-container/subset-visible": ["gpus"],
  "gpu-guest/two-gpus": ["gpus"],
  "gpu-guest/same-gpu": ["baseline"],
  "gpu-guest/same-link": ["baseline"],
};

/** The place that a probe looks at; those that look at several name it in each observation. */
const PLACE_OF_PROBE: Readonly<Partial<Record<string, Place>>> = {
  "host-inventory": "native",
  "gpu-inventory": "native",
  "gpu-samples": "native",
  "gpu-guest": "native",
  "gpu-partitions": "native",
  "gpu-container": "container",
  "webgpu": "native",
  "sandbox-view": "sandbox",
  "container-view": "container",
  "guest-view": "guest",
  "passthrough": "guest",
};

const PLACE_OF_WORD: Readonly<Partial<Record<string, Place>>> = {
  container: "container",
  guest: "guest",
  hypervisor: "guest",
  vm: "guest",
  sandbox: "sandbox",
  runtime: "sandbox",
};

/** What a part of a rule needs of a host; what takes many of them is a need of its own. */
export function needsOfPart(part: Part): Set<NeedName> {
  const bareMetal: Requirement[] = "needsBareMetal" in part && part.needsBareMetal
    ? ["bare-metal"]
    : [];
  switch (part.kind) {
    case "observation": {
      const reference = referenceOf(part.expected);
      const names = reference === null ? [part.observation] : [part.observation, reference];
      return new Set([...names.flatMap(needsOfObservation), ...bareMetal]);
    }
    case "performance":
      return new Set([...needsOfArm(part.experiment, part.arm), ...bareMetal]);
    case "faster":
      return new Set(
        [part.arm, ...part.than].flatMap((arm) => needsOfArm(part.experiment, arm)),
      );
    case "across":
      return new Set([...needsOfArm(part.experiment, "native"), "gpu-guest", "baseline"]);
    case "level":
      return new Set([
        ...needsOfArm(part.experiment, "native"),
        ...(part.gpus === "several" ? ["gpus"] : []),
        ...bareMetal,
      ]);
    case "fleet":
      return new Set(["fleet"]);
  }
}

function needsOfObservation(name: ObservationName): readonly NeedName[] {
  const check = checkOf(name);
  const word = firstWord(name.slice(check.length + 1));
  const place = PLACE_OF_PROBE[check] ?? PLACE_OF_WORD[word] ?? "native";
  return [
    ...NEEDS_OF_PLACE[place],
    ...NEEDS_OF_PROBE[check as ProbeName],
    ...(NEEDS_OF_OBSERVATION[name] ?? []),
  ];
}

/** What an arm needs; of a guest only hardware virtualization makes figures that count. */
function needsOfArm(experiment: ExperimentName, arm: string): readonly NeedName[] {
  const place = PLACE_OF_WORD[firstWord(arm)] ?? "native";
  const own = [...NEEDS_OF_EXPERIMENT[experiment], ...NEEDS_OF_PLACE[place]];
  return place === "guest" ? [...own, "kvm"] : own;
}

function firstWord(name: string): string {
  return name.split("-")[0] ?? "";
}
