/**
 * The MIG devices of a GPU, as nvidia-smi lists them: each is a compute instance, and those of one GPU
 * instance share its memory.
 *
 * @module
 */
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import type { ListedMigDevice } from "../../runners/gpu/gpu_list.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";

/** Those that programs can be given. */
export function listedMigDevices(
  { list }: Pick<GpuInventory, "list">,
  gpu: GpuRecord,
): readonly ListedMigDevice[] {
  if (gpu.mig.current !== true || gpu.uuid === null) return [];
  return list?.find(({ uuid }) => uuid === gpu.uuid)?.mig ?? [];
}

/** One of each GPU instance; none where the log does not tell which instance it is of. */
export function separateMigDevices(
  inventory: Pick<GpuInventory, "list">,
  gpu: GpuRecord,
): readonly ListedMigDevice[] {
  const seen = new Set<number>();
  return listedMigDevices(inventory, gpu).filter(({ index }) => {
    const instance = gpu.migDevices.find((device) => device.index === index)?.gpuInstanceId ?? null;
    if (instance === null || seen.has(instance)) return false;
    seen.add(instance);
    return true;
  });
}
