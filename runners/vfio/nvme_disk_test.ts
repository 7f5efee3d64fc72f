import { assert, assertEquals } from "@std/assert";
import { parsePciAddress } from "../pci/pci_address.ts";
import { sampleHost } from "../testing/vfio_samples.ts";
import { isDiskOf } from "./nvme_disk.ts";

const FOLDER = "/sys/bus/pci/devices/0000:02:00.0/nvme";
const address = parsePciAddress("0000:02:00.0");

const CASES: readonly (readonly [string, readonly string[], boolean])[] = [
  ["is its namespace", ["nvme1n1", "serial"], true],
  ["is reached by several controllers", ["nvme1c2n1"], true],
  ["is another controller's", ["nvme2n1"], false],
  ["is another namespace", ["nvme1n2", "nvme1n11", "nvme1c1n2"], false],
  ["has no namespace", ["serial"], false],
];
for (const [what, entries, expected] of CASES) {
  Deno.test(`isDiskOf() gives ${expected} when the disk ${what}`, async () => {
    const folders = { [`${FOLDER}/nvme1`]: entries };
    const host = sampleHost({ folders, commands: { [`ls ${FOLDER}`]: "nvme1\n" } });
    assert(address !== null);
    assertEquals(await isDiskOf(host, address, "nvme1n1"), expected);
  });
}

Deno.test("isDiskOf() gives false when no controller is there", async () => {
  assert(address !== null);
  assertEquals(await isDiskOf(sampleHost({}), address, "nvme1n1"), false);
});
