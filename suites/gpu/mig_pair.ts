/**
 * Two MIG instances of one GPU.
 *
 * @module
 */
import type { Places } from "../places.ts";
import { gpuInventory, type GpuSubject, migSubject } from "./gpu_place.ts";
import { separateMigDevices } from "./mig_devices.ts";
import { requestMigInstances } from "./mig_instances.ts";
import { withoutTwo } from "./partitions.ts";

/**
 * Two GPU instances of the first GPU that has two; with those that the run has made.
 *
 * @throws {MissingTool} where there are none, with why none could be made
 */
export async function migPair(places: Places): Promise<readonly [GpuSubject, GpuSubject]> {
  const inventory = await gpuInventory(places);
  for (const gpu of inventory.log.gpus) {
    const [first, second] = separateMigDevices(inventory, gpu);
    if (first !== undefined && second !== undefined) {
      return [migSubject(inventory, gpu, first), migSubject(inventory, gpu, second)];
    }
  }
  const { refusal } = await requestMigInstances(places, inventory);
  throw withoutTwo(inventory.log.gpus, refusal);
}
