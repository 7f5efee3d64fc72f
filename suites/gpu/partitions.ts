/**
 * Partitions of a GPU: MIG instances, and the vGPUs of guests.
 *
 * @module
 */
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { VgpuRecord } from "../../runners/gpu/vgpu.ts";
import type { VgpuUse } from "../../runners/gpu/vgpu_utilization.ts";
import { few, gigabytes, open, type Reading } from "../topology/reading.ts";
import type { GpuReading } from "./gpu_reading.ts";

/** "the processors and the memory of a GPU are divided among its MIG instances" */
export function partitioned({ gpus }: GpuReading): Reading {
  const divided = gpus.log.gpus.filter(({ migDevices }) => migDevices.length >= 2);
  const [gpu] = divided;
  if (gpu === undefined) {
    return open("No GPU here has two MIG instances: make them, or let the run (--mig)", "mig");
  }
  const { migDevices, memory: { totalBytes } } = gpu;
  const memories = migDevices.flatMap(({ memoryTotalBytes }) => memoryTotalBytes ?? []);
  const processors = migDevices.flatMap(({ multiprocessors }) => multiprocessors ?? []);
  if (totalBytes === null || memories.length < migDevices.length) return untold(gpu);
  if (processors.length < migDevices.length) return untold(gpu);
  const sum = memories.reduce((total, size) => total + size, 0);
  return {
    value: sum <= totalBytes && memories.every((size) => size < totalBytes) &&
      processors.every((count) => count > 0),
    seen:
      `${migDevices.length} MIG instances of ${gpu.name} have ${processors.join(" and ")} SMs, ` +
      `and together ${size(sum)} of its ${size(totalBytes)}`,
  };
}

/** "a guest has a vGPU" */
export function vgpuGiven({ gpus }: GpuReading): Reading {
  const mine = gpus.log.gpus.filter(({ virtualizationMode }) => virtualizationMode === "vgpu");
  if (mine.length > 0) {
    return {
      value: true,
      seen: `This guest has the vGPU ${few(mine.flatMap(({ name }) => name ?? []))}`,
    };
  }
  const active = activeVgpus({ gpus });
  const given = active.filter(({ vmUuid, vmName }) => vmUuid !== null || vmName !== null);
  if (given.length === 0) {
    const isHost = gpus.log.gpus.some(({ virtualizationMode }) =>
      virtualizationMode === "host-vgpu"
    );
    return open(
      isHost ? "This vGPU host has given no guest a vGPU now: start one" : "No vGPU is here",
      "vgpu",
    );
  }
  const seen = given.map(({ typeName, vmName, vmUuid }) => `${vmName ?? vmUuid} has ${typeName}`);
  return { value: true, seen: few(seen) };
}

/** A share below this says little of how two that want more are served. */
const BUSY = 0.2;
/** Rounded percentages of two that share one GPU may add up to a little more. */
const WHOLE = 1.05;
/** Under a policy of equal or fixed shares, busy vGPUs of one profile differ by less than this. */
const LIKE = 1.5;

/** "the hypervisor schedules vGPUs by its policy, and busy ones share the GPU as it says" */
export function vgpuScheduled(
  reading: Pick<GpuReading, "gpus">,
  uses: readonly VgpuUse[] | null,
): Reading {
  const policy = reading.gpus.vgpus?.flatMap(({ schedulerPolicy }) => schedulerPolicy ?? [])[0];
  if (activeVgpus(reading).length === 0) return vgpuGiven(reading as GpuReading);
  if (policy === undefined) return open("The driver tells no policy of scheduling vGPUs", "vgpu");
  const known = new Set(activeVgpus(reading).map(({ id }) => id));
  const busy = (uses ?? []).filter(({ vgpuId, processors }) =>
    known.has(vgpuId) && processors !== null && processors >= BUSY
  );
  if (busy.length < 2) {
    return open(
      `The policy is "${policy}", but fewer than two guests keep their vGPUs busy`,
      "vgpu",
    );
  }
  const shares = busy.map(({ processors }) => processors ?? 0);
  const sum = shares.reduce((total, share) => total + share, 0);
  const isAlike = Math.max(...shares) <= LIKE * Math.min(...shares);
  const isFree = !/equal|fixed/i.test(policy);
  return {
    value: sum <= WHOLE && (isFree || isAlike),
    seen: `The policy is "${policy}", and ${busy.length} busy vGPUs have ${
      shares.map((share) => `${Math.round(share * 100)} %`).join(" and ")
    } of the processors`,
  };
}

/** The vGPUs that are active on this host. */
export function activeVgpus({ gpus }: Pick<GpuReading, "gpus">): readonly VgpuRecord[] {
  return gpus.vgpus?.flatMap(({ vgpus }) => vgpus) ?? [];
}

function untold({ name }: GpuRecord): Reading {
  return open(`The driver does not tell what the MIG instances of ${name} have`, "mig");
}

function size(bytes: number): string {
  return gigabytes(bytes).replace("/s", "");
}
