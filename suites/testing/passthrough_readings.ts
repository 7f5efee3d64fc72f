/**
 * What the passthrough probe read of two NVMe devices in a lab: a whole one in a guest, and one with two
 * virtual functions in guests of their own.
 *
 * @module
 */
import { parsePciAddress, type PciAddress } from "../../runners/pci/pci_address.ts";
import type { PassthroughDevice } from "../../runners/vfio/plan.ts";
import type { SeenFunction } from "../passthrough/inside_guest.ts";
import type { OutsideView } from "../passthrough/outside.ts";
import type { Attempt } from "../passthrough/scene.ts";
import type { FunctionGuest, VirtualFunctions } from "../passthrough/virtual_functions.ts";
import type { WholeDevice } from "../passthrough/whole_device.ts";

/** The beginning of the whole device's disk. */
export const DATA = "12a26466737e3cdc980cf154bc7214649d5e94948f83f29a84004928aae5ec95";
const FIRST_DATA = "cb9a6d682d2fe1fab7acd0ca79996d0e681e7ec5d8490f06dcf460adc8671e39";
const SECOND_DATA = "14a2e54767d1b5db2d08c4eab52a6eb396fd12817a22cc2b37713727e336eb5a";

export const TAKEN: Attempt = { refused: null };
/** QEMU's refusal of a device, with the end of its words. */
export function refusedFor(address: string, words: string): Attempt {
  const device = `-device vfio-pci,host=${address},id=device0`;
  return { refused: `qemu-system-x86_64: ${device}: vfio ${address}: ${words}` };
}

/** A PCI address that is one. */
export function pci(text: string): PciAddress {
  const parsed = parsePciAddress(text);
  if (parsed === null) throw new TypeError(`test: "${text}" is no PCI address`);
  return parsed;
}

const PLAIN = pci("0000:02:00.0");
const PF = pci("0000:01:00.0");

/** An NVMe device with one disk and without SR-IOV. */
export const PLAIN_DEVICE: PassthroughDevice = {
  address: PLAIN,
  vendorId: "1b36",
  deviceId: "0010",
  subsystemIds: "1af4:1100",
  classCode: "010802",
  driver: "nvme",
  iommuGroup: 8,
  groupMembers: [PLAIN],
  resetMethods: ["flr", "bus"],
  totalVfs: 0,
  nvme: { controller: "nvme1", serial: "CELLPROOF-PLAIN", disks: ["nvme1n1"] },
  interfaces: [],
};

const ON_HOST: OutsideView = {
  ids: "1b36:0010",
  driver: "nvme",
  serials: ["CELLPROOF-PLAIN"],
  hashes: { nvme1n1: DATA },
};

function fn(address: string, ids: string, classCode: string, driver: string | null): SeenFunction {
  return { address, ids, subsystemIds: "1af4:1100", classCode, driver };
}

export const BRIDGE = fn("0000:00:00.0", "8086:29c0", "060000", null);
export const GIVEN = fn("0000:00:02.0", "1b36:0010", "010802", "nvme");
export const VIRTUAL = fn("0000:00:03.0", "1af4:1001", "010000", "virtio-pci");

/** The lines of the guest that has the whole device. */
export const GUEST_LINES: readonly string[] = [
  "kernel 6a6a5297-55ce-4fac-acae-85f5ef7f68a1",
  "function 0000:00:00.0 0x8086 0x29c0 0x1af4 0x1100 0x060000 -",
  "function 0000:00:02.0 0x1b36 0x0010 0x1af4 0x1100 0x010802 nvme",
  "function 0000:00:03.0 0x1af4 0x1001 0x1af4 0x1100 0x010000 virtio-pci",
  "controller 0000:00:02.0 CELLPROOF-PLAIN     ",
  `namespace 1 ${DATA}`,
  ...["point idle", "point start", "16+0 records out", "point passed", "16+0 records out"],
  ...["point virtual", "told all"],
];

/** The readings of a whole device, all as they should be. */
export const WHOLE_DEVICE: WholeDevice = {
  device: PLAIN_DEVICE,
  hostBootId: "6b5b89cd-1c17-41a3-948c-1808d851a2d8",
  before: ON_HOST,
  during: { ...ON_HOST, driver: "vfio-pci", serials: [], hashes: { nvme1n1: null } },
  after: ON_HOST,
  whileBound: refusedFor(PLAIN, "failed to open /dev/vfio/8: No such file or directory"),
  whenFree: TAKEN,
  ofSharedGroup: refusedFor("0000:05:01.0", "group 10 is not viable\nPlease ensure all devices"),
  guest: {
    inside: {
      bootId: "6a6a5297-55ce-4fac-acae-85f5ef7f68a1",
      functions: [BRIDGE, GIVEN, VIRTUAL],
      controllers: [{ address: GIVEN.address, serial: "CELLPROOF-PLAIN" }],
      namespaces: [{ id: 1, hash: DATA }],
    },
    charged: {
      idle: { rchar: 367729, readBytes: 0 },
      start: { rchar: 367737, readBytes: 0 },
      passed: { rchar: 367753, readBytes: 0 },
      virtual: { rchar: 17145249, readBytes: 0 },
    },
    second: refusedFor(PLAIN, "failed to open /dev/vfio/8: Device or resource busy"),
    stillRuns: true,
    lines: GUEST_LINES,
  },
  trial: {
    iommuType: "type1v2",
    serial: "CELLPROOF-PLAIN",
    model: "QEMU NVMe Ctrl",
    granted: { changedBytes: 4096, status: 0 },
    allowed: { changedBytes: 4096, status: 0 },
    forbidden: { changedBytes: 0, status: 0, physicalAddress: "0x1b2f19000" },
    after: { changedBytes: 4096, status: 0 },
    faults: ["DMAR: [DMA Write NO_PASID] Request device [02:00.0] fault addr 0x1b2f19000"],
    argv: ["/cellproof/programs/vfio_nvme", PLAIN],
    text: "",
  },
  trialProblem: null,
};

function functionGuest(
  index: number,
  { bootId, digest }: { readonly bootId: string; readonly digest: string },
): FunctionGuest {
  return {
    fn: {
      index,
      address: pci(`0000:01:00.${index + 1}`),
      iommuGroup: 11 + index,
      controllerId: index + 1,
      namespaceId: index + 2,
    },
    digest,
    inside: {
      bootId,
      functions: [BRIDGE, GIVEN],
      controllers: [{ address: GIVEN.address, serial: "CELLPROOF-PF" }],
      namespaces: [{ id: index + 2, hash: digest }],
    },
  };
}

/** The readings of two virtual functions, all as they should be. */
export const VIRTUAL_FUNCTIONS: VirtualFunctions = {
  device: {
    ...PLAIN_DEVICE,
    address: PF,
    iommuGroup: 7,
    groupMembers: [PF],
    totalVfs: 4,
    nvme: { controller: "nvme0", serial: "CELLPROOF-PF", disks: ["nvme0n1"] },
  },
  before: 0,
  after: 0,
  guests: [
    functionGuest(0, { bootId: "09527a17-9fca-4d19-ab5a-58a6864ffe21", digest: FIRST_DATA }),
    functionGuest(1, { bootId: "53048e8a-7f71-47f4-abd3-2651634601d0", digest: SECOND_DATA }),
  ],
  running: [true, true],
  third: refusedFor("0000:01:00.1", "failed to open /dev/vfio/11: Device or resource busy"),
  tooMany: {
    refused: "Cannot set sriov_numvfs of 0000:01:00.0 to 5: writing to " +
      "/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs ended with status 1 (seen: tee: " +
      "'/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs': Numerical result out of range).",
  },
};
