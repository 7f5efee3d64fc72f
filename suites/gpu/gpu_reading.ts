/**
 * What nvidia-smi and the host's own inventory tell of its GPUs, for statements to be asked of.
 *
 * @module
 */
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Inventory, PciFunction } from "../../runners/inventory/inventory.ts";
import type { Control } from "../result.ts";
import { few, type Open, open } from "../topology/reading.ts";

/** What was read of one host. */
export interface GpuReading {
  readonly gpus: GpuInventory;
  readonly host: Inventory;
  /** Why the MIG instances that the user allowed could not be made; null for no such thing. */
  readonly migRefusal: string | null;
}

/** NVIDIA's number among PCI vendors, and the class of display controllers (VGA and 3D). */
const NVIDIA = "10de";
const DISPLAY_CLASS = /^030[02]/;
/** AMD and Intel, whose display controllers and accelerators are GPUs; a server's BMC is not theirs. */
const OTHER_MAKERS = ["1002", "8086"];
const GPU_CLASS = /^(030|1200)/;
/** The kernel's name of NVIDIA's driver. */
export const NVIDIA_DRIVER = "nvidia";

/** The GPUs that the driver has not lost. */
export function working({ log }: GpuInventory): readonly GpuRecord[] {
  return log.gpus.filter(({ lost }) => lost === null);
}

/** NVIDIA's display controllers, as sysfs shows them; virtual functions are no devices of their own. */
export function nvidiaFunctions({ pci }: Inventory): readonly PciFunction[] {
  return pci.filter(({ vendor, classCode, physicalFunction }) =>
    vendor === NVIDIA && DISPLAY_CLASS.test(classCode ?? "") && physicalFunction === null
  );
}

/** Where the driver has lost a GPU, or tells less of it than that it is there, nothing is said of all. */
export function lostOne({ gpus: { log, list } }: Pick<GpuReading, "gpus">): Open | null {
  const cure = "look for Xid messages in dmesg, restart the host";
  const lost = log.gpus.find((gpu) => gpu.lost !== null);
  if (lost !== undefined) {
    const name = lost.busId ?? lost.name ?? "a GPU";
    return open(`The driver has lost ${name} (${lost.lost}): ${cure}`, "gpu");
  }
  const unreached = list?.find(({ error }) => error !== null);
  if (unreached !== undefined) return open(`The driver says "${unreached.error}": ${cure}`, "gpu");
  if (log.attachedGpus === null || log.attachedGpus <= log.gpus.length) return null;
  return open(`The driver tells of ${log.gpus.length} of ${log.attachedGpus} GPUs: ${cure}`, "gpu");
}

/** Where a GPU is another maker's, or has another driver or none, nothing is said of how many there are. */
export function hiddenOne({ gpus, host }: Pick<GpuReading, "gpus" | "host">): Open | null {
  const told = addressesOf(gpus);
  const hidden = nvidiaFunctions(host).filter(({ address }) => !told.includes(address));
  const others = host.pci.filter(({ vendor, classCode, physicalFunction }) =>
    OTHER_MAKERS.includes(vendor ?? "") && GPU_CLASS.test(classCode ?? "") &&
    physicalFunction === null
  );
  if (others.length > 0) {
    const names = few(
      others.map(({ address, vendor, device }) => `${address} (${vendor}:${device})`),
    );
    return open(`There are GPUs of other makers, of which NVIDIA's driver tells nothing: ${names}`);
  }
  if (hidden.length === 0) return null;
  const names = few(
    hidden.map(({ address, driver }) => `${address} (driven by ${driver ?? "nothing"})`),
  );
  return open(`NVIDIA's driver does not tell of all GPUs that sysfs shows: it leaves out ${names}`);
}

/**
 * sysfs and the driver tell of the same GPUs: what one of them makes up, the other does not. In a
 * container that has some of the host's GPUs they differ, as sysfs shows all.
 */
export function sameInSysfs({ gpus, host }: Pick<GpuReading, "gpus" | "host">): Control {
  const functions = nvidiaFunctions(host);
  const shown = functions.map(({ address }) => address);
  const driven = functions.filter(({ driver }) => driver === NVIDIA_DRIVER);
  const told = addressesOf(gpus);
  return {
    kind: "positive",
    what: "sysfs shows the GPUs that the driver tells of, at the same addresses",
    held: told.length > 0 && told.length === gpus.log.gpus.length &&
      told.every((address) => shown.includes(address)) &&
      driven.every(({ address }) => told.includes(address)),
    seen: `sysfs: ${shown.join(", ") || "none"}; driver: ${told.join(", ") || "none"}`,
  };
}

function addressesOf({ log }: GpuInventory): string[] {
  return log.gpus.flatMap(({ busId }) => busId ?? []).sort();
}
