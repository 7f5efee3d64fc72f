import { assertEquals } from "@std/assert";
import { parseBlockDevices } from "./host_aims.ts";

const LISTED = `/sys/block/loop0/dev:7:0
/sys/block/sr0/dev:11:0
/sys/block/nvme0n1/dev:259:0
/sys/block/cciss!c0d0/dev:104:0
/sys/block/sdaa/dev:65:160
/sys/block/zram0/dev:253:0
/sys/block/odd name/dev:1:2
/sys/block/bad/dev:x
grep: /sys/block/*/dev: No such file or directory
`;

Deno.test("parseBlockDevices() lists disks first, and none whose medium moves", () => {
  assertEquals(parseBlockDevices(LISTED).map(({ name, numbers }) => `${name} ${numbers}`), [
    "nvme0n1 259:0",
    "sdaa 65:160",
    "loop0 7:0",
    "cciss!c0d0 104:0",
    "odd name 1:2",
  ]);
  assertEquals(parseBlockDevices(""), []);
});
