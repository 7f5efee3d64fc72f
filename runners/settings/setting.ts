/**
 * The states of the host that cellproof may change for a run, and put back: a closed set, each read,
 * written and told in words. Writing what is there already changes nothing, so that undoing twice
 * is harmless.
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { kernelName, modulesLoadedBy, readModule, writeModule } from "./kernel_module.ts";
import { placeInWords, readMigInstance, writeMigInstance } from "./mig_instances.ts";
import { nvmeFile } from "./nvme_device.ts";
import { hasController, readAttachment, writeAttachment } from "./nvme_namespace.ts";
import { parseSecondary, readSecondary, writeSecondary } from "./nvme_secondary.ts";
import { parsePciDriver, readPciDriver, writePciDriver } from "./pci_driver.ts";
import { readSriov, writeAutoprobe, writeVfs } from "./sriov.ts";

/** PCI counts virtual functions in 16 bits. */
const LARGEST_VFS = 65535;

/** A state of the host. Its value is a text; each kind says which. */
export type HostSetting =
  /** A module of the kernel: "loaded" or "absent". */
  | { readonly kind: "kernel-module"; readonly name: string }
  /** What drives a PCI function: "DRIVER/OVERRIDE", either may be empty: "nvme/", "vfio-pci/vfio-pci". */
  | { readonly kind: "pci-driver"; readonly address: PciAddress }
  /** Whether new virtual functions of a physical one get drivers: "0" or "1". */
  | { readonly kind: "sriov-autoprobe"; readonly address: PciAddress }
  /** How many virtual functions a physical one has: "0". */
  | { readonly kind: "sriov-vfs"; readonly address: PciAddress }
  /** A secondary controller of an NVMe device: "STATE QUEUES INTERRUPTS", such as "offline 0 0". */
  | {
    readonly kind: "nvme-secondary";
    /** The physical function. */
    readonly address: PciAddress;
    readonly controllerId: number;
  }
  /** Whether a controller of an NVMe device has a namespace: "attached" or "detached". */
  | {
    readonly kind: "nvme-namespace";
    /** The physical function. */
    readonly address: PciAddress;
    readonly namespaceId: number;
    readonly controllerId: number;
  }
  /** A GPU instance with one compute instance that is all of it: "present" or "absent". */
  | {
    readonly kind: "mig-instance";
    /** The GPU's, as nvidia-smi prints it: "GPU-…". */
    readonly uuid: string;
    readonly profileId: number;
    /** Its first memory slice. */
    readonly start: number;
  };

/**
 * The present value; null where the device or controller is not there.
 *
 * @throws {Problem} where that cannot be told
 */
export async function readSetting(host: Host, setting: HostSetting): Promise<string | null> {
  switch (setting.kind) {
    case "kernel-module":
      return await readModule(host, setting.name);
    case "pci-driver":
      return await readPciDriver(host, setting.address);
    case "sriov-autoprobe":
      return await readSriov(host, setting.address, "sriov_drivers_autoprobe");
    case "sriov-vfs":
      return await readSriov(host, setting.address, "sriov_numvfs");
    case "nvme-secondary":
      return await readSecondary(host, setting.address, setting.controllerId);
    case "nvme-namespace":
      return await readAttachment(host, setting.address, setting);
    case "mig-instance":
      return await readMigInstance(host, setting);
  }
}

/**
 * Makes `value` the present one, and makes sure of it; goes on after a cancel. Who has just read the
 * present one need not have it read again.
 *
 * @throws {Problem} where the host refuses it
 */
export async function writeSetting(
  host: Host,
  setting: HostSetting,
  value: string,
  known?: string | null,
): Promise<void> {
  const action = `set ${settingInWords(setting)} to ${valueInWords(setting, value)}`;
  if (!isValueOf(setting, value)) {
    throw new Problem({ action, condition: "this is no value of it", seen: value });
  }
  const present = known === undefined ? await readSetting(host, setting) : known;
  if (present === value) return;
  await write(host, setting, value);
  const seen = await readSetting(host, setting);
  if (seen === value) return;
  throw new Problem({ action, condition: "the host did not take it", seen: seen ?? "none" });
}

async function write(host: Host, setting: HostSetting, value: string): Promise<void> {
  switch (setting.kind) {
    case "kernel-module":
      return await writeModule(host, setting.name, value === "loaded");
    case "pci-driver": {
      const wanted = parsePciDriver(value);
      return wanted === null ? undefined : await writePciDriver(host, setting.address, wanted);
    }
    case "sriov-autoprobe":
      return await writeAutoprobe(host, setting.address, value === "1");
    case "sriov-vfs":
      return await writeVfs(host, setting.address, Number(value));
    case "nvme-secondary": {
      const { address, controllerId: id } = setting;
      const wanted = parseSecondary(value);
      return wanted === null ? undefined : await writeSecondary(host, address, { id, wanted });
    }
    case "nvme-namespace": {
      const attached = value === "attached";
      return await writeAttachment(host, setting.address, { ...setting, attached });
    }
    case "mig-instance":
      return await writeMigInstance(host, setting, value === "present");
  }
}

/**
 * All that changes when a setting gets a value, in this order: loading a module loads others.
 *
 * @throws {Problem} where there is no such module
 */
export async function settingsAlong(
  host: Host,
  setting: HostSetting,
  value: string,
): Promise<HostSetting[]> {
  if (setting.kind !== "kernel-module" || value !== "loaded") return [setting];
  const names = await modulesLoadedBy(host, setting.name);
  return names.map((name) =>
    name === kernelName(setting.name) ? setting : { kind: "kernel-module", name }
  );
}

/**
 * The serial number of the device, where the device itself keeps the setting: such a one outlives a
 * restart of the host, after which another device may be at the address. Null for every other.
 */
export async function keeperOf(host: Host, setting: HostSetting): Promise<string | null> {
  return outlivesRestart(setting) ? await nvmeFile(host, setting.address, "serial") : null;
}

/**
 * Whether the setting is one of a controller that is gone, as those of virtual functions may go with
 * these: then it cannot be put back.
 *
 * @throws {Problem} where that cannot be told
 */
export async function isOfLostController(host: Host, setting: HostSetting): Promise<boolean> {
  return setting.kind === "nvme-namespace" &&
    !await hasController(host, setting.address, setting.controllerId);
}

/** Whether the device itself keeps the setting, so that a restart does not undo it. */
export function outlivesRestart(
  setting: HostSetting,
): setting is Extract<HostSetting, { kind: "nvme-secondary" | "nvme-namespace" }> {
  return setting.kind === "nvme-secondary" || setting.kind === "nvme-namespace";
}

/** What a setting is, as part of a sentence: "the driver of 0000:65:00.0". */
export function settingInWords(setting: HostSetting): string {
  switch (setting.kind) {
    case "kernel-module":
      return `the kernel module ${setting.name}`;
    case "pci-driver":
      return `the driver of ${setting.address}`;
    case "sriov-autoprobe":
      return `the automatic drivers of virtual functions of ${setting.address}`;
    case "sriov-vfs":
      return `the number of virtual functions of ${setting.address}`;
    case "nvme-secondary":
      return `the secondary controller ${setting.controllerId} of ${setting.address}`;
    case "nvme-namespace":
      return `the namespace ${setting.namespaceId} at the controller ${setting.controllerId} of ` +
        setting.address;
    case "mig-instance":
      return `the MIG instance of ${placeInWords(setting)}`;
  }
}

/** A value as part of a sentence: "nvme", "none", "2". */
export function valueInWords(setting: HostSetting, value: string): string {
  switch (setting.kind) {
    case "pci-driver": {
      const { driver = value, override = "" } = parsePciDriver(value) ?? {};
      const name = driver === "" ? "none" : driver;
      return override === "" || override === driver ? name : `${name} (override ${override})`;
    }
    case "sriov-autoprobe":
      return value === "1" ? "on" : "off";
    case "nvme-secondary": {
      const { online, queues, interrupts } = parseSecondary(value) ?? {};
      if (online === undefined) return value;
      const state = online ? "online" : "offline";
      return `${state} with ${queues} queues and ${interrupts} interrupts`;
    }
    default:
      return value;
  }
}

/** Whether a text is a value that the setting can have. */
export function isValueOf(setting: HostSetting, value: string): boolean {
  switch (setting.kind) {
    case "kernel-module":
      return value === "loaded" || value === "absent";
    case "pci-driver":
      return parsePciDriver(value) !== null;
    case "sriov-autoprobe":
      return value === "0" || value === "1";
    case "sriov-vfs":
      return /^(0|[1-9]\d{0,4})$/.test(value) && Number(value) <= LARGEST_VFS;
    case "nvme-secondary":
      return parseSecondary(value) !== null;
    case "nvme-namespace":
      return value === "attached" || value === "detached";
    case "mig-instance":
      return value === "present" || value === "absent";
  }
}
