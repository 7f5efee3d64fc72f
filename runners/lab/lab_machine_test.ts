import { assert, assertEquals, assertMatch } from "@std/assert";
import { agentPipe, LAB_DEVICES, LAB_DISKS, labArguments, labConsole } from "./lab_machine.ts";

const IMAGE = { kernel: "/c/vmlinux", initramfs: "/c/lab/a.cpio" };
const ARGV = labArguments(IMAGE, "/t");

/** The values of an option, in their order. */
function valuesOf(option: string, argv: readonly string[] = ARGV): string[] {
  return argv.flatMap((word, at) => word === option ? argv[at + 1] ?? [] : []);
}

Deno.test("labArguments() boots the image with an IOMMU, and names every folder's file", () => {
  assertEquals(ARGV[0], "qemu-system-x86_64");
  assertEquals([valuesOf("-kernel"), valuesOf("-initrd")], [["/c/vmlinux"], ["/c/lab/a.cpio"]]);
  assertEquals(valuesOf("-serial"), [`file:${labConsole("/t")}`]);
  assertMatch(valuesOf("-append").join(), /\bintel_iommu=on\b/);
  assert(valuesOf("-chardev").includes(`pipe,id=agent,path=${agentPipe("/t")}`));
});

Deno.test("labArguments() gives every disk to a device, and every device what it names", () => {
  const devices = valuesOf("-device").join("\n");
  for (const { name } of LAB_DISKS) {
    assertEquals(devices.match(new RegExp(`drive=${name}\\b`, "g"))?.length, 1, name);
    assertEquals(
      valuesOf("-blockdev").filter((disk) => disk.includes(`node-name=${name},`)).length,
      1,
    );
  }
  const drives = [...devices.matchAll(/drive=(\w+)/g)].map(([, name]) => name);
  assertEquals(drives.toSorted(), LAB_DISKS.map(({ name }) => name).toSorted());
});

Deno.test("labArguments() lets no network device out, and none has a disk of this machine", () => {
  const netdevs = valuesOf("-netdev");
  assert(netdevs.length > 0 && netdevs.every((netdev) => /^user,.*\brestrict=on\b/.test(netdev)));
  assert(valuesOf("-blockdev").every((disk) => disk.includes("file.filename=/t/")));
  assert(!ARGV.includes("-nic") && !ARGV.includes("-drive") && ARGV.includes("-nodefaults"));
});

Deno.test("labArguments() doubles the commas of its folder", () => {
  const argv = labArguments(IMAGE, "/a,b");
  assert(valuesOf("-chardev", argv).includes("pipe,id=agent,path=/a,,b/agent"));
  assert(valuesOf("-blockdev", argv).every((disk) => disk.includes("file.filename=/a,,b/")));
});

Deno.test("LAB_DEVICES names five functions, each once", () => {
  const { groupMates, ...others } = LAB_DEVICES;
  assertEquals(new Set([...Object.values(others), ...groupMates]).size, 5);
});
