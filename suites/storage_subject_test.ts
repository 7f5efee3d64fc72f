import { assertEquals, assertStringIncludes } from "@std/assert";
import { objectionToFileSystem } from "./storage_subject.ts";

const ROOM = 64 * 2 ** 30;

for (const line of [`ext4 ${ROOM} /dev/vda`, `btrfs ${ROOM} /dev/sda1[/home]`, "xfs  /dev/sdb"]) {
  Deno.test(`objectionToFileSystem() has none against ${line}`, () => {
    assertEquals(objectionToFileSystem(`${line}\n`), null);
  });
}

const OBJECTIONS: [string, string, string][] = [
  ["memory", `tmpfs ${ROOM} tmpfs`, "memory"],
  ["memory mounted over a disk", `ext4 ${ROOM} /dev/vda[/x]\ntmpfs ${ROOM} tmpfs`, "memory"],
  ["a file system on compressed memory", `ext4 ${ROOM} /dev/zram0`, "memory"],
  ["a file system that caches direct IO", `zfs ${ROOM} tank/home`, "cache"],
  ["another machine's file system", `fuse.sshfs ${ROOM} host:/`, "cache"],
  ["a full disk", "ext4 1048576 /dev/vda", "1 MiB are free"],
  ["an unknown file system", "", "does not know"],
];
for (const [name, lines, expected] of OBJECTIONS) {
  Deno.test(`objectionToFileSystem() objects to ${name}`, () => {
    assertStringIncludes(objectionToFileSystem(`${lines}\n`) ?? "no objection", expected);
  });
}
