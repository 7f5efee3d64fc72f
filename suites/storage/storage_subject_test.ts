import { assertEquals, assertStringIncludes } from "@std/assert";
import { objectionToFileSystem } from "./storage_subject.ts";

const LINES: [string, string | null][] = [
  ["ext4 90000000000 /dev/vda1", null],
  ["xfs 2000000000 /dev/mapper/vg-data[/sub]", null],
  ["nfs4 90000000000 server:/export", "from a cache"],
  ["zfs  rpool/data", "from a cache"],
  ["tmpfs 90000000000 tmpfs", "memory"],
  ["ramfs - ramfs", "memory"],
  ["ext4 90000000000 /dev/vda1[/x]\ntmpfs 90000000000 tmpfs", "memory"],
  ["ext4 500000000 /dev/vda1", "476 MiB are free"],
  ["ext4 90000000000 /dev/zram0", "memory"],
  ["", "does not know"],
];
for (const [line, expected] of LINES) {
  Deno.test(`objectionToFileSystem() of "${line}" is ${expected ?? "none"}`, () => {
    const objection = objectionToFileSystem(line);
    if (expected === null) assertEquals(objection, null);
    else assertStringIncludes(objection ?? "none", expected);
  });
}
