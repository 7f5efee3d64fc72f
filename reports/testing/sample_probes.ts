/** Made-up probes of {@linkcode sampleResult}. @module */
import type { ProbeName } from "../../suites/checks.ts";
import { type ObservationName, observationsOf } from "../../suites/observations.ts";
import type { Absence, Control, Observation, Probe } from "../../suites/result.ts";

const HELD: readonly Control[] = [
  control("positive", "what was granted opens", "openat returned 3"),
  control("negative", "a path that does not exist fails", "ENOENT"),
];

/** What a device without SR-IOV cannot show. */
export const WITHOUT_FUNCTIONS = {
  verdict: "untested",
  because: "none of the devices that may be given away is an NVMe device with SR-IOV",
  lacks: "iommu",
} as const satisfies Absence;
const NO_FUNCTIONS: Partial<Observation> = {
  value: null,
  seen: WITHOUT_FUNCTIONS.because,
  controls: [],
  absence: WITHOUT_FUNCTIONS,
};

/** What differs from "true, with controls that held". */
const OTHERS: Readonly<Partial<Record<ObservationName, Partial<Observation>>>> = {
  "host-inventory/nic-device-node": {
    value: false,
    seen: "the network device eth0 exists, and /dev/eth0 does not: it is no device node",
  },
  "host-inventory/sysfs-procfs": { seen: "/sys lists 14 PCI devices, /proc/interrupts 9 lines" },
  "host-inventory/usb-tree": {
    value: null,
    seen: "/sys/bus/usb/devices is empty",
    controls: [],
    absence: {
      verdict: "untested",
      because: "/sys/bus/usb/devices is empty: attach a USB controller with a device",
      lacks: "usb",
    },
  },
  "sandbox-view/device-control": { value: false, seen: "no import of WASI is an ioctl" },
  "sandbox-view/own-kernel": {
    value: false,
    seen: "the module's calls are made by wasmtime, on the host's kernel 6.1.0-test",
  },
  "sandbox-view/sockets-refused": {
    controls: [
      control("positive", "a granted socket connects", "ECONNREFUSED", false),
      control("negative", "a module without the permission is refused", "ENOTCAPABLE"),
    ],
  },
  "sandbox-view/clocks": {
    value: null,
    seen: "wasmtime printed something that is no record",
    controls: [],
    absence: { verdict: "error", because: "wasmtime printed something else", lacks: null },
  },
  "attack-surface/container-calls": { value: 312, seen: "312 of 451 calls reached the kernel" },
  "attack-surface/guest-calls": { value: 54, seen: "strace counted 54 calls of QEMU" },
  "passthrough/host-lost": {
    seen: "while it is given away, the host binds it to vfio-pci, and /dev/nvme1n1 cannot be read",
  },
  "passthrough/virtual-functions": NO_FUNCTIONS,
  "passthrough/functions-shared": NO_FUNCTIONS,
  "passthrough/functions-isolated": NO_FUNCTIONS,
  "attack-surface/sandbox-calls": { value: 45, seen: "a module may import 45 functions" },
};

/** Four probes as a small virtual machine might answer them. */
export const SAMPLE_PROBES: readonly Probe[] = [
  probe("host-inventory", 0.8),
  probe("sandbox-view", 2.4),
  probe("attack-surface", 12),
  probe("passthrough", 48),
];

function probe(name: ProbeName, durationSeconds: number): Probe {
  return {
    name,
    startedAt: "2025-01-02T03:04:06.000Z",
    durationSeconds,
    observations: observationsOf(name).map((observation) => ({
      name: observation,
      value: true,
      seen: "made up for this page",
      controls: HELD,
      absence: null,
      ...OTHERS[observation],
    })),
  };
}

function control(kind: Control["kind"], what: string, seen: string, held = true): Control {
  return { kind, what, held, seen };
}
