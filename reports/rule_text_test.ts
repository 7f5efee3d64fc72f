import { assertEquals } from "@std/assert";
import {
  inBand,
  type LevelPart,
  observes,
  observesOfFleet,
  observesPhysical,
  type Part,
  refutedBy,
} from "../suites/rules/rule.ts";
import { partText } from "./rule_text.ts";

const CONTAINER = inBand("storage", {
  arm: "container",
  band: "high",
  workloads: ["seq-read", "seq-write"],
});
const HALF = inBand("contention", {
  arm: "container-beside",
  band: { atLeast: 0.35, below: 0.65 },
  workloads: ["n-body"],
});
const LINK: LevelPart = {
  ...{ kind: "level", experiment: "gpu-transfer", workloads: ["peer"], atLeast: 0.5, below: null },
  ...{ of: "linkBytesPerSecond", gpus: "any", needsBareMetal: false },
};

const CASES: Record<string, Part> = {
  "guest-view/own-kernel must be true: the guest boots a kernel of its own": observes(
    "guest-view/own-kernel",
  ),
  "sandbox-view/device-control must be false: a module can control a device (ioctl)": observes(
    "sandbox-view/device-control",
    false,
  ),
  "device-path/guest-kernels must be 2: kernels between a reader in a guest and the device":
    observes("device-path/guest-kernels", { equals: 2 }),
  "attack-surface/container-calls must be more than attack-surface/guest-calls: host-kernel system calls that a container can reach":
    observes("attack-surface/container-calls", { above: "attack-surface/guest-calls" }),
  "attack-surface/sandbox-calls must be less than half of attack-surface/container-calls: functions of the runtime that a module can import":
    observes("attack-surface/sandbox-calls", { belowHalfOf: "attack-surface/container-calls" }),
  "host-inventory/latency-order must be true on bare metal: small transfers take longest over USB, less on disks, and least over PCIe and the network":
    observesPhysical("host-inventory/latency-order"),
  "guest-view/hotplug-pcie refutes it: a PCIe device is added to the running guest and removed":
    refutedBy("guest-view/hotplug-pcie"),
  "storage: container must lie in the high band, on seq-read, seq-write": CONTAINER,
  "storage: container must lie in the high band on bare metal, on seq-read, seq-write": {
    ...CONTAINER,
    needsBareMetal: true,
  },
  "contention: container-beside must lie in the range from 0.35 to 0.65, on n-body": HALF,
  "contention: container-beside must lie outside the range from 0.35 to 0.65, on n-body": {
    ...HALF,
    holds: "outside",
  },
  "gpu-transfer: a guest must lie in the low band of bare metal (--baseline), on on-device": {
    kind: "across",
    experiment: "gpu-transfer",
    band: "low",
    workloads: ["on-device"],
  },
  "gpu-transfer: native figures must be at least 0.5 of linkBytesPerSecond on bare metal, on peer":
    { ...LINK, needsBareMetal: true },
  "gpu-transfer: native figures must be from 0.5 to 2, on peer": { ...LINK, of: null, below: 2 },
  "storage: vm-virtio must be faster than vm-nvme and vm-ahci, on seq-read": {
    kind: "faster",
    experiment: "storage",
    arm: "vm-virtio",
    than: ["vm-nvme", "vm-ahci"],
    workloads: ["seq-read"],
  },
  "fleet/twenty-gpus-or-more must be true of the merged results of many hosts: the hosts of one cluster have 20 to 999 GPUs together":
    observesOfFleet("fleet/twenty-gpus-or-more"),
};
for (const [text, part] of Object.entries(CASES)) {
  Deno.test(`partText() says "${text}"`, () => assertEquals(partText(part), text));
}
