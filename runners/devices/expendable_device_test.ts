import { assertEquals, assertStringIncludes } from "@std/assert";
import { type DeviceReadings, objectionTo } from "./expendable_device.ts";
import type { CommandResult } from "../host.ts";

const PATH = "/dev/nvme1n1";

function exited(stdout: string, status = 0): CommandResult {
  return { ended: "exited", status, stdout, stderr: "", startedAt: "", durationSeconds: 0 };
}

function readings(
  device: Record<string, unknown>,
  others: Partial<DeviceReadings> = {},
): DeviceReadings {
  const empty = { fstype: null, pttype: null, mountpoint: null, ro: false };
  const blank = { path: PATH, type: "disk", size: 1e12, model: "Samsung PM9A3 ", ...empty };
  return {
    lsblk: exited(JSON.stringify({ blockdevices: [{ ...blank, ...device }] })),
    wipefs: exited(""),
    swaps: "Filename Type Size Used Priority\n",
    loopDirect: null,
    ...others,
  };
}

Deno.test("objectionTo() has none against a blank, idle disk", () => {
  assertEquals(objectionTo(PATH, readings({})), null);
});

Deno.test("objectionTo() has none against a loop device with direct IO", () => {
  assertEquals(objectionTo(PATH, readings({ type: "loop" }, { loopDirect: "1\n" })), null);
});

const OBJECTIONS: [string, DeviceReadings, string][] = [
  ["a partition", readings({ type: "part" }), "not a whole disk"],
  ["a mounted disk", readings({ mountpoint: "/data" }), "mounted on /data"],
  ["partitions", readings({ children: [{ path: `${PATH}p1` }] }), "stands on it"],
  ["a partition table", readings({ pttype: "gpt" }), "partition table (gpt)"],
  ["a file system", readings({ fstype: "ext4" }), "signature (ext4)"],
  ["a loop device that caches", readings({ type: "loop" }, { loopDirect: "0\n" }), "--direct-io"],
  ["swap", readings({}, { swaps: `${PATH} partition 1 0 -2\n` }), "swap"],
  ["a signature that only wipefs sees", readings({}, { wipefs: exited("0x1 zfs") }), "zfs"],
  ["a silent wipefs", readings({}, { wipefs: exited("", 1) }), "wipefs could not"],
  ["an unreadable swap list", readings({}, { swaps: null }), "/proc/swaps"],
  ["a read-only disk, old lsblk", readings({ ro: "1" }), "read-only"],
  ["another disk than was named", readings({ path: "/dev/sda" }), "/dev/sda"],
  ["no such device", readings({}, { lsblk: exited("", 32) }), "does not describe"],
  ["garbage from lsblk", readings({}, { lsblk: exited("[]") }), "does not describe"],
];
for (const [name, seen, expected] of OBJECTIONS) {
  Deno.test(`objectionTo() objects to ${name}`, () => {
    assertStringIncludes(objectionTo(PATH, seen) ?? "no objection", expected);
  });
}
