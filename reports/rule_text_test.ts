import { assertEquals } from "@std/assert";
import { awaits, observes, observesPhysical, type Part, refutedBy } from "../suites/rules/rule.ts";
import { partText } from "./rule_text.ts";

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
  "storage: container must lie in the high band, on seq-read, seq-write": {
    kind: "performance",
    experiment: "storage",
    arm: "container",
    band: "high",
    workloads: ["seq-read", "seq-write"],
    needsBareMetal: false,
  },
  "storage: vm-virtio must be faster than vm-nvme and vm-ahci, on seq-read": {
    kind: "faster",
    experiment: "storage",
    arm: "vm-virtio",
    than: ["vm-nvme", "vm-ahci"],
    workloads: ["seq-read"],
  },
  "contention of a later version, which needs an NVIDIA GPU: one victim beside one aggressor on the same device":
    awaits("contention"),
};
for (const [text, part] of Object.entries(CASES)) {
  Deno.test(`partText() says "${text}"`, () => assertEquals(partText(part), text));
}
