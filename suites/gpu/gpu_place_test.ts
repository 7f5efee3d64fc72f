import { assertEquals } from "@std/assert";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { sampleMigDevices } from "../../runners/gpu/nvidia_smi_samples.ts";
import { usable } from "./gpu_place.ts";
import { gpuAt, readingOf } from "./sample_reading.ts";

const DIVIDED = gpuAt(3, {
  mig: { current: true, pending: true },
  migDevices: sampleMigDevices(2),
});

function titles(gpus: readonly GpuRecord[]): string[] {
  const { uuid } = DIVIDED;
  const mig = [0, 1].map((index) => ({ index, profile: "1g.10gb", uuid: `MIG-${index}` }));
  const list = [{ index: 0, name: "X", uuid, busId: null, mig, error: null }];
  return usable(readingOf(gpus, { inventory: { list } }).gpus)
    .map(({ title, uuid, isWhole }) => `${title} ${uuid} ${isWhole}`);
}

Deno.test("usable() lists whole GPUs before MIG instances, each as CUDA calls it", () => {
  const part = "MIG instance 1g.10gb of NVIDIA X";
  assertEquals(titles([DIVIDED, gpuAt(1)]), [
    `NVIDIA X ${gpuAt(1).uuid} true`,
    `${part} MIG-0 false`,
    `${part} MIG-1 false`,
  ]);
});

Deno.test("usable() leaves out what no program can be given", () => {
  const none = [
    gpuAt(1, { lost: "GPU is lost" }),
    gpuAt(1, { uuid: null }),
    gpuAt(1, { virtualizationMode: "host-vgpu" }),
    gpuAt(1, { mig: { current: true, pending: true } }),
  ];
  for (const gpu of none) assertEquals(titles([gpu]), []);
});

Deno.test("usable() takes no vGPU for a whole GPU", () => {
  const vgpu = gpuAt(1, { virtualizationMode: "vgpu" });
  assertEquals(titles([vgpu]), [`NVIDIA X ${vgpu.uuid} false`]);
});
