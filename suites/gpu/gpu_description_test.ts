import { assertEquals } from "@std/assert";
import { sampleLog, sampleLogXml } from "../../runners/gpu/nvidia_smi_samples.ts";
import { fakeNvidiaSmi, type NvidiaSmiAnswers } from "../../runners/testing/fake_nvidia_smi.ts";
import { describeGpu, describeGpus } from "./gpu_description.ts";
import { gpuAt } from "./sample_reading.ts";

function describe(answer: NvidiaSmiAnswers[string]) {
  return describeGpus(fakeNvidiaSmi({ "-q -x": answer }).host);
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
