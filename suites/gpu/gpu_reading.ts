/**
 * What nvidia-smi and the host's own inventory tell of its GPUs, for statements to be asked of.
 *
 * @module
 */
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Inventory } from "../../runners/inventory/inventory.ts";
import type { Control } from "../result.ts";
import { type Open, open } from "../topology/reading.ts";

/** What was read of one host. */
export interface GpuReading {
  readonly gpus: GpuInventory;
  readonly host: Inventory;
}

/** NVIDIA's number among PCI vendors, and the class of display controllers (VGA and 3D). */
const NVIDIA = "10de";
const DISPLAY_CLASS = /^030[02]/;

/** The GPUs that the driver has not lost. */
export function working({ log }: GpuInventory): readonly GpuRecord[] {
  return log.gpus.filter(({ lost }) => lost === null);
}

/** NVIDIA's display controllers, as sysfs shows them; virtual functions are no devices of their own. */
export function nvidiaFunctions({ pci }: Inventory) {
  return pci.filter(({ vendor, classCode, physicalFunction }) =>
    vendor === NVIDIA && DISPLAY_CLASS.test(classCode ?? "") && physicalFunction === null
  );
}

/** Where the driver has lost a GPU, nothing is said of all of them. */
export function lostOne({ gpus }: GpuReading): Open | null {
  const lost = gpus.log.gpus.find((gpu) => gpu.lost !== null);
  if (lost === undefined) return null;
  const name = lost.busId ?? lost.name ?? "a GPU";
  return open(
    `The driver has lost ${name} (${lost.lost}): look for Xid messages in dmesg, restart the host`,
    "gpu",
  );
}

/** sysfs and the driver tell of the same GPUs: what one of them makes up, the other does not. */
export function sameInSysfs({ gpus, host }: GpuReading): Control {
  const shown = nvidiaFunctions(host).map(({ address }) => address).sort();
  const told = gpus.log.gpus.flatMap(({ busId }) => busId ?? []).sort();
  const what = "sysfs shows the GPUs that the driver tells of, at the same addresses";
  const held = shown.length > 0 && shown.join() === told.join();
  const seen = `sysfs: ${shown.join(", ") || "none"}; driver: ${told.join(", ") || "none"}`;
  return { kind: "positive", what, held, seen };
}
