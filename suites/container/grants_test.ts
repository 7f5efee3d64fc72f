import { assertEquals } from "@std/assert";
import { ABSENT, type Attempts, parseAttempts } from "./attempts.ts";
import { observeAlone, observeNode, observeRefusal } from "./grants.ts";
import { parseNode } from "./loop_disk.ts";
import { observeHostDriver, observeSharing, readsOf, steadyBlocks } from "./reads.ts";
import type { Scene } from "./scene.ts";
import { spread, type Subject } from "./subject.ts";

const DISK = "/dev/vda";
const KVM = "/dev/kvm";
const EPERM = "Operation not permitted";
const NUMBERS = new Map([[DISK, "block special file fe:0"], [
  "/dev/null",
  "character special file 1:3",
]]);
const READS = new Map([["empty", "e"], ["zeros", "z"], ["0", "z"], ["8", "x"], ["16", "y"]]);

const SUBJECT: Subject = {
  disk: { path: DISK, kind: "block", major: 254, minor: 0 },
  count: 3,
  step: 8,
  devices: [
    { path: DISK, kind: "block", major: 254, minor: 0 },
    { path: KVM, kind: "character", major: 10, minor: 232 },
  ],
  driven: { node: { path: DISK, kind: "block", major: 254, minor: 0 }, path: "/sys/devices/x" },
};

function attempts(disk: string, kvm = disk): Attempts {
  return new Map([[DISK, disk], [KVM, kvm], ["/dev/null", "opened"], [ABSENT, "no such file"]]);
}

function scene(overrides: Partial<Scene> = {}): Scene {
  const opened = attempts("opened");
  return {
    native: { attempt: opened, stat: NUMBERS },
    hostReads: { before: READS, while: READS, after: READS },
    draws: { alone: 512, host: 512, container: 512 },
    hostDrivers: { before: ["/sys/devices/x virtio_blk"], while: ["/sys/devices/x virtio_blk"] },
    noDrivers: [],
    a: { attempt: opened, make: opened, stat: NUMBERS, reads: READS },
    b: { reads: READS },
    held: ["opened", "opened"],
    holds: { disk: "block special file fe:0", driven: "block special file fe:0" },
    refused: { attempt: attempts(EPERM), make: attempts(EPERM) },
    ...overrides,
  };
}

Deno.test("every statement is true, with controls that hold, in a scene as it should be", () => {
  for (
    const observe of [observeNode, observeRefusal, observeAlone, observeSharing, observeHostDriver]
  ) {
    const { value, controls, name } = observe(scene(), SUBJECT);
    assertEquals([value, controls.every(({ held }) => held)], [true, true], name);
  }
});

Deno.test("observeRefusal() is false as soon as one device opens in one way", () => {
  const open = [attempts("opened", EPERM), attempts(EPERM, "opened")];
  for (const attempt of open) {
    const refused = { attempt, make: attempts(EPERM) };
    assertEquals(observeRefusal(scene({ refused }), SUBJECT).value, false);
    assertEquals(
      observeRefusal(scene({ refused: { attempt: attempts(EPERM), make: attempt } }), SUBJECT)
        .value,
      false,
    );
  }
});

Deno.test("observeRefusal() believes no refusal of what is refused everywhere", () => {
  const { a } = scene();
  const refused = attempts(EPERM, "opened");
  const { controls } = observeRefusal(scene({ a: { ...a, attempt: refused } }), SUBJECT);
  assertEquals(controls[0]?.held, false);
});

Deno.test("observeRefusal() leaves out devices that a grant does not open, but never the disk", () => {
  const { a } = scene();
  const attempt = attempts("opened", EPERM);
  const refused = { attempt: attempts(EPERM, "opened"), make: attempts(EPERM) };
  assertEquals(observeRefusal(scene({ a: { ...a, attempt }, refused }), SUBJECT).value, true);
});

Deno.test("observeRefusal() and observeAlone() take only refusals for refusals", () => {
  const cases: [string, boolean | null][] = [
    [EPERM, true],
    ["Permission denied", true],
    ["mknod: Operation not permitted", true],
    ["opened", false],
    ["no such file", null],
    ["No such device or address", null],
    ["", null],
  ];
  for (const [said, value] of cases) {
    const refused = { attempt: attempts(EPERM), make: attempts(said) };
    assertEquals(observeRefusal(scene({ refused }), SUBJECT).value, value, said);
    assertEquals(observeAlone(scene({ refused }), SUBJECT).value, value, said);
  }
});

Deno.test("observeAlone() needs the other container to hold and read the disk", () => {
  const { a } = scene();
  const cases: Partial<Scene>[] = [
    { held: [EPERM, "opened"] },
    { held: ["opened", EPERM] },
    { a: { ...a, reads: new Map() } },
    { holds: { disk: "block special file 7:0", driven: null } },
  ];
  for (const overrides of cases) {
    const { controls } = observeAlone(scene(overrides), SUBJECT);
    assertEquals(controls.every(({ held }) => held), false);
  }
});

Deno.test("observeNode() tells a node of another number", () => {
  const { a } = scene();
  const stat = new Map([...NUMBERS, [DISK, "block special file 7:0"]]);
  assertEquals(observeNode(scene({ a: { ...a, stat } }), SUBJECT).value, false);
  assertEquals(observeNode(scene({ a: { ...a, stat: new Map() } }), SUBJECT).value, null);
});

Deno.test("steadyBlocks() leaves out zeros, and blocks that changed", () => {
  assertEquals([...steadyBlocks(scene()).keys()], ["8", "16"]);
  const after = new Map([...READS, ["8", "changed"]]);
  const hostReads = { before: READS, while: READS, after };
  assertEquals([...steadyBlocks(scene({ hostReads })).keys()], ["16"]);
});

Deno.test("observeSharing() is false when a container reads something else", () => {
  const b = { reads: new Map([...READS, ["16", "other"]]) };
  assertEquals(observeSharing(scene({ b }), SUBJECT).value, false);
  assertEquals(observeSharing(scene({ held: ["opened", EPERM] }), SUBJECT).value, false);
});

Deno.test("observeSharing() does not blame sharing where the disk opens in no container", () => {
  const { a } = scene();
  const refused = "Permission denied";
  const remapped = { a: { ...a, attempt: attempts(refused) }, held: [refused, refused] };
  const { value, controls } = observeSharing(scene(remapped), SUBJECT);
  assertEquals([value, controls.every(({ held }) => held)], [false, false]);
});

Deno.test("observeSharing() says nothing where the host reads nothing", () => {
  const none = new Map([["empty", "e"], ["zeros", "z"], ["0", "e"]]);
  const hostReads = { before: none, while: none, after: none };
  const native = { attempt: attempts("Permission denied"), stat: NUMBERS };
  const { value, absence } = observeSharing(scene({ hostReads, native }), SUBJECT);
  assertEquals([value, absence?.lacks], [null, "root"]);
});

Deno.test("observeHostDriver() is false when the driver goes, or the host reads no more", () => {
  const gone = { before: ["/sys/devices/x virtio_blk"], while: [] };
  assertEquals(observeHostDriver(scene({ hostDrivers: gone }), SUBJECT).value, false);
  const draws = { alone: 512, host: 0, container: 512 };
  assertEquals(observeHostDriver(scene({ draws }), SUBJECT).value, false);
});

Deno.test("observeHostDriver() does not blame the container where the host alone reads nothing", () => {
  const draws = { alone: 0, host: 0, container: 512 };
  const { controls } = observeHostDriver(scene({ draws }), SUBJECT);
  assertEquals(controls.filter(({ held }) => !held).map(({ kind }) => kind), ["positive"]);
});

Deno.test("observeHostDriver() lacks a device where none has a driver", () => {
  const { value, absence } = observeHostDriver(scene(), { ...SUBJECT, driven: null });
  assertEquals([value, absence?.verdict], [null, "untested"]);
});

Deno.test("readsOf() leaves out what could not be read", () => {
  assertEquals(readsOf(new Map([["empty", "e"], ["0", "e"], ["8", "x"]])).readable, 1);
  assertEquals(readsOf(new Map()).readable, 0);
  assertEquals(readsOf(new Map([["8", "x"]])).readable, 0);
});

Deno.test("parseAttempts() reads fields, whatever stands between", () => {
  const cases: [string, [string, string][]][] = [
    ["", []],
    ["garbage", []],
    ["b:254:0:/nodes/dev/vda\topened", [["/dev/vda", "opened"]]],
    ["c:1:3:/dev/null\topened\n\n", [["/dev/null", "opened"]]],
    ["/dev/a\tb\tsaid", [["/dev/a\tb", "said"]]],
    ["8\tsum", [["8", "sum"]]],
  ];
  for (const [text, fields] of cases) assertEquals([...parseAttempts(text)], fields);
});

Deno.test("parseNode() reads the hexadecimal numbers of stat", () => {
  const node = { path: "/dev/loop10", kind: "block" as const, major: 7, minor: 10 };
  assertEquals(parseNode("/dev/loop10 7 a"), node);
  for (const line of ["", "/dev/loop0", "losetup: cannot find an unused loop device", "x 7 0"]) {
    assertEquals(parseNode(line), null);
  }
});

Deno.test("spread() stays within the disk", () => {
  const cases: [number, { count: number; step: number }][] = [
    [0, { count: 0, step: 1 }],
    [4096, { count: 1, step: 1 }],
    [65_536, { count: 16, step: 1 }],
    [274_877_906_944, { count: 16, step: 4_194_304 }],
  ];
  for (const [size, expected] of cases) assertEquals(spread(size), expected);
});
