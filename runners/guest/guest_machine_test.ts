import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { deviceArguments, deviceModules, deviceNodes, type GuestDevice } from "./guest_devices.ts";
import { machineArguments } from "./guest_machine.ts";
import { parsePciAddress } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";

const GUEST = {
  kernel: { release: "6.1", image: "/c/vmlinux", modules: "/c/modules" },
  initramfs: "/t/guest.cpio",
  folder: "/t",
};
const MACHINE = {
  accelerator: { name: "tcg", why: "This is a test." },
  script: "true",
  timeoutSeconds: 60,
} as const;
const ADDRESS = parsePciAddress("0000:65:00.0");
const USER = { kind: "user" } as const;

Deno.test("deviceNodes() numbers devices as Linux does, and deviceModules() names each list once", () => {
  const models = ["virtio-blk", "ahci", "virtio-blk", "usb-storage", "nvme"] as const;
  const disks: GuestDevice[] = models.map((model) => ({ model, path: "/x" }));
  const devices: GuestDevice[] = [...disks, { model: "e1000", netdev: USER }];
  const nodes = ["block/vda", "block/sda", "block/vdb", "block/sdb", "block/nvme0n1", "net/eth0"];
  assertEquals(deviceNodes(devices), nodes);
  const lists = ["virtio-blk", "ahci", "usb-storage", "nvme", "e1000"];
  assertEquals(deviceModules(devices), lists);
});

Deno.test("deviceArguments() makes one controller for the disks that share it", () => {
  const line = deviceArguments([
    { model: "ahci", path: "/a" },
    { model: "ahci", path: "/b" },
    { model: "ide", path: "/c" },
  ]).join(" ");
  assertEquals(line.match(/-device ich9-ahci/g)?.length, 1);
  assertMatch(line, /ide-hd,bus=ahci\.0,id=device0,.*ide-hd,bus=ahci\.1,id=device1,drive=disk1 /);
  assertMatch(line, /ide-hd,bus=piix\.0,id=device2,drive=disk2$/);
});

Deno.test("deviceArguments() opens disks as told, and doubles the commas of their paths", () => {
  const cases: [GuestDevice, RegExp][] = [
    [{ model: "nvme", path: "/a,b/,c" }, /file\.driver=file,file\.filename=\/a,,b\/,,c,node-name/],
    [{ model: "nvme", path: "/dev/sdb", direct: true }, /host_device,.*cache\.direct=on/],
    [{ model: "nvme", path: "/a", iopsLimit: 9 }, /x-iops-total=9 .*unlimited0 .*file=unlimited0/],
    [{ model: "ahci", path: "/a", readOnly: true }, /read-only=on.*share-rw=on/],
    [
      { model: "virtio-net", netdev: USER },
      /-netdev user,id=net0 .*romfile=,id=device0,netdev=net0$/,
    ],
    [
      { model: "e1000", netdev: { kind: "tap", ifname: "t,0" }, mac: "52:54:00:00:00:01" },
      /tap,id=net0,ifname=t,,0,script=no,downscript=no .*mac=52:54:00:00:00:01$/,
    ],
  ];
  for (const [device, pattern] of cases) assertMatch(deviceArguments([device]).join(" "), pattern);
});

Deno.test("deviceArguments() refuses a limit that is no whole number", () => {
  for (const iopsLimit of [0, -1, 1.5, NaN]) {
    const disk = { model: "nvme", path: "/x", iopsLimit } as const;
    assertThrows(() => deviceArguments([disk]), Problem, "whole number");
  }
});

Deno.test("machineArguments() starts QEMU behind the launcher, and doubles a script's commas", () => {
  const argv = machineArguments(GUEST, {
    ...MACHINE,
    script: "a,b\n",
    launcher: ["nsenter", "-n"],
  });
  assertEquals(argv.slice(0, 3), ["nsenter", "-n", "qemu-system-x86_64"]);
  assert(argv.includes("name=opt/cellproof/script,string=a,,b\n"));
  assertEquals(machineArguments(GUEST, MACHINE)[0], "qemu-system-x86_64");
});

Deno.test("machineArguments() refuses a script that cannot be handed over", () => {
  for (const script of ["", "a\0b", "x".repeat(100_001), ",".repeat(50_001)]) {
    assertThrows(() => machineArguments(GUEST, { ...MACHINE, script }), Problem, "script");
  }
});

Deno.test("deviceArguments() gives a function of the host by its address, and a place to no node", () => {
  assert(ADDRESS !== null);
  const passed: GuestDevice = {
    model: "vfio-pci",
    address: ADDRESS,
    modules: ["nvme"],
    node: null,
  };
  const disk: GuestDevice = { model: "virtio-blk", path: "/a" };
  const argv = deviceArguments([disk, passed, { ...passed, node: "block/nvme0n1" }]);
  assertEquals(argv.filter((word) => word.startsWith("vfio-pci")), [
    "vfio-pci,host=0000:65:00.0,id=device1",
    "vfio-pci,host=0000:65:00.0,id=device2",
  ]);
  assertEquals(argv.filter((word) => word === "-blockdev").length, 1);
  assertEquals(deviceNodes([passed, disk, { ...passed, node: "block/nvme0n1" }]), [
    "block/vda",
    "block/nvme0n1",
  ]);
  assertEquals(deviceModules([passed, disk, passed]), ["nvme", "virtio-blk"]);
});

Deno.test("machineArguments() has two processors and no file of its id unless it is told", () => {
  const usual = machineArguments(GUEST, MACHINE);
  const told = machineArguments(GUEST, { ...MACHINE, processors: 1, pidFile: "/t/a,b.pid" });
  const after = (argv: readonly string[], option: string) => argv[argv.indexOf(option) + 1];
  assertEquals([after(usual, "-smp"), usual.includes("-pidfile")], ["2", false]);
  assertEquals([after(told, "-smp"), after(told, "-pidfile")], ["1", "/t/a,b.pid"]);
});

Deno.test("machineArguments() keeps the consoles of guests apart that run at once", () => {
  const consoles = ["one", "two"].map((name) =>
    machineArguments(GUEST, { ...MACHINE, name }).filter((word) =>
      word.startsWith("file,id=console")
    )
  );
  assertEquals(consoles, [
    ["file,id=console,path=/t/one-console.log"],
    ["file,id=console,path=/t/two-console.log"],
  ]);
});
