import { assert, assertEquals } from "@std/assert";
import { observationsOf } from "../observations.ts";
import {
  BRIDGE,
  DATA,
  GIVEN,
  GUEST_LINES,
  TAKEN,
  VIRTUAL,
  WHOLE_DEVICE,
} from "../testing/passthrough_readings.ts";
import { standing, standingOf } from "../testing/standing.ts";
import { HASH_OF_NOTHING, type InsideView } from "./inside_guest.ts";
import type { Platform } from "./platform.ts";
import type { OutsideView } from "./outside.ts";
import type { WatchedGuest } from "./watched_guest.ts";
import type { PlacedDevice } from "./whole_device.ts";
import { wholeDeviceObservations } from "./whole_device_observations.ts";

type Patch = Partial<PlacedDevice>;
const SOUND: Platform = { accelerator: "kvm", commandLine: "quiet", unsafeInterrupts: "N" };
const PLACED: PlacedDevice = { ...WHOLE_DEVICE, platform: SOUND };
/** What is different, how, and what comes of the observation. */
type Difference = readonly [string, Patch, string];

const { before, during, after, guest, hostBootId } = WHOLE_DEVICE;
const OTHER = "f".repeat(64);
const { charged: counted } = guest;

const inside = (patch: Partial<InsideView>): Patch => ({
  guest: { ...guest, inside: { ...guest.inside, ...patch } },
});
const onHost = (patch: Partial<OutsideView>): Patch => ({
  before: { ...before, ...patch },
  after: { ...after, ...patch },
});
const away = (patch: Partial<OutsideView>): Patch => ({ during: { ...during, ...patch } });
const watched = (patch: Partial<WatchedGuest>): Patch => ({ guest: { ...guest, ...patch } });
const charged = (patch: Partial<WatchedGuest["charged"]>): Patch =>
  watched({ charged: { ...counted, ...patch } });
const without = (line: string) => watched({ lines: GUEST_LINES.filter((one) => one !== line) });
const serial = (text: string) => [{ address: GIVEN.address, serial: text }];
const namespaces = (...hashes: (string | null)[]) =>
  inside({ namespaces: hashes.map((hash, index) => ({ id: index + 1, hash })) });

const SAME = "control: the host reads the same device before and after";
const VIRTUAL_IDS = "control: the guest's virtual disk shows the device's ids";
const READS = "control: the guest's driver reads the device that it has";
const SAME_DEVICE: readonly Difference[] = [
  ["the guest shows no functions", inside({ functions: [] }), READS],
  ["it shows none of NVMe", inside({ functions: [BRIDGE, VIRTUAL] }), READS],
  [
    "it shows two of NVMe",
    inside({ functions: [GIVEN, { ...GIVEN, address: "0000:00:09.0" }, VIRTUAL] }),
    READS,
  ],
  [
    "it shows other ids",
    inside({ functions: [{ ...GIVEN, ids: "144d:a808" }, VIRTUAL] }),
    "does not hold",
  ],
  [
    "it shows another subsystem",
    inside({ functions: [{ ...GIVEN, subsystemIds: "1af4:1101" }, VIRTUAL] }),
    "does not hold",
  ],
  ["its controllers are none", inside({ controllers: [] }), READS],
  [
    "its controller is another function's",
    inside({ controllers: [{ address: "0000:00:09.0", serial: "CELLPROOF-PLAIN" }] }),
    READS,
  ],
  ["its serial is another", inside({ controllers: serial("CELLPROOF-PF") }), "does not hold"],
  ["its serial is empty", inside({ controllers: serial("") }), READS],
  [
    "both serials are empty",
    { ...inside({ controllers: serial("") }), ...onHost({ serials: [""] }) },
    SAME,
  ],
  ["it shows no namespaces", namespaces(), READS],
  ["its namespace cannot be read", namespaces(null), READS],
  [
    "neither disk can be read",
    { ...namespaces(null), ...onHost({ hashes: { nvme1n1: null } }) },
    SAME,
  ],
  ["both are empty", { ...namespaces(null), ...onHost({ hashes: {} }) }, SAME],
  [
    "both disks have no bytes",
    { ...namespaces(HASH_OF_NOTHING), ...onHost({ hashes: { nvme1n1: HASH_OF_NOTHING } }) },
    SAME,
  ],
  ["its data are others", namespaces(OTHER), "does not hold"],
  ["it has one namespace more", namespaces(DATA, OTHER), "does not hold"],
  [
    "two namespaces come in another order",
    { ...namespaces(OTHER, DATA), ...onHost({ hashes: { nvme1n1: DATA, nvme1n2: OTHER } }) },
    "holds",
  ],
  [
    "the host reads other data afterwards",
    { after: { ...after, hashes: { nvme1n1: OTHER } } },
    SAME,
  ],
  ["the host sees another device afterwards", { after: { ...after, ids: "144d:a808" } }, SAME],
  ["the device is gone afterwards", { after: { ...after, ids: "" } }, SAME],
  [
    "the address is another device's from the start",
    { ...onHost({ ids: "144d:a808" }), ...inside({ functions: [GIVEN, VIRTUAL] }) },
    SAME,
  ],
  ["the guest shows no virtual disk", inside({ functions: [GIVEN] }), VIRTUAL_IDS],
];

const FOUND = "control: the guest's kernel found a driver for the device";
const GUEST_DRIVER: readonly Difference[] = [
  [
    "nothing drives it",
    inside({ functions: [BRIDGE, { ...GIVEN, driver: null }, VIRTUAL] }),
    FOUND,
  ],
  ["the guest does not show it", inside({ functions: [BRIDGE, VIRTUAL] }), FOUND],
  ["the kernel is the host's", inside({ bootId: hostBootId }), "does not hold"],
  [
    "the host's boot is not known",
    { hostBootId: "unknown" },
    "control: both kernels tell which boot they are",
  ],
  [
    "the guest's boot is not known",
    inside({ bootId: "" }),
    "control: both kernels tell which boot they are",
  ],
  ["the host's driver keeps it", away({ driver: "nvme" }), "does not hold"],
  ["the host has nothing drive it", away({ driver: null }), "does not hold"],
  [
    "the virtual disk has no driver",
    inside({ functions: [BRIDGE, GIVEN, { ...VIRTUAL, driver: null }] }),
    "control: the guest shows the driver of its virtual disk",
  ],
  [
    "every function has a driver",
    inside({ functions: [GIVEN, VIRTUAL] }),
    "control: a function without a driver shows one",
  ],
];

const BEFORE = "control: the same look finds its driver and reads its disks before";
const HOST_LOST: readonly Difference[] = [
  ["the host still reads a disk", away({ hashes: { nvme1n1: DATA } }), "does not hold"],
  ["a node of no bytes is left", away({ hashes: { nvme1n1: HASH_OF_NOTHING } }), "does not hold"],
  ["the disk was not looked at", away({ hashes: {} }), "does not hold"],
  ["another disk was looked at", away({ hashes: { nvme9n1: null } }), "does not hold"],
  ["the host still has its controller", away({ serials: ["CELLPROOF-PLAIN"] }), "does not hold"],
  ["the host's driver still has it", away({ driver: "nvme" }), "does not hold"],
  ["it is gone altogether", away({ driver: null, ids: "" }), "does not hold"],
  ["it was not read before", { before: { ...before, hashes: { nvme1n1: null } } }, BEFORE],
  ["no disk was looked at before", { before: { ...before, hashes: {} } }, BEFORE],
  [
    "it had no bytes before",
    { before: { ...before, hashes: { nvme1n1: HASH_OF_NOTHING } } },
    BEFORE,
  ],
  ["it had another driver before", { before: { ...before, driver: null } }, BEFORE],
  ["it does not come back", { after: { ...during } }, "control: and again after"],
  [
    "it could be given away while it was bound",
    { whileBound: TAKEN },
    "control: a device that the host's driver has is given to a guest",
  ],
];

const CHARGED = "control: it is charged for what the guest reads of its virtual disk";
const IDLE = "control: it is charged while the guest reads nothing";
/** What QEMU was charged with at the points, in MiB after the first. */
const rising = (start: number, passed: number, virtual: number, counter = "rchar") => {
  const at = (mib: number) => ({ rchar: 0, readBytes: 0, [counter]: mib * 2 ** 20 });
  return charged({ idle: at(0), start: at(start), passed: at(passed), virtual: at(virtual) });
};
const BYPASSES: readonly Difference[] = [
  [
    "QEMU runs the guest in the processor's place",
    { platform: { ...SOUND, accelerator: "tcg" } },
    "control: the processor itself runs the guest (KVM), not QEMU in its place",
  ],
  ["QEMU reads it all", rising(0, 16, 32), "does not hold"],
  ["the block layer reads it all for QEMU", rising(0, 16, 32, "readBytes"), "does not hold"],
  ["QEMU reads a sixteenth of it", rising(0, 1, 17), "does not hold"],
  ["QEMU reads less than that", rising(0.9, 1.8, 17.8), "holds"],
  ["a counter goes back", rising(1, 0, 17), "error"],
  [
    "one counter goes back while the other grows",
    charged({ start: { ...counted.start, readBytes: 1 } }),
    "error",
  ],
  [
    "another process is watched at the end",
    charged({ virtual: { rchar: 0, readBytes: 0 } }),
    "error",
  ],
  ["a counter is none", charged({ passed: { rchar: NaN, readBytes: 0 } }), "error"],
  ["it is charged while nothing is read", rising(1, 1, 17), IDLE],
  ["it is not charged for the virtual disk", charged({ virtual: counted.passed }), CHARGED],
  ["the guest reads neither disk", without("16+0 records out"), CHARGED],
  [
    "it reads a part of both",
    watched({
      lines: GUEST_LINES.map((line) => line.replace("16+0", "8+0")),
    }),
    CHARGED,
  ],
  [
    "it reads one disk twice",
    watched({
      lines: [...GUEST_LINES.slice(0, 9), GUEST_LINES[8] ?? "", "point passed", "point virtual"],
    }),
    CHARGED,
  ],
  ["it names no point", without("point passed"), CHARGED],
  ["it names a point twice", watched({ lines: [...GUEST_LINES, "point passed"] }), CHARGED],
];

const TABLES = {
  "passthrough/same-device": SAME_DEVICE,
  "passthrough/guest-driver": GUEST_DRIVER,
  "passthrough/host-lost": HOST_LOST,
  "passthrough/bypasses-hypervisor": BYPASSES,
} as const;

Deno.test("wholeDeviceObservations() hold where all is as it should be, each with both controls", () => {
  const names = observationsOf("passthrough").filter((name) =>
    !/\/(virtual-)?functions/.test(name)
  );
  const observations = wholeDeviceObservations(PLACED);
  assertEquals(observations.map(({ name }) => name).sort(), names.toSorted());
  for (const observation of observations) {
    assertEquals(standing(observation), "holds", observation.name);
    const kinds = new Set(observation.controls.map(({ kind }) => kind));
    assert(kinds.size === 2, observation.name);
  }
});

for (const [name, table] of Object.entries(TABLES)) {
  for (const [difference, patch, expected] of table) {
    Deno.test(`wholeDeviceObservations() says "${expected}" of ${name} when ${difference}`, () => {
      const observations = wholeDeviceObservations({ ...PLACED, ...patch });
      assertEquals(standingOf(observations, name), expected);
    });
  }
}
