/**
 * Hands PCI functions to vfio-pci, the driver through which a guest gets them.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import type { HostSetting } from "../settings/setting.ts";
import { requireStillUnused } from "./still_unused.ts";

/** What makes a change of the host, so that it can be undone. */
export interface Changes {
  /** Notes down the value from before, writes the new one, and verifies it. */
  set(setting: HostSetting, value: string): Promise<void>;
}

/** Changes that can be undone as far back as a mark. */
export interface UndoableChanges extends Changes {
  readonly mark: number;
  undoTo(mark: number): Promise<void>;
}

/**
 * In the order of loading. vfio-pci does not need the first itself, but without it QEMU finds "No
 * available IOMMU models".
 */
export const VFIO_MODULES = ["vfio_iommu_type1", "vfio-pci"];

/** None, and the one by which nothing of the host uses a function. */
const IDLE_DRIVERS = ["", "vfio-pci"];

/**
 * Binds a function to vfio-pci and returns its IOMMU group. Where another driver has it, looks first
 * whether it is still unused.
 *
 * @throws {Problem} where the function is in use or in no group, or the kernel offers no node of it
 */
export async function bindToVfio(
  host: Host,
  changes: Changes,
  address: PciAddress,
): Promise<number> {
  const action = `hand ${address} to vfio-pci`;
  const group = await iommuGroup(host, address);
  if (group === null) {
    const condition = "it is in no IOMMU group";
    const cure = "Switch the IOMMU on in the firmware and on the kernel's command line.";
    throw new Problem({ action, condition, cure });
  }
  for (const name of VFIO_MODULES) await changes.set({ kind: "kernel-module", name }, "loaded");
  const driver = await linkName(host, `${pciFolder(address)}/driver`) ?? "";
  if (!IDLE_DRIVERS.includes(driver)) await requireStillUnused(host, address);
  await changes.set({ kind: "pci-driver", address }, "vfio-pci/vfio-pci");
  if ((await host.readFolder("/dev/vfio"))?.includes(`${group}`) === true) return group;
  const condition = `there is no /dev/vfio/${group} though vfio-pci drives it`;
  throw new Problem({ action, condition, cure: "See what the kernel says: dmesg | grep -i vfio" });
}

/** The IOMMU group of a function; null when it is in none. */
export async function iommuGroup(host: Host, address: PciAddress): Promise<number | null> {
  const name = await linkName(host, `${pciFolder(address)}/iommu_group`);
  return name !== null && /^\d{1,9}$/.test(name) ? Number(name) : null;
}

/** The last part of what a link of sysfs points to; null where there is no such link. */
export async function linkName(host: Host, path: string): Promise<string | null> {
  const { ended, status, stdout } = await host.run({
    argv: ["readlink", "--", path],
    timeoutSeconds: 10,
  });
  if (ended !== "exited" || status !== 0) return null;
  return stdout.trim().split("/").at(-1) ?? null;
}
