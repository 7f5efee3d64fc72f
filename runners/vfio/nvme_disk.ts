/**
 * Whether a block device is a PCI function's own.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import { nvmeName } from "../settings/nvme_device.ts";

/** The kernel's word for one of several controllers' path to a disk: "nvme1c2n1" leads to "nvme1n1". */
const PATH = /c\d+(?=n\d+$)/;

/**
 * Whether a disk such as "nvme1n1" is one of an NVMe function's namespaces now.
 *
 * @throws {Problem} where that cannot be told
 */
export async function isDiskOf(host: Host, address: PciAddress, disk: string): Promise<boolean> {
  const controller = await nvmeName(host, address);
  if (controller === null) return false;
  const entries = await host.readFolder(`${pciFolder(address)}/nvme/${controller}`) ?? [];
  return entries.some((entry) => entry.replace(PATH, "") === disk);
}
