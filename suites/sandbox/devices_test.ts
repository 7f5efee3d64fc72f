import { assertEquals } from "@std/assert";
import type { DeviceReading } from "../../runners/devices/readable_devices.ts";
import type { FileOutcome } from "../../runners/sandbox/wasi_files.ts";
import { deviceThroughPreopen, type Reading } from "./devices.ts";

const OUTCOME: FileOutcome = {
  action: "read",
  bytes: 4096,
  path: "sda",
  opened: true,
  errno: "success",
  type: "block device",
  transfer: "success",
  moved: 4096,
  checksum: 1,
};
const REFUSED: FileOutcome = {
  ...OUTCOME,
  opened: false,
  errno: "EPERM",
  type: null,
  moved: 0,
  checksum: null,
};
const NATIVE: DeviceReading = {
  path: "/dev/sda",
  type: "block special file",
  numbers: "8:0",
  asked: 4096,
  bytes: 4096,
  checksum: 1,
  refusal: null,
};
const FORBIDDEN: DeviceReading = {
  ...NATIVE,
  bytes: 0,
  checksum: null,
  refusal: "Permission denied",
};
const ZERO = { ...NATIVE, path: "/dev/zero" };
const CHANGED = { ...NATIVE, checksum: 2 };

type Case = readonly [what: string, reading: Reading, expected: boolean | null];

function reading(inside: FileOutcome, native = NATIVE, nativeAfter = native): Reading {
  return { native, inside, nativeAfter };
}

const CASES: readonly Case[] = [
  ["a disk gives the host's bytes", reading(OUTCOME), true],
  ["a disk is refused", reading(REFUSED), false],
  ["a file stands in the disk's place", reading({ ...OUTCOME, type: "file" }), false],
  ["a disk gives other bytes", reading({ ...OUTCOME, checksum: 9 }), false],
  [
    "a disk changed before the module read it",
    reading({ ...OUTCOME, checksum: 2 }, NATIVE, CHANGED),
    true,
  ],
  [
    "a disk changed all the time",
    reading({ ...OUTCOME, checksum: 9 }, NATIVE, CHANGED),
    null,
  ],
  ["only /dev/zero can be read", reading({ ...OUTCOME, path: "zero" }, ZERO), null],
  ["the host may not read the disk", reading(REFUSED, FORBIDDEN), null],
];

for (const [what, one, expected] of CASES) {
  Deno.test(`deviceThroughPreopen() says ${expected} when ${what}`, () => {
    const { value } = deviceThroughPreopen({
      readings: [one],
      written: { ...OUTCOME, action: "write", type: "character device" },
      missing: { ...REFUSED, errno: "ENOENT" },
      withoutDev: [REFUSED],
    });
    assertEquals(value, expected);
  });
}
