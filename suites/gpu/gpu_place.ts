/**
 * The host's GPUs, and the one that is measured: read once, and shared by every check on GPUs.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import { type GpuInventory, readGpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import type { GrantedGpu } from "../../runners/gpu/gpu_containers.ts";
import type { ListedMigDevice } from "../../runners/gpu/gpu_list.ts";
import { migKey } from "../../runners/gpu/mig_capabilities.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Places } from "../places.ts";
import { listedMigDevices } from "./mig_devices.ts";
import { requestMigInstances } from "./mig_instances.ts";

/** A GPU that CUDA programs can be given: a whole one, a vGPU, or a MIG instance. */
export interface GpuSubject {
  readonly gpu: GpuRecord;
  /** As `CUDA_VISIBLE_DEVICES` takes it: "GPU-…" or "MIG-…". */
  readonly uuid: string;
  /** In words: "NVIDIA H100 PCIe", "MIG instance 3g.20gb of NVIDIA A100-PCIE-40GB". */
  readonly title: string;
  /** False for a MIG instance and a vGPU: then its figures say nothing of the device as a whole. */
  readonly isWhole: boolean;
  /** How a container is given it. */
  readonly granted: GrantedGpu;
}

/**
 * What nvidia-smi tells; MIG instances that the run may make are made before.
 *
 * @throws {MissingTool} where there is no NVIDIA GPU or no driver
 * @throws {Problem} where the driver does not answer
 */
export function gpuInventory(places: Places): Promise<GpuInventory> {
  return places.once("gpu inventory", async () => {
    const first = await readGpuInventory(places.host);
    const { made } = await requestMigInstances(places, first);
    return made ? await readGpuInventory(places.host) : first;
  });
}

/**
 * The GPU that is measured: the first that works as a whole, else the first MIG instance.
 *
 * @throws {MissingTool} where no program can be given one
 */
export async function gpuSubject(places: Places): Promise<GpuSubject> {
  const inventory = await gpuInventory(places);
  const [subject] = usable(inventory);
  if (subject !== undefined) return subject;
  const { refusal } = await requestMigInstances(places, inventory);
  throw noSubject(inventory, refusal);
}

/** Everything that programs can be given, whole GPUs first. */
export function usable(inventory: GpuInventory): readonly GpuSubject[] {
  const working = inventory.log.gpus.filter(({ lost, virtualizationMode }) =>
    lost === null && virtualizationMode !== "host-vgpu"
  );
  const whole = working.filter(({ mig }) => mig.current !== true).flatMap(wholeGpu);
  const instances = working.flatMap((gpu) =>
    listedMigDevices(inventory, gpu).map((device) => migSubject(inventory, gpu, device))
  );
  return [...whole, ...instances];
}

function wholeGpu(gpu: GpuRecord): GpuSubject[] {
  const { uuid, name, minorNumber: minor, virtualizationMode } = gpu;
  if (uuid === null) return [];
  const granted = { uuid, minor, capabilityNodes: [] };
  const isWhole = virtualizationMode !== "vgpu";
  return [{ gpu, uuid, title: name ?? "a GPU", isWhole, granted }];
}

/** A MIG instance of a GPU. */
export function migSubject(
  { migNodes }: Pick<GpuInventory, "migNodes">,
  gpu: GpuRecord,
  { uuid, profile, index }: ListedMigDevice,
): GpuSubject {
  const capabilityNodes = migNodes[migKey(gpu.minorNumber, index)] ?? [];
  const granted = { uuid, minor: gpu.minorNumber, capabilityNodes };
  const title = `MIG instance ${profile} of ${gpu.name ?? "a GPU"}`;
  return { gpu, uuid, title, isWhole: false, granted };
}

function noSubject({ log, list }: GpuInventory, refusal: string | null): MissingTool {
  const action = "run a CUDA program";
  const lost = log.gpus.filter((gpu) => gpu.lost !== null);
  if (log.gpus.some(({ virtualizationMode }) => virtualizationMode === "host-vgpu")) {
    return new MissingTool({
      action,
      condition: "the driver of a vGPU host runs none itself",
      cure: "Run cellproof in a guest that has one of its vGPUs.",
    }, "gpu-guest");
  }
  if (log.gpus.some(({ mig }) => mig.current === true)) {
    const none = list === null
      ? "the GPU is in MIG mode, and nvidia-smi -L lists nothing"
      : "the GPU is in MIG mode and has no instance";
    if (refusal !== null) {
      return new MissingTool({ action, condition: `${none}: ${refusal}` }, "mig");
    }
    return new MissingTool({
      action,
      condition: none,
      cure: "Make one (sudo nvidia-smi mig -cgi PROFILE -C), or let the run make two: --mig",
    }, "mig");
  }
  return new MissingTool({
    action,
    condition: lost.length > 0 ? "the driver has lost the GPU" : "no GPU tells its UUID",
    ...(lost[0]?.lost ? { seen: lost[0].lost } : {}),
    cure: "Look for Xid messages in the kernel's log (dmesg), and restart the host.",
  }, "gpu");
}
