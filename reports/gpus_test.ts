import { assertEquals } from "@std/assert";
import type { GpuDescription } from "../suites/result.ts";
import { sampleBaseline, sampleGpu } from "../suites/testing/gpus.ts";
import { baselineLines, gpuInWords, gpuLines } from "./gpus.ts";
import { sampleResult } from "./testing/sample_result.ts";

const UUID = "GPU-00000000-0000-4000-8000-000000000001";
const NOTHING: GpuDescription = {
  ...{ name: null, uuid: null, pciIds: null, linkGeneration: null, linkWidth: null },
  ...{ memoryBytes: null, virtualizationMode: null, mig: null, lost: null, fabric: null },
};

const GPUS: Record<string, GpuDescription> = {
  [`NVIDIA X9000, PCIe 5.0 x16, 80 GiB, ${UUID}`]: sampleGpu(),
  [`NVIDIA X9000, PCIe 5.0 x16, 80 GiB, virtualization mode vgpu, divided by MIG, ${UUID}`]:
    sampleGpu({ virtualizationMode: "vgpu", mig: true }),
  "a GPU of unknown name": NOTHING,
  "a GPU of unknown name, LOST: GPU is lost": { ...NOTHING, lost: "GPU is lost" },
  "a GPU of unknown name, 0 GiB": { ...NOTHING, memoryBytes: 0 },
};
for (const [words, gpu] of Object.entries(GPUS)) {
  Deno.test(`gpuInWords() says "${words}"`, () => assertEquals(gpuInWords(gpu), words));
}

Deno.test("gpuLines() tells no GPU from GPUs that the driver could not tell", () => {
  const { host } = sampleResult();
  assertEquals(gpuLines({ ...host, gpus: [] }), []);
  assertEquals(gpuLines({ ...host, gpus: null }).length, 1);
  assertEquals(gpuLines({ ...host, gpus: [NOTHING] }), ["GPU 0: a GPU of unknown name"]);
});

Deno.test("baselineLines() says where it comes from, and whether it was made by hand", () => {
  const line =
    "Compared with results/metal: metal (bare metal), 2026-01-01 00:00 UTC, NVIDIA X9000";
  const baseline = sampleBaseline([]);
  assertEquals(baselineLines(null), []);
  assertEquals(baselineLines(baseline), [line]);
  const made = "SYNTHETIC: made by hand, no machine gave its figures";
  assertEquals(baselineLines({ ...baseline, synthetic: true }), [`${line}, ${made}`]);
  assertEquals(baselineLines({ ...baseline, gpus: [] })[0]?.endsWith("no GPU"), true);
});
