import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Inventory } from "../../runners/inventory/inventory.ts";
import { infiniband200, network100, networkLinks, nicDeviceNode } from "./network.ts";
import type { Reading } from "./reading.ts";
import { disk, interrupt, inventoryOf, port, usbDevice } from "./sample_inventory.ts";
import { storageTransports } from "./storage.ts";
import { interruptsSpread, sysfsProcfs } from "./system.ts";
import { usbRate, usbTree } from "./usb.ts";

type Expected = boolean | "lacks" | "in doubt";
type Case = readonly [what: string, things: Partial<Inventory>, expected: Expected];

function told(reading: Reading): Expected {
  if (reading.value !== null) return reading.value;
  return reading.inDoubt ? "in doubt" : "lacks";
}

/** Tests a question by a table of inventories. */
function table(ask: (inventory: Inventory) => Reading, cases: readonly Case[]): void {
  for (const [what, things, expected] of cases) {
    Deno.test(`${ask.name}() says ${expected} for ${what}`, () => {
      assertEquals(told(ask(inventoryOf(things))), expected);
    });
  }
}

const ROOTS = [usbDevice("usb1", 480, null), usbDevice("usb2", 10_000, null)];
const neighbour = (device: string, complete = true) => ({
  address: "192.0.2.1",
  hardwareAddress: "02:00:00:00:00:01",
  device,
  complete,
});
const infiniband = (bitsPerSecond: number, things = {}) => [
  { name: "mlx5_0/1", bitsPerSecond, active: true, linkLayer: "InfiniBand", ...things },
];
const node = (path: string, major: number, minor: number) =>
  ({ path, kind: "block", major, minor }) as const;
const mount = { source: "filer:/x", folder: "/srv", type: "nfs4" };

table(usbTree, [
  ["no bus", {}, "lacks"],
  ["root hubs alone", { usb: ROOTS }, "lacks"],
  ["a stick and one behind a hub", {
    usb: [...ROOTS, usbDevice("1-4", 480, "usb1"), usbDevice("1-4.2.1", 12, "1-4.2")],
  }, true],
  ["a device below another bus", { usb: [...ROOTS, usbDevice("1-4", 480, "usb2")] }, false],
  ["a device below nothing", { usb: [...ROOTS, usbDevice("2-1", 480, null)] }, false],
]);

table(usbRate, [
  ["no bus", {}, "lacks"],
  ["10 Gbit/s", { usb: ROOTS }, true],
  ["USB 2 alone", { usb: ROOTS.slice(0, 1) }, false],
  ["a device without its bus", { usb: [usbDevice("1-4", 5000, "usb1")] }, "lacks"],
  ["a bus of usbip's", {
    usb: [{ ...usbDevice("usb9", 5000, null), path: "/sys/devices/platform/vhci_hcd.0/usb9" }],
  }, "lacks"],
  ["a rate that the claim does not name", { usb: [usbDevice("usb1", 40_000, null)] }, false],
]);

table(storageTransports, [
  ["nothing", {}, "lacks"],
  ["virtual devices alone", { block: [disk("dm-0", { transport: "virtual" })] }, "lacks"],
  ["a drive without a medium", { block: [disk("sr0", { sizeBytes: 0 })] }, "lacks"],
  ["disks of three kinds", {
    block: [disk("sda"), disk("sdb", { transport: "iscsi" })],
    networkMounts: [mount],
  }, true],
  ["a NAS alone", { networkMounts: [mount] }, true],
  ["a hypervisor's disk", { block: [disk("sda"), disk("vda", { transport: "virtio" })] }, false],
  ["a disk at an unknown place", { block: [disk("odd0", { transport: null })] }, "in doubt"],
]);

table(networkLinks, [
  ["no port", { network: [port("lo", { virtual: true })] }, "lacks"],
  ["a port without a link", { network: [port("eth0", { carrier: false })] }, "lacks"],
  ["a link without a neighbour", {
    network: [port("eth0")],
    neighbours: [neighbour("eth0", false)],
  }, "lacks"],
  ["a neighbour", { network: [port("eth0")], neighbours: [neighbour("eth0")] }, true],
  ["a neighbour behind a bridge on a bond", {
    network: [
      port("br0", { virtual: true, parts: ["bond0"] }),
      port("bond0", { virtual: true, parts: ["eth0"] }),
      port("eth0"),
    ],
    neighbours: [neighbour("br0")],
  }, true],
  ["a virtual machine behind a bridge with a card in it", {
    network: [
      port("br0", { virtual: true, parts: ["eth0", "vnet0"] }),
      port("vnet0", { virtual: true }),
      port("eth0"),
    ],
    neighbours: [neighbour("br0")],
  }, "lacks"],
  ["a container behind a bridge", {
    network: [port("docker0", { virtual: true, parts: ["veth1"] }), port("eth0")],
    neighbours: [neighbour("docker0")],
  }, "lacks"],
]);

table(network100, [
  ["a port without a rate", { network: [port("eth0")] }, "lacks"],
  ["a bridge with one", {
    network: [port("br0", { virtual: true, bitsPerSecond: 200e9 })],
  }, "lacks"],
  ["10 Gbit/s", { network: [port("eth0", { bitsPerSecond: 10e9 }), port("eth1")] }, false],
  ["100 Gbit/s beside one", {
    network: [port("eth0", { bitsPerSecond: 1e9 }), port("eth1", { bitsPerSecond: 100e9 })],
  }, true],
]);

table(infiniband200, [
  ["no adapter", {}, "lacks"],
  ["a port that is down", { infiniband: infiniband(400e9, { active: false }) }, "lacks"],
  ["RDMA over Ethernet", { infiniband: infiniband(400e9, { linkLayer: "Ethernet" }) }, "lacks"],
  ["100 Gbit/s", { infiniband: infiniband(100e9) }, false],
  ["200 Gbit/s", { infiniband: infiniband(200e9) }, true],
]);

const NODES = [node("/dev/sda", 8, 0), node("/dev/tap7", 240, 1)];

table(nicDeviceNode, [
  ["no network device", { network: [port("lo", { type: 772 })] }, "lacks"],
  ["a card", { network: [port("eth0")], block: [disk("sda")], nodes: NODES }, false],
  ["one that a node is named after", { network: [port("tap7")], nodes: NODES }, "in doubt"],
  ["one that is named like a disk", {
    network: [port("sda")],
    block: [disk("sda")],
    nodes: NODES,
  }, false],
  ["one with the number of a node", {
    network: [port("macvtap0", { number: "240:1" })],
    nodes: NODES,
  }, true],
]);

Deno.test("nicDeviceNode() has a control that fails where no disk has a node", () => {
  const held = (things: Partial<Inventory>) => {
    const reading = nicDeviceNode(inventoryOf({ network: [port("eth0")], ...things }));
    return reading.value === null ? [] : reading.controls?.map((control) => control.held);
  };
  assertEquals(held({ block: [disk("sda")], nodes: NODES }), [true, true]);
  assertEquals(held({ block: [disk("a!b")], nodes: [node("/dev/a/b", 8, 0)] }), [true, true]);
  assertEquals(held({ block: [disk("sda")] }), [false, true]);
});

table(interruptsSpread, [
  ["one processor", { processors: 1, interrupts: [interrupt(1, [0])] }, "lacks"],
  ["no interrupts", { processors: 4 }, "lacks"],
  ["the processors' timer alone", {
    interrupts: [{ ...interrupt(0, [0]), description: "IO-APIC 2-edge timer" }],
  }, "lacks"],
  ["no affinities", { interrupts: [{ ...interrupt(1, []), allowed: [] }] }, "lacks"],
  ["no effective ones", { interrupts: [interrupt(1, []), interrupt(2, [])] }, "lacks"],
  ["two processors", { processors: 4, interrupts: [interrupt(1, [0]), interrupt(2, [3])] }, true],
  ["all on one", { processors: 4, interrupts: [interrupt(1, [2]), interrupt(2, [2])] }, false],
  ["one that is not told of", {
    interrupts: [interrupt(1, [0]), interrupt(2, [1]), { ...interrupt(3, [2]), allowed: [] }],
  }, "in doubt"],
]);

const MAJORS = [{ kind: "block", major: 8, name: "sd" }] as const;

table(sysfsProcfs, [
  ["nothing", {}, false],
  ["sysfs alone", { block: [disk("sda")] }, false],
  ["procfs alone", { interrupts: [interrupt(1, [0])] }, false],
  ["both", { block: [disk("sda")], interrupts: [interrupt(1, [0])], majors: MAJORS }, true],
]);

Deno.test("sysfsProcfs() has a control that fails where the two do not agree", () => {
  const held = (things: Partial<Inventory>) => {
    const reading = sysfsProcfs(inventoryOf(things));
    return reading.value !== null && reading.controls?.every((control) => control.held);
  };
  assertEquals(held({ block: [disk("sda")], majors: MAJORS }), true);
  assertEquals(held({ block: [disk("sda", { major: 9 })], majors: MAJORS }), false);
  assertEquals(held({ majors: MAJORS }), false);
});

Deno.test("network100() shows what runs where it refutes", () => {
  const reading = network100(inventoryOf({ network: [port("eth0", { bitsPerSecond: 2.5e9 })] }));
  assertStringIncludes(reading.value === false ? reading.seen : "", "eth0 at 2.5 Gbit/s");
});
