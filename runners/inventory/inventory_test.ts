import { assert, assertEquals } from "@std/assert";
import { type Inventory, INVENTORY_SCRIPT, parseInventory, readInventory } from "./inventory.ts";
import { parsePciLink } from "./inventory_pci.ts";
import { attributes, link, printed, SERVER } from "./inventory_samples.ts";
import { parseProcessorList, resolveLink } from "./inventory_text.ts";
import { manyFunctions, plantingScript, type Tree } from "./inventory_tree.ts";
import { liveHost } from "../seam/live.ts";

Deno.test("parsePciLink() gives the capacity after the line code, null for the unknown", () => {
  const cases = [
    ["2.5 GT/s PCIe", "1", 250e6],
    ["5.0 GT/s PCIe", "4", 2e9],
    ["8 GT/s", "4", 8e9 * 4 / 8 * 128 / 130],
    ["16.0 GT/s PCIe", "16", 16e9 * 16 / 8 * 128 / 130],
    ["32.0 GT/s PCIe", "16", 32e9 * 16 / 8 * 128 / 130],
    ["64.0 GT/s PCIe", "16", 64e9 * 16 / 8],
    ["Unknown", "16", null],
    ["Unknown speed", "16", null],
    ["16.0 GT/s PCIe", "0", null],
    ["16.0 GT/s PCIe", "63", null],
    ["0.0 GT/s PCIe", "1", null],
    ["16.0 GT/s PCIe", undefined, null],
    [undefined, "16", null],
    ["1e9 GT/s", "1", null],
  ] as const;
  for (const [speed, width, bytes] of cases) {
    const seen = parsePciLink(speed, width)?.bytesPerSecond ?? null;
    assertEquals(seen && Math.round(seen), bytes && Math.round(bytes), `${speed} x${width}`);
  }
});

Deno.test("parseProcessorList() reads ranges, and nothing from what is no list", () => {
  assertEquals(parseProcessorList("0-2,8\n"), [0, 1, 2, 8]);
  for (const odd of ["", "\n", "a", "1-", "0-99999999", "3,,4"]) {
    assertEquals(parseProcessorList(odd), []);
  }
});

Deno.test("resolveLink() leaves out dots, and keeps an absolute path", () => {
  assertEquals(resolveLink("/sys/class/net", "../../devices/./x"), "/sys/devices/x");
  assertEquals(resolveLink("/sys", "../../../x"), "/x");
  assertEquals(resolveLink("/sys", "/dev/x"), "/dev/x");
});

Deno.test("parseInventory() reads the PCI functions of a server", () => {
  const { pci, slots, unread, complete } = parseInventory(SERVER);
  assertEquals([complete, unread], [true, []]);
  const [port, gpu, nic, virtual, disk] = pci;
  assertEquals(port?.upstream, []);
  assertEquals(gpu?.upstream, ["0000:15:01.0", "0000:16:00.0", "0000:17:02.0"]);
  assertEquals([gpu?.vendor, gpu?.device, gpu?.subsystemDevice], ["10de", "2330", "16c1"]);
  assertEquals([gpu?.driver, gpu?.iommuGroup, gpu?.classCode], ["nvidia", "31", "030200"]);
  assertEquals([gpu?.virtualFunctionsAtMost, gpu?.virtualFunctions], [16, 0]);
  assertEquals(gpu?.currentLink?.bytesPerSecond, 4e9);
  assertEquals(gpu?.greatestLink?.transfersPerSecond, 32e9);
  assertEquals([gpu?.numaNode, nic?.numaNode], [0, null]);
  assertEquals([virtual?.physicalFunction, virtual?.currentLink], ["0000:a1:00.0", null]);
  assertEquals([virtual?.vendor, virtual?.driver], [null, null]);
  assertEquals(pci.map(({ hotPluggable }) => hotPluggable), [false, false, false, false, true]);
  assertEquals(disk?.greatestLink, null);
  assertEquals(slots.map(({ hotPluggable }) => hotPluggable), [false, true]);
});

Deno.test("parseInventory() reads the disks of a server, and the way to each", () => {
  const [nvme, partition, sda, mapped] = parseInventory(SERVER).block;
  assertEquals([nvme?.transport, nvme?.drivers], ["nvme", ["nvme"]]);
  assertEquals([nvme?.sizeBytes, nvme?.model], [3840755982336, "SAMSUNG MZQL23T8HCLS-00A07"]);
  assertEquals([nvme?.serial, nvme?.rotational], ["S64HNE0T600001", false]);
  assertEquals([partition?.partition, partition?.minor], [true, 1]);
  assertEquals([sda?.transport, sda?.model, sda?.serial], ["iscsi", "A: B", null]);
  assertEquals([mapped?.transport, mapped?.parts, mapped?.sizeBytes], ["virtual", ["sda"], null]);
});

Deno.test("parseInventory() reads the network of a server", () => {
  const { network, infiniband, neighbours, networkMounts } = parseInventory(SERVER);
  const [bridge, nic] = network;
  assertEquals([nic?.bitsPerSecond, nic?.driver, nic?.virtual], [200e9, "mlx5_core", false]);
  assertEquals([bridge?.bitsPerSecond, bridge?.kind, bridge?.virtual], [null, "bridge", true]);
  assertEquals([bridge?.parts, nic?.parts, nic?.number], [["ens1np0"], [], null]);
  assertEquals(network.length, 2);
  assertEquals(infiniband.map((port) => [port.name, port.bitsPerSecond, port.active]), [
    ["mlx5_0/1", 400e9, true],
    ["mlx5_1/2", null, false],
  ]);
  assertEquals(neighbours.map(({ complete }) => complete), [true, false]);
  assertEquals(networkMounts, [{
    source: "filer:/export",
    folder: "/srv/two words",
    type: "nfs4",
  }]);
});

Deno.test("parseInventory() reads the kernel's tables of a server", () => {
  const server = parseInventory(SERVER);
  assertEquals([server.kernel, server.os], ["6.8.0-45-generic", "Ubuntu 24.04.1 LTS"]);
  assertEquals([server.processors, server.iommus], [113, ["dmar0"]]);
  assertEquals(server.iommuGroups.map(({ name, type }) => [name, type]), [["9", null], [
    "112",
    "DMA-FQ",
  ]]);
  assertEquals(server.interrupts.map(({ number }) => number), [0, 16, 4095]);
  assertEquals(server.interrupts[1], {
    number: 16,
    counts: [0, 7],
    description: "IR-IO-APIC 16-fasteoi ehci_hcd:usb1, i801_smbus",
    allowed: [0, 1, 3],
    effective: [3],
  });
  assertEquals(server.nodes.map((node) => [node.path, node.kind, node.major, node.minor]), [
    ["/dev/nvme0n1", "block", 259, 0],
    ["/dev/nvidiactl", "character", 195, 255],
  ]);
  assertEquals(server.nodeLinks, [{ path: "/dev/disk/by-id/nvme-X", target: "/dev/nvme0n1" }]);
  assertEquals(server.majors.map(({ kind, name }) => `${kind} ${name}`), [
    "character mem",
    "character nvidia-frontend",
    "block blkext",
  ]);
});

Deno.test("parseInventory() reads the USB tree of a laptop", () => {
  const hub = "pci0000:00/0000:00:14.0/usb1";
  const { usb } = parseInventory(printed({
    devices: [
      link("usb/devices/usb1", `../../../devices/${hub}`),
      link("usb/devices/usb1/driver", "../../../../../bus/usb/drivers/usb"),
      link("usb/devices/1-0:1.0", `../../../devices/${hub}/1-0:1.0`),
      link("usb/devices/1-0:1.0/driver", "../../../../../../bus/usb/drivers/hub"),
      link("usb/devices/1-4", `../../../devices/${hub}/1-4`),
      link("usb/devices/1-4.2", `../../../devices/${hub}/1-4/1-4.2`),
      link("usb/devices/1-4.2:1.0", `../../../devices/${hub}/1-4/1-4.2/1-4.2:1.0`),
      link("usb/devices/1-4.2:1.0/driver", "../../../../../../../../bus/usb/drivers/usbhid"),
      link("usb/devices/1-4.2:1.1/driver", "../../../../../../../../bus/usb/drivers/usbhid"),
      link("usb/devices/1-4.2:1.1", `../../../devices/${hub}/1-4/1-4.2/1-4.2:1.1`),
    ],
    usb: [
      ...attributes("usb1", { idVendor: "1d6b", speed: "10000", bDeviceClass: "09" }),
      ...attributes("1-0:1.0", { bInterfaceClass: "09" }),
      ...attributes("1-4", { speed: "480", product: "Hub: <b>4</b> ports/ways" }),
      ...attributes("1-4.2", { speed: "1.5" }),
      ...attributes("1-5", { speed: "unknown" }),
    ],
  }));
  assertEquals(
    usb.map(({ name, parent, bitsPerSecond }) => [name, parent, bitsPerSecond]),
    [["usb1", null, 10e9], ["1-4", "usb1", 480e6], ["1-4.2", "1-4", 1.5e6], ["1-5", null, null]],
  );
  assertEquals(usb.map(({ product }) => product)[1], "Hub: <b>4</b> ports/ways");
  assertEquals(usb.map(({ interfaceDrivers }) => interfaceDrivers), [[], [], ["usbhid"], []]);
});

Deno.test("parseInventory() tells how a disk is attached by its place in the tree", () => {
  const places = {
    "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda": "ata",
    "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb": "usb",
    "pci0000:00/0000:01:00.0/host1/port-1:0/end_device-1:0/target1:0:0/1:0:0:0/block/sdc": "sas",
    "pci0000:00/0000:02:00.0/host2/target2:2:0/2:2:0:0/block/sdd": "scsi",
    "pci0000:00/0000:03:00.0/host3/rport-3:0-1/target3:0:0/3:0:0:0/block/sde": "fc",
    "platform/soc/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0": "mmc",
    "pci0000:00/0000:00:05.0/virtio3/host4/target4:0:0/4:0:0:0/block/sdf": "virtio",
    "pci0000:00/0000:04:00.0/nvme/nvme1/nvme1n1": "nvme",
    "virtual/nvme-fabrics/ctl/nvme2/nvme2n1": "nvme-fabrics",
    "vbd-51712/block/xvda": "xen",
    "LNXSYSTM:00/LNXSYBUS:00/PNP0A03:00/VMBUS:00/f8b3/host5/target5:0:0/5:0:0:0/block/sdg":
      "hyper-v",
    "pci0000:00/0000:05:00.0/host7/target7:0:0/7:0:0:0/block/sdh": "vmware",
    "virtual/block/nbd0": "nbd",
    "virtual/block/md127": "virtual",
    "somewhere/else/block/odd0": null,
  } as const;
  const { block } = parseInventory(printed({
    "block-links": Object.keys(places).map((place) =>
      link(place.slice(place.lastIndexOf("/") + 1), `../../devices/${place}`)
    ),
    nvme: ["./nvme1/transport:pcie", "./nvme2/transport:tcp"],
    "scsi-hosts": ["./host2/proc_name:megaraid_sas", "./host7/proc_name:vmw_pvscsi"],
  }));
  assertEquals(block.map(({ transport }) => transport), Object.values(places));
});

Deno.test("parseInventory() reads a board without PCI, and its interrupts", () => {
  const board = parseInventory(printed({
    devices: [link("platform/devices/fe340000.mmc", "../../../devices/platform/fe340000.mmc")],
    pci: [],
    interrupts: [
      "./interrupts:           CPU0       CPU1       ",
      "./interrupts: 11:       1000       2000     GICv2  30 Level     arch_timer",
      "./interrupts: 35:          5          0     GICv2 158 Level     mmc0",
      "./interrupts:IPI0:       10         20       Rescheduling interrupts",
    ],
  }));
  assertEquals([board.pci, board.slots, board.usb], [[], [], []]);
  assertEquals(board.interrupts.map(({ description }) => description), [
    "GICv2 30 Level arch_timer",
    "GICv2 158 Level mmc0",
  ]);
});

Deno.test("parseInventory() keeps the lines that it cannot read, with their place", () => {
  const hostile = parseInventory([
    "noise before the first section",
    "== pci",
    "Segmentation fault",
    "./0000:00:00.0/class:0xZZ",
    "./0000:00:00.0/vendor:== end",
    "./__proto__/class:0x020000",
    "== nodes",
    "crw------- 1 0 0 10, 1 Nov 23 03:06 ./two words -> three",
    "crw------- 1 0 0 x, 1 Nov 23 03:06 ./y",
  ].join("\n"));
  assertEquals(hostile.complete, false);
  assertEquals(hostile.unread.map(({ line }) => line), [1, 3, 9]);
  assertEquals(hostile.pci.map(({ address }) => address), ["0000:00:00.0", "__proto__"]);
  assertEquals([hostile.pci[0]?.classCode, hostile.pci[0]?.vendor], [null, null]);
  assertEquals(hostile.nodes.map(({ path }) => path), ["/dev/two words -> three"]);
});

Deno.test("parseInventory() reads an empty text as an inventory that is not complete", () => {
  const empty = parseInventory("");
  assertEquals([empty.complete, empty.kernel, empty.processors], [false, null, null]);
  assertEquals(Object.values(empty).flat().filter((value) => value !== null), [false]);
});

const ODD_TREE: Tree = {
  files: {
    "proc/sys/kernel/osrelease": "6.1.0",
    "proc/irq/7/smp_affinity_list": "0-1",
    "etc/os-release": "NAME=x\nPRETTY_NAME='Odd \"OS\"'",
    "sys/devices/pci0000:00/0000:00:1f.0/class": "0x060100",
    "sys/devices/pci0000:00/0000:00:1f.0/current_link_speed": "Unknown",
    "sys/devices/virtual/net/two words:1/speed": "-1",
    "sys/devices/virtual/net/-n/address": "<script>alert(1)</script>",
    "sys/devices/virtual/block/a!b/size": "8",
    "dev/not-a-node": "",
  },
  links: {
    "sys/bus/pci/devices/0000:00:1f.0": "../../../devices/pci0000:00/0000:00:1f.0",
    "sys/class/net/two words:1": "../../devices/virtual/net/two words:1",
    "sys/class/net/-n": "../../devices/virtual/net/-n",
    "sys/class/block/a!b": "../../devices/virtual/block/a!b",
    "dev/disk/by-label/two words": "../../sda1",
  },
};

async function inventoryOf(tree: Tree, shell: readonly [string, ...string[]]): Promise<Inventory> {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    const plant = ["bash", "-c", plantingScript(tree), "plant", folder] as const;
    assertEquals((await host.run({ argv: plant, timeoutSeconds: 60 })).status, 0);
    const argv: [string, ...string[]] = [...shell, "-c", INVENTORY_SCRIPT, "inventory", folder];
    return parseInventory((await host.run({ argv, timeoutSeconds: 60 })).stdout);
  } finally {
    await host.close();
  }
}

for (const shell of [["bash"], ["dash"], ["busybox", "sh"]] as const) {
  Deno.test(`INVENTORY_SCRIPT reads odd names under ${shell.join(" ")}`, async () => {
    const odd = await inventoryOf(ODD_TREE, shell);
    assertEquals([odd.complete, odd.unread, odd.kernel], [true, [], "6.1.0"]);
    assertEquals(odd.os, 'Odd "OS"');
    assertEquals(odd.pci.map(({ address }) => address), ["0000:00:1f.0"]);
    const network = odd.network.map(({ name, address }) => [name, address]);
    assertEquals(network.sort(), [["-n", "<script>alert(1)</script>"], ["two words:1", null]]);
    assertEquals(odd.block.map(({ name, sizeBytes }) => [name, sizeBytes]), [["a!b", 4096]]);
    assertEquals(odd.nodeLinks.map(({ target }) => target), ["/dev/sda1"]);
  });

  Deno.test(`INVENTORY_SCRIPT reads many functions under ${shell.join(" ")}`, async () => {
    const { pci, iommuGroups, interrupts, unread } = await inventoryOf(manyFunctions(40), shell);
    assertEquals([pci.length, iommuGroups.length, interrupts.length, unread.length], [
      40,
      40,
      40,
      0,
    ]);
    assertEquals(pci.filter(({ physicalFunction }) => physicalFunction !== null).length, 34);
    assert(pci.every(({ driver, iommuGroup }) => driver !== null && iommuGroup !== null));
  });
}

Deno.test("INVENTORY_SCRIPT comes to its end in an empty folder", async () => {
  const nothing = await inventoryOf({ files: { "x": "" }, links: {} }, ["busybox", "sh"]);
  assertEquals([nothing.complete, nothing.pci, nothing.unread], [true, [], []]);
});

Deno.test("readInventory() reads this machine", async () => {
  const host = await liveHost();
  try {
    const { inventory } = await readInventory(host);
    const release = await Deno.readTextFile("/proc/sys/kernel/osrelease");
    assertEquals([inventory.kernel, inventory.unread], [release.trim(), []]);
    assert(
      inventory.nodes.some(({ path, major, minor }) =>
        path === "/dev/null" && major === 1 && minor === 3
      ),
    );
  } finally {
    await host.close();
  }
});

Deno.test("parseNetwork() finds the number of a macvtap's node, wherever the kernel puts it", () => {
  const link = (name: string) =>
    `lrwxrwxrwx 1 0 0 0 Jan  1 00:00 ./${name} -> ../../devices/virtual/net/${name}`;
  const { network } = parseInventory([
    "== net",
    "./mv0/type:1",
    "./mv0/macvtap/tap7/dev:240:1",
    "./mv1/tap8/dev:240:2",
    "./eth0/type:1",
    "== net-links",
    ...["mv0", "mv1", "eth0"].map(link),
    "== end",
  ].join("\n"));
  assertEquals(network.map(({ number }) => number), ["240:1", "240:2", null]);
});
