/**
 * Partitions of a GPU: MIG instances, and the vGPUs of guests.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import type { GpuRecord, MigDeviceRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { GpuVgpus, VgpuRecord } from "../../runners/gpu/vgpu.ts";
import type { VgpuUse } from "../../runners/gpu/vgpu_utilization.ts";
import { few, type Open, open, type Reading } from "../topology/reading.ts";
import type { GpuReading } from "./gpu_reading.ts";
import { gibibytes } from "./nodes.ts";

/** A GPU instance: its compute instances divide its processors, and share its memory. */
interface Instance {
  readonly memoryBytes: number | null;
  readonly multiprocessors: number | null;
}

/** "the processors and the memory of a GPU are divided among its MIG instances" */
export function partitioned(
  { gpus, migRefusal }: Pick<GpuReading, "gpus" | "migRefusal">,
): Reading {
  const gpu = gpus.log.gpus.find((gpu) => instancesOf(gpu).length >= 2);
  if (gpu === undefined) {
    return open(withoutTwo(gpus.log.gpus, migRefusal).message, "mig");
  }
  const name = gpu.name ?? "the GPU";
  const { totalBytes } = gpu.memory;
  const instances = instancesOf(gpu);
  const memories = instances.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const processors = instances.flatMap(({ multiprocessors }) => multiprocessors ?? []);
  const told = Math.min(memories.length, processors.length);
  if (totalBytes === null || told < instances.length) {
    return open(`The driver does not tell what the MIG instances of ${name} have`);
  }
  const sum = memories.reduce((total, size) => total + size, 0);
  return {
    value: sum <= totalBytes && processors.every((count) => count > 0),
    seen: `${instances.length} MIG instances of ${name} have ${
      few(processors.map(String))
    } SMs, and together ${gibibytes(sum)} of its ${gibibytes(totalBytes)}`,
  };
}

/** Why there are no two MIG instances of one GPU, and how to get them; with why none could be made. */
export function withoutTwo(gpus: readonly GpuRecord[], migRefusal: string | null): MissingTool {
  return new MissingTool({
    action: "use two MIG instances of one GPU",
    condition: migRefusal ?? `no GPU has two: ${cureWithoutTwo(gpus)}`,
  }, "mig");
}

function cureWithoutTwo(gpus: readonly GpuRecord[]): string {
  if (gpus.some(({ mig }) => mig.current === true)) {
    return "make two (sudo nvidia-smi mig -cgi PROFILE -C), or let the run make them (--mig)";
  }
  return gpus.some(({ mig }) => mig.current === false)
    ? "switch MIG mode on (sudo nvidia-smi -i GPU -mig 1), then let the run make two (--mig)"
    : "no GPU here has MIG; an A100, H100, H200 or B200 has";
}

/** The GPU instances; none where the log does not tell which of them a device is of. */
function instancesOf({ migDevices }: GpuRecord): Instance[] {
  if (migDevices.some(({ gpuInstanceId }) => gpuInstanceId === null)) return [];
  const groups = Map.groupBy(migDevices, ({ gpuInstanceId }) => gpuInstanceId);
  return [...groups.values()].map(instanceOf);
}

function instanceOf(devices: readonly MigDeviceRecord[]): Instance {
  const processors = devices.flatMap(({ multiprocessors }) => multiprocessors ?? []);
  return {
    memoryBytes: devices[0]?.memoryTotalBytes ?? null,
    multiprocessors: processors.length < devices.length
      ? null
      : processors.reduce((sum, count) => sum + count, 0),
  };
}

/** "a guest has a vGPU" */
export function vgpuGiven({ gpus }: Pick<GpuReading, "gpus">): Reading {
  const mine = gpus.log.gpus.filter(({ virtualizationMode }) => virtualizationMode === "vgpu");
  if (mine.length > 0) {
    return {
      value: true,
      seen: `This guest has the vGPU ${few(mine.map(({ name }) => name ?? "of no name"))}`,
    };
  }
  const given = activeVgpus({ gpus })
    .filter(({ vmUuid, vmName }) => vmUuid !== null || vmName !== null);
  if (given.length === 0) return noneGiven({ gpus });
  const seen = given.map(({ typeName, vmName, vmUuid }) =>
    `${vmName ?? vmUuid} has ${typeName ?? "a vGPU"}`
  );
  return { value: true, seen: few(seen) };
}

function noneGiven({ gpus }: Pick<GpuReading, "gpus">): Open {
  const isHost = gpus.log.gpus.some(({ virtualizationMode }) => virtualizationMode === "host-vgpu");
  if (!isHost) return open("No vGPU is here", "vgpu");
  return open(
    gpus.vgpus === null
      ? "The driver of this vGPU host does not tell which guests have a vGPU"
      : "This vGPU host has given no guest a vGPU now: start one",
    "vgpu",
  );
}

/** A share below this says little of how two that want more are served. */
const BUSY = 0.2;
/** Rounded percentages of vGPUs that share one GPU may add up to a little more. */
const WHOLE = 1.05;
/** How far the mean of a few seconds may exceed what a policy gives a vGPU. */
const SLACK = 1.2;
/** Under such a policy none gets more than its share, however idle the others are. */
const SHARES = /equal|fixed/i;

/**
 * "the hypervisor schedules vGPUs by its policy, and busy ones share the GPU as it says". A vGPU with less
 * than its share may want no more, so only one with more is at odds with a policy of shares.
 */
export function vgpuScheduled(
  { gpus }: Pick<GpuReading, "gpus">,
  uses: readonly VgpuUse[] | null,
): Reading {
  if (activeVgpus({ gpus }).length === 0) return notScheduledHere({ gpus });
  if (uses === null) return open("The driver does not tell how busy the vGPUs are", "vgpu");
  const policies = gpus.vgpus?.filter(({ schedulerPolicy }) => schedulerPolicy !== null) ?? [];
  if (policies.length === 0) return open("The driver tells no policy of scheduling vGPUs", "vgpu");
  const contended = policies.map((gpu) => ({ gpu, shares: busyShares(gpu, uses) }))
    .find(({ shares }) => shares.length >= 2);
  if (contended === undefined) {
    const policy = policies[0]?.schedulerPolicy;
    return open(
      `The policy is "${policy}", but no two guests keep their vGPUs of one GPU busy`,
      "vgpu",
    );
  }
  return sharedAsSaid(contended.gpu, contended.shares);
}

/** Only a host's driver tells of vGPUs and their policy. */
function notScheduledHere({ gpus }: Pick<GpuReading, "gpus">): Open {
  return gpus.log.gpus.some(({ virtualizationMode }) => virtualizationMode === "vgpu")
    ? open("Only the host's driver tells how vGPUs are scheduled: run cellproof there", "vgpu")
    : noneGiven({ gpus });
}

/** The shares of the processors' time that the busy vGPUs of a GPU have. */
function busyShares({ vgpus }: GpuVgpus, uses: readonly VgpuUse[]): number[] {
  const ids = new Set(vgpus.map(({ id }) => id));
  return uses.flatMap(({ vgpuId, processors }) => ids.has(vgpuId) ? processors ?? [] : [])
    .filter((share) => share >= BUSY);
}

function sharedAsSaid(
  { vgpus, active, schedulerPolicy: policy }: GpuVgpus,
  shares: readonly number[],
): Reading {
  const percents = shares.map((share) => `${Math.round(share * 100)} %`).join(" and ");
  const seen = `The policy is "${policy}", and of ${vgpus.length} vGPUs of a GPU the busy ones ` +
    `have ${percents} of the processors' time`;
  if (!SHARES.test(policy ?? "")) return open(`${seen}; that policy promises no shares`, "vgpu");
  if (shares.reduce((total, share) => total + share, 0) > WHOLE) {
    return { ...open(`${seen}, which is more than there is`), inDoubt: true };
  }
  const most = SLACK / Math.max(vgpus.length, active ?? 0);
  return { value: shares.every((share) => share <= most), seen };
}

/** The vGPUs that are active on this host. */
export function activeVgpus({ gpus }: Pick<GpuReading, "gpus">): readonly VgpuRecord[] {
  return gpus.vgpus?.flatMap(({ vgpus }) => vgpus) ?? [];
}
