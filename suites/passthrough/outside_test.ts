import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { DATA, pci, WHOLE_DEVICE } from "../testing/passthrough_readings.ts";
import { lookOutside, parseOutside } from "./outside.ts";

const DISKS = ["nvme1n1"];
const BOUND =
  `ids 0x1b36 0x0010 \ndriver nvme\ncontroller CELLPROOF-PLAIN     \ndisk nvme1n1 ${DATA}\n`;
const AWAY = "ids 0x1b36 0x0010 \ndriver vfio-pci\ndisk nvme1n1\n";
const GONE = "ids\ndriver\ndisk nvme1n1\n";

Deno.test("parseOutside() reads a device that the host has, gave away, or lost", () => {
  const gone = { ids: "", driver: null, serials: [], hashes: { nvme1n1: null } };
  assertEquals(parseOutside(BOUND, DISKS), WHOLE_DEVICE.before);
  assertEquals(parseOutside(AWAY, DISKS), WHOLE_DEVICE.during);
  assertEquals(parseOutside(GONE, DISKS), gone);
});

const UNCLEAR: readonly (readonly [string, string])[] = [
  ["nothing was printed", ""],
  ["the driver is not told", BOUND.replace(/^driver.*\n/m, "")],
  ["the driver is told twice", `${BOUND}driver vfio-pci\n`],
  ["the ids are told twice", `${BOUND}ids 0x144d 0xa808\n`],
  ["the disk is not told", BOUND.replace(/^disk.*\n/m, "")],
  ["the disk is told twice", `${BOUND}disk nvme1n1\n`],
  ["the disk is another one", BOUND.replace("disk nvme1n1", "disk nvme0n1")],
  ["a disk is told that was not asked for", `${BOUND}disk nvme0n1\n`],
  ["the hash is cut short", BOUND.replace(DATA, DATA.slice(1))],
  ["the end is missing", BOUND.slice(0, 40)],
];
for (const [reason, printed] of UNCLEAR) {
  Deno.test(`parseOutside() believes nothing when ${reason}`, () => {
    assertThrows(() => parseOutside(printed, DISKS), Problem, "does not tell");
  });
}

Deno.test("parseOutside() keeps every serial number, and what no disk should be called", () => {
  const printed = "ids\ndriver\ncontroller A B\ncontroller\ndisk __proto__\n";
  const { serials, hashes } = parseOutside(printed, ["__proto__"]);
  assertEquals([serials, Object.hasOwn(hashes, "__proto__")], [["A B", ""], true]);
});

Deno.test("lookOutside() finds nothing of a device that is not there", async () => {
  const host = await liveHost();
  const gone = { ids: "", driver: null, serials: [], hashes: {} };
  assertEquals(await lookOutside(host, pci("ffff:ff:1f.7"), []), gone);
  await host.close();
});
