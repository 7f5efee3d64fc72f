import { assertEquals, assertThrows } from "@std/assert";
import type { CommandResult } from "../host.ts";
import { jsonLines } from "../json_lines.ts";
import { parseFileHolders } from "../devices/file_holders.ts";
import { parseDeviceReadings, parseDisks } from "../devices/readable_devices.ts";
import { type FileAttempt, parseFileOutcomes } from "./wasi_files.ts";
import { Problem } from "../../problem.ts";

const READ: FileAttempt = { action: "read", bytes: 512, path: "zero" };
const OPENED = '{"errno":0,"type":"character device","transfer":0,"bytes":512,"checksum":7}\n';
const REFUSED = '{"errno":63,"type":null,"transfer":0,"bytes":0,"checksum":null}\n';

Deno.test("parseFileOutcomes() names WASI's errors and keeps the order", () => {
  const outcomes = parseFileOutcomes(printed(REFUSED + OPENED), [READ, READ]);
  assertEquals(outcomes.map(({ opened, errno, moved }) => [opened, errno, moved]), [
    [false, "EPERM", 0],
    [true, "success", 512],
  ]);
  assertEquals(outcomes[1]?.type, "character device");
});

Deno.test("parseFileOutcomes() throws when an outcome is missing or the module failed", () => {
  const half = '{"errno":0}\n';
  for (const stdout of ["", OPENED, half + OPENED, "garbage\n" + OPENED, "{", "[1]\n[2]\n"]) {
    assertThrows(() => parseFileOutcomes(printed(stdout), [READ, READ]), Problem);
  }
  assertThrows(() => parseFileOutcomes({ ...printed(OPENED), status: 134 }, [READ]), Problem);
});

Deno.test("parseDisks() puts physical disks first, and takes odd names", () => {
  const text = "virtual loop0\nphysical cciss/c0d0\nvirtual dm-0\nphysical nvme0n1\n\nodd\n";
  assertEquals(parseDisks(text), ["cciss/c0d0", "nvme0n1", "loop0", "dm-0"]);
  assertEquals(parseDisks(""), []);
});

Deno.test("parseDeviceReadings() tells what was read and why not", () => {
  const text = "character special file\t1:5\t3018728591 4096\t\n" +
    "block special file\t254:0\t4294967295 0\tOperation not permitted\n" +
    "\t\t4294967295 0\tNo such file or directory\n";
  const paths = ["/dev/zero", "/dev/vda", "/dev/hwrng", "/dev/lost"];
  const readings = parseDeviceReadings(text, paths.map((path) => [4096, path] as const));
  assertEquals(readings.map(({ bytes, checksum, refusal }) => [bytes, checksum, refusal]), [
    [4096, 3018728591, null],
    [0, null, "Operation not permitted"],
    [0, null, "No such file or directory"],
    [0, null, "nothing came"],
  ]);
  assertEquals(readings.map(({ numbers }) => numbers), ["1:5", "254:0", null, null]);
});

Deno.test("parseFileHolders() reads odd program names, and wants the end", () => {
  const lines =
    "12\t0\t0\t0\t/usr/bin/wasmtime\n13\t2\t450\t3\t/opt/a b\tc (deleted)\n14\t0\t0\t0\t\n";
  const holders = parseFileHolders(`${lines}no holder\nend\n`);
  assertEquals(holders?.map(({ program }) => program), [
    "/usr/bin/wasmtime",
    "/opt/a b\tc (deleted)",
    "",
  ]);
  assertEquals(holders?.[1], {
    pid: 13,
    program: "/opt/a b\tc (deleted)",
    children: 2,
    guestTicks: 450,
    kvmDescriptors: 3,
  });
  assertEquals(parseFileHolders("end\n"), []);
  assertEquals([parseFileHolders(""), parseFileHolders(lines)], [null, null]);
});

Deno.test("jsonLines() leaves out what is no object", () => {
  assertEquals(jsonLines('{"a":1}\nnull\n[2]\n3\n{"b"\n\n{"c":{}}'), [{ a: 1 }, { c: {} }]);
});

function printed(stdout: string): CommandResult {
  return { ended: "exited", status: 0, stdout, stderr: "", startedAt: "", durationSeconds: 0 };
}
