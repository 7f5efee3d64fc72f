import { assertEquals } from "@std/assert";
import type { PciDescription } from "../result.ts";
import { sampleLog, sampleLogXml } from "../../runners/gpu/nvidia_smi_samples.ts";
import { fakeNvidiaSmi, type NvidiaSmiAnswers } from "../../runners/testing/fake_nvidia_smi.ts";
import { describeGpu, describeGpus } from "./gpu_description.ts";
import { gpuAt } from "./sample_reading.ts";

function describe(answer: NvidiaSmiAnswers[string], pci: readonly PciDescription[] | null = []) {
  return describeGpus(fakeNvidiaSmi({ "-q -x": answer }).host, pci);
}

function functionOf(ids: string | null, classCode: string | null): PciDescription {
  const place = { address: "0000:01:00.0", iommuGroup: null, above: null, physicalFunction: null };
  return { ...place, ids, classCode, driver: null };
}

Deno.test("describeGpus() tells what stays the same from boot to boot", async () => {
  const gpu = gpuAt(1);
  assertEquals(await describe({ stdout: sampleLogXml(sampleLog([gpu])) }), [describeGpu(gpu)]);
  const { pciIds, linkGeneration, memoryBytes } = describeGpu(gpu);
  assertEquals([pciIds, linkGeneration, memoryBytes], ["10de:2330", 5, 81559 * 2 ** 20]);
  assertEquals(describeGpu(gpuAt(1, { vendorId: null })).pciIds, null);
});

Deno.test("describeGpus() tells no GPU from a driver that does not answer", async () => {
  assertEquals(await describe({ ended: "not-found", status: null }), []);
  assertEquals(await describe({ status: 6, stdout: "No devices were found\n" }), []);
  assertEquals(await describe({ ended: "timed-out", status: null }), null);
  assertEquals(await describe({ stdout: "<?xml" }), null);
});

const FUNCTIONS: [words: string, pci: readonly PciDescription[] | null, known: boolean][] = [
  ["PCI lists an NVIDIA GPU", [functionOf("10de:2335", "030200")], false],
  ["PCI functions could not be listed", null, false],
  ["PCI lists another one's GPU", [functionOf("1002:744c", "030000")], true],
  ["PCI lists another device of NVIDIA's", [functionOf("10de:22a3", "068000")], true],
  ["PCI lists what does not tell what it is", [functionOf(null, null)], true],
];
for (const [words, pci, known] of FUNCTIONS) {
  Deno.test(`describeGpus() ${known ? "tells of no GPU" : "cannot tell"} when nvidia-smi is missing or finds none and ${words}`, async () => {
    const gpus = known ? [] : null;
    assertEquals(await describe({ ended: "not-found", status: null }, pci), gpus);
    assertEquals(await describe({ status: 6, stdout: "No devices were found\n" }, pci), gpus);
  });
}
