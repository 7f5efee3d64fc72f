import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { MissingTool, Problem } from "../../problem.ts";
import {
  BLOCK_DRIVERS,
  type HeldRequest,
  parsePair,
  parseWatch,
  watchedFileBytes,
  watchPair,
  watchReader,
} from "./process_io.ts";
import { diskUnder } from "../devices/block_device.ts";

const MIB = 2 ** 20;
const IO = (bytes: number): string => `| rchar: 9\n| read_bytes: ${bytes}\n| write_bytes: 0`;
const STAT = (sectors: number): string => `|      12    0 ${sectors}    7  0 0 0`;

function text(change: (section: string) => string = (section) => section): string {
  const sections = ["process\n| 4711", "name\n| dd", "process_ids\n| 4711\t1", "host_boot_id\n| b"];
  sections.push("host_drivers\n| nvme\n| virtio_blk");
  ["start", "half", "end"].forEach((point, i) => {
    sections.push(`reader_${point}\n${IO(100 * i)}`, `idle_${point}\n${IO(5)}`);
    sections.push(`disk_${point}\n${STAT(10 * i)}`);
  });
  return [...sections.map((section) => `# ${change(section)}\n`), "# end\n"].join("");
}

Deno.test("parseWatch() reads who read, and the counters in bytes", () => {
  const watch = parseWatch(text());
  assertEquals([watch.process, watch.name, watch.processIds], [4711, "dd", [4711, 1]]);
  assertEquals(watch.hostDrivers, ["nvme", "virtio_blk"]);
  assertEquals(watch.points.end, { readerBytes: 200, idleBytes: 5, diskBytes: 10240 });
});

Deno.test("parseWatch() names root where counters are not shown", () => {
  const hidden = text((section) => section.startsWith("reader_half") ? "reader_half" : section);
  assertEquals(assertThrows(() => parseWatch(hidden), MissingTool).lacks, "root");
});

Deno.test("parseWatch() refuses what is cut off, doubled or garbage", () => {
  const change = (from: string | RegExp, to: string): string => text().replace(from, to);
  const odd = ["", "garbage", text().slice(0, -6), `${text()}more\n`, `x\n${text()}`];
  odd.push(change("# name", "# process"), change("| 4711\n", "| -1\n"), change("| b\n", ""));
  odd.push(change("read_bytes: 100", "read_bytes: -"), change(STAT(10), "| 1 2 -"));
  for (const each of odd) assertThrows(() => parseWatch(each), Problem);
});

Deno.test("parsePair() wants the counters of both", () => {
  assertThrows(() => parsePair(text()), MissingTool);
  const second = ["start", "half", "end"].map((point) => `# second_${point}\n${IO(7)}\n`).join("");
  const statuses = "# statuses\n| 0 1\n";
  assertEquals(parsePair(`${second}${statuses}${text()}`).statuses, [0, 1]);
});

Deno.test("watchReader() charges a reader with exactly what it reads, and nobody else", async () => {
  await withFile(async (host, request) => {
    const { points, name, inside } = await watchReader(host, {
      ...request,
      argv: ["sh", "-c", `echo hello >"$1/inside"; exec dd if="$2" bs=1M iflag=direct`, "sh"]
        .concat(request.folder, request.file),
    });
    assertEquals([name, inside], ["dd", ["hello"]]);
    assertEquals(points.half.readerBytes - points.start.readerBytes, 4 * MIB);
    assertEquals(points.end.readerBytes - points.half.readerBytes, 8 * MIB);
    assertEquals(points.end.idleBytes, points.start.idleBytes);
  });
});

Deno.test("watchPair() charges each of two readers that hold one device", async () => {
  await withFile(async (host, request) => {
    const { points, secondBytes, opened, statuses } = await watchPair(host, request);
    assertEquals([opened, statuses], [[request.file, request.file], [0, 0]]);
    assertEquals(points.half.readerBytes - points.start.readerBytes, 4 * MIB);
    assertEquals(points.end.readerBytes - points.half.readerBytes, 8 * MIB);
    assertEquals(secondBytes.half - secondBytes.start, 0);
    assertEquals(secondBytes.end - secondBytes.half, 8 * MIB);
    assertEquals(points.end.idleBytes, points.start.idleBytes);
  });
});

Deno.test("watchPair() knows a file by another name", async () => {
  await withFile(async (host, request) => {
    const link = `${request.folder}/link`;
    await host.run({ argv: ["ln", "-s", request.file, link], timeoutSeconds: 10 });
    const { opened } = await watchPair(host, { ...request, file: link });
    assertEquals(opened, [request.file, request.file]);
  });
});

Deno.test("BLOCK_DRIVERS finds a disk's driver: on a bus, under partitions, behind NVMe's paths", async () => {
  const host = await liveHost();
  const root = await host.temporaryFolder();
  const make = `cd -- "$1" && mkdir -p sys/class/block sys/bus/drivers/nvme sys/bus/drivers/sd
    pci=sys/devices/pci0000:00/0000:00:01.0 virtual=sys/devices/virtual
    mkdir -p $pci/ata1/0:0:0:0/block/sda/sda1 $pci/nvme/nvme0 $virtual/block/dm-0/slaves \
      $virtual/block/loop0/slaves $virtual/nvme-subsystem/nvme-subsys0/nvme0n1
    ln -s "$PWD/sys/bus/drivers/nvme" $pci/driver
    ln -s "$PWD/sys/bus/drivers/sd" $pci/ata1/0:0:0:0/driver
    ln -s "$PWD/$pci" $pci/nvme/nvme0/device
    ln -s "$PWD/$pci/nvme/nvme0" $virtual/nvme-subsystem/nvme-subsys0/nvme0
    ln -s "$PWD/$virtual/nvme-subsystem/nvme-subsys0" $virtual/nvme-subsystem/nvme-subsys0/nvme0n1/device
    ln -s "$PWD/$pci/ata1/0:0:0:0/block/sda/sda1" $virtual/block/dm-0/slaves/sda1
    for disk in $pci/ata1/0:0:0:0/block/sda $pci/ata1/0:0:0:0/block/sda/sda1 \
      $virtual/block/* $virtual/nvme-subsystem/nvme-subsys0/nvme0n1; do
      ln -s "$PWD/$disk" sys/class/block/
    done`;
  await host.run({ argv: ["bash", "-c", make, "make", root], timeoutSeconds: 10 });
  const functions = BLOCK_DRIVERS.replaceAll("/sys/", `${root}/sys/`);
  const cases = [["sda", "sd"], ["sda1", "sd"], ["dm-0", "sd"], ["nvme0n1", "nvme"], ["loop0", ""]];
  for (const [disk, driver] of cases) {
    const argv = ["busybox", "sh", "-c", `${functions}\ndrivers ${disk} | sort -u`] as const;
    const { stdout, stderr } = await host.run({ argv, timeoutSeconds: 10 });
    assertEquals([stdout.trim(), stderr], [driver, ""], disk);
  }
  await host.close();
});

Deno.test("watchReader() tells why a reader ended before it was asked to", async () => {
  await withFile(async (host, request) => {
    const argv = ["cat", "/no such file"];
    await assertRejects(() => watchReader(host, { ...request, argv }), Problem, "No such file");
    const askProcess = ["false"];
    const known = { ...request, askProcess, argv: ["dd", `if=${request.file}`, "bs=1M"] };
    await assertRejects(() => watchReader(host, known), Problem, "not known");
  });
});

async function withFile(use: (host: Host, request: HeldRequest) => Promise<void>): Promise<void> {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder(Deno.cwd());
    const file = `${folder}/file`;
    const halfBytes = 4 * MIB;
    const disk = (await diskUnder(host, folder)).slice("/dev/".length);
    const size = `${watchedFileBytes(halfBytes)}`;
    const argv = ["bash", "-c", `head -c ${size} /dev/urandom >"$1"`, "fill", file] as const;
    await host.run({ argv, timeoutSeconds: 10 });
    const none: string[] = [];
    await use(host, { folder, file, disk, halfBytes, timeoutSeconds: 20, askProcess: none, argv });
  } finally {
    await host.close();
  }
}
