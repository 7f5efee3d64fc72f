import { assertEquals, assertStringIncludes } from "@std/assert";
import type { GpuLink, GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Reading } from "../topology/reading.ts";
import { linkOf, pciFunction } from "../topology/sample_inventory.ts";
import { nvlink300To600, pcie16To32, pcie3Or4 } from "./links.ts";
import { gpuAt, gpuFunction, readingOf } from "./sample_reading.ts";

interface SampleLink {
  readonly max?: number | null;
  readonly deviceMax?: number | null;
  readonly current?: number | null;
  readonly most?: number | null;
  /** The widths that sysfs tells of the GPU and of the port above it. */
  readonly ends?: readonly [own: number, port: number];
}

/** A link of generation 4 with 16 lanes, idle at generation 1, but for what is given. */
function linked({ max = 4, deviceMax = 4, current = 16, most = 16, ends }: SampleLink) {
  const link: GpuLink = {
    generation: { current: 1, max, deviceMax, hostMax: 5 },
    width: { current, max: most },
  };
  const [own, port] = ends ?? [16, 16];
  const above = "0000:01:1f.0";
  const pci = [
    pciFunction(above, { greatestLink: linkOf(32, port) }),
    gpuFunction("0000:01:00.0", { greatestLink: linkOf(16, own), upstream: [above] }),
  ];
  return readingOf([gpuAt(1, { link })], { host: { pci } });
}

function nvlinks(...rates: readonly (number | null)[]) {
  const links = rates.map((rate, index) => ({ index, bandwidthBytesPerSecond: rate }));
  const nvlink = [{ gpuIndex: 0, uuid: null, links }, { gpuIndex: 1, uuid: null, links }];
  return readingOf([gpuAt(1), gpuAt(2)], { inventory: { nvlink } });
}

const values = (readings: readonly Reading[]) => readings.map(({ value }) => value);

Deno.test("pcie3Or4() tells of the GPU itself, whatever its slot is", () => {
  // An H100 in a slot of PCIe 4.0 stays one of PCIe 5.0; sysfs tells it where the driver is too old.
  const untold = linked({ deviceMax: null });
  assertEquals(
    values([linked({}), linked({ max: 3 }), linked({ deviceMax: 5 }), untold].map(pcie3Or4)),
    [true, true, false, true],
  );
  assertEquals(pcie3Or4(linked({ ends: [16, 8], current: 8 })).value, true);
  assertEquals(pcie3Or4(linked({ ends: [8, 16], current: 8 })).value, false);
  const neither = readingOf([gpuAt(1, { link: { generation: NONE, width: WIDE } })], {
    host: { pci: [] },
  });
  assertEquals(pcie3Or4(neither).value, null);
});

const NONE: GpuLink["generation"] = { current: null, max: null, deviceMax: null, hostMax: null };
const WIDE: GpuLink["width"] = { current: 16, max: 16 };

Deno.test("pcie16To32() takes what both ends can do, and not what an idle link does", () => {
  const readings = [linked({}), linked({ max: 3 }), linked({ max: 5 }), linked({ max: 2 })];
  assertEquals(values(readings.map(pcie16To32)), [true, true, false, false]);
  // A slot with 8 lanes.
  assertEquals(pcie16To32(linked({ ends: [16, 8], current: 8 })).value, true);
  assertEquals(pcie16To32(linked({ max: 3, ends: [16, 8], current: 8 })).value, false);
  assertEquals(pcie16To32(linked({ max: null })).value, null);
});

Deno.test("pcie16To32() stays in doubt of a link that was trained down", () => {
  const reading = pcie16To32(linked({ current: 8 }));
  assertEquals([reading.value, "inDoubt" in reading && reading.inDoubt], [null, true]);
  assertStringIncludes(JSON.stringify(reading), "uses 8 of 16 lanes");
});

Deno.test("pcie3Or4() and pcie16To32() say nothing of vGPUs, lost GPUs and none", () => {
  const hosts: readonly (readonly GpuRecord[])[] = [
    [gpuAt(1, { virtualizationMode: "vgpu" })],
    [gpuAt(1), gpuAt(2, { lost: "GPU is lost" })],
    [],
  ];
  for (const reading of hosts.map((gpus) => readingOf(gpus))) {
    assertEquals(values([pcie3Or4(reading), pcie16To32(reading)]), [null, null]);
  }
});

Deno.test("nvlink300To600() adds up the active links, both directions together", () => {
  const all = (count: number, rate: number) => nvlinks(...Array(count).fill(rate));
  const [v100, a100, h100, b200] = [
    all(6, 25.781e9),
    all(12, 25e9),
    all(18, 26.562e9),
    all(18, 53.125e9),
  ];
  assertEquals(values([v100, a100, h100, b200].map(nvlink300To600)), [true, true, false, false]);
  const bridged = nvlinks(14.062e9, 14.062e9, 14.062e9, 14.062e9, null);
  assertEquals(nvlink300To600(bridged).value, false);
  assertStringIncludes(JSON.stringify(nvlink300To600(bridged)), "113 GB/s");
});

Deno.test("nvlink300To600() decides nothing by a rate that is not known, or by no link", () => {
  const lost = nvlinks(25e9).gpus.nvlink;
  const readings = [
    nvlinks(26e9),
    nvlinks(null),
    nvlinks(),
    readingOf([gpuAt(1), gpuAt(2)], { inventory: { nvlink: null } }),
    readingOf([gpuAt(1), gpuAt(2, { lost: "GPU is lost" })], { inventory: { nvlink: lost } }),
    readingOf([gpuAt(1)], { inventory: { nvlink: lost } }),
  ];
  for (const reading of readings) assertEquals(nvlink300To600(reading).value, null);
});
