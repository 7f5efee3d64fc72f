import { assertEquals, assertStringIncludes } from "@std/assert";
import { sampleMigDevices } from "../../runners/gpu/nvidia_smi_samples.ts";
import type { MigDeviceRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { GpuVgpus, VgpuRecord } from "../../runners/gpu/vgpu.ts";
import { partitioned, vgpuGiven, vgpuScheduled, withoutTwo } from "./partitions.ts";
import { gpuAt, readingOf } from "./sample_reading.ts";

function divided(migDevices: readonly MigDeviceRecord[]) {
  return partitioned(readingOf([gpuAt(1, { migDevices })]));
}

function vgpu(id: number, given: Partial<VgpuRecord> = {}): VgpuRecord {
  return {
    id,
    vmUuid: `vm-${id}`,
    vmName: null,
    typeName: "NVIDIA A40-24Q",
    typeId: 563,
    uuid: null,
    guestDriverVersion: null,
    licenseStatus: null,
    gpuInstanceId: null,
    framebufferTotalBytes: null,
    framebufferUsedBytes: null,
    ...given,
  };
}

function hostOf(...vgpus: readonly GpuVgpus[]) {
  const gpus = vgpus.map((_, index) => gpuAt(index + 1, { virtualizationMode: "host-vgpu" }));
  return readingOf(gpus, { inventory: { vgpus } });
}

function sharing(schedulerPolicy: string | null, ...ids: readonly number[]): GpuVgpus {
  const vgpus = ids.map((id) => vgpu(id));
  return { busId: "0000:01:00.0", active: ids.length, vgpus, schedulerPolicy };
}

function scheduled(policy: string | null, ...shares: readonly (number | null)[]) {
  const uses = shares.map((processors, index) => ({ gpuIndex: 0, vgpuId: index, processors }));
  return vgpuScheduled(hostOf(sharing(policy, ...shares.keys())), uses);
}

Deno.test("partitioned() finds the memory and the processors divided among instances", () => {
  const reading = divided(sampleMigDevices(7));
  assertEquals(reading.value, true);
  assertStringIncludes(JSON.stringify(reading), "together 68.3 GiB of its 79.6 GiB");
  const large = sampleMigDevices(2).map((one) => ({ ...one, memoryTotalBytes: 60 * 2 ** 30 }));
  assertEquals(divided(large).value, false);
});

Deno.test("withoutTwo() asks for no MIG mode of GPUs that have none, and for it where it is off", () => {
  const cure = (...modes: readonly (boolean | null)[]) =>
    withoutTwo(modes.map((current) => gpuAt(1, { mig: { current, pending: current } })), null)
      .message;
  assertStringIncludes(cure(null, true), "mig -cgi");
  assertStringIncludes(cure(null, false), "-mig 1");
  assertStringIncludes(cure(null), "no GPU here has MIG");
});

Deno.test("partitioned() takes compute instances of one GPU instance for no partition of memory", () => {
  const [first, second, third] = sampleMigDevices(3);
  if (first === undefined || second === undefined || third === undefined) throw new Error();
  const whole = 79 * 2 ** 30;
  const parts = [first, { ...first, computeInstanceId: 1 }];
  assertEquals(divided(parts.map((part) => ({ ...part, memoryTotalBytes: whole }))).value, null);
  const reading = divided([...parts, second]);
  assertStringIncludes(JSON.stringify(reading), "2 MIG instances of NVIDIA X have 32, 16 SMs");
});

Deno.test("partitioned() decides nothing by what is not told, and says why none could be made", () => {
  const untold = ["memoryTotalBytes", "multiprocessors", "gpuInstanceId"] as const;
  for (const name of untold) {
    assertEquals(divided(sampleMigDevices(2).map((one) => ({ ...one, [name]: null }))).value, null);
  }
  assertEquals(divided(sampleMigDevices(1)).value, null);
  const refused = partitioned(readingOf([gpuAt(1)], { migRefusal: "processes use GPU 0" }));
  assertStringIncludes(
    JSON.stringify(refused),
    "two MIG instances of one GPU: processes use GPU 0",
  );
});

Deno.test("vgpuGiven() finds a vGPU on its host and in its guest", () => {
  const guest = readingOf([gpuAt(1, { virtualizationMode: "vgpu", name: "NVIDIA A40-24Q" })]);
  assertEquals(vgpuGiven(guest).value, true);
  assertEquals(vgpuGiven(hostOf(sharing("Best Effort", 1))).value, true);
  const none = { vmUuid: null, vmName: null };
  const idle = { ...sharing(null), vgpus: [vgpu(1, none)] };
  for (const reading of [hostOf(idle), hostOf(sharing(null)), readingOf([gpuAt(1)])]) {
    assertEquals(vgpuGiven(reading).value, null);
  }
});

Deno.test("vgpuScheduled() holds busy vGPUs against their policy", () => {
  assertEquals(scheduled("Equal Share", 0.49, 0.5).value, true);
  // It may want no more.
  assertEquals(scheduled("Fixed Share", 0.5, 0.25).value, true);
  assertEquals(scheduled("Equal Share", 0.7, 0.25).value, false);
  assertEquals(scheduled("Equal Share", 0.5, 0.3, 0.05).value, false);
});

Deno.test("vgpuScheduled() decides nothing without a policy, two that are busy, or sound figures", () => {
  const open = [
    scheduled(null, 0.5, 0.5),
    scheduled("Equal Share", 0.9, 0.01),
    scheduled("Equal Share", 0.9, null),
    // A policy that promises no share cannot be at odds with what is seen.
    scheduled("Best Effort", 0.7, 0.25),
    scheduled("Equal Share", 0.8, 0.8),
    vgpuScheduled(hostOf(sharing("Best Effort", 1, 2)), null),
  ];
  for (const reading of open) assertEquals(reading.value, null);
});

Deno.test("vgpuScheduled() compares only vGPUs of one GPU", () => {
  const uses = [1, 2].map((vgpuId) => ({ gpuIndex: vgpuId, vgpuId, processors: 0.9 }));
  const host = hostOf(sharing("Equal Share", 1), sharing("Equal Share", 2));
  assertEquals(vgpuScheduled(host, uses).value, null);
});

Deno.test("vgpuScheduled() is not answered by a guest that has a vGPU", () => {
  const guest = readingOf([gpuAt(1, { virtualizationMode: "vgpu" })]);
  assertEquals(vgpuScheduled(guest, null).value, null);
});
