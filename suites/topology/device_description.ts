/**
 * PCI functions as a result describes them.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import { type PciFunction, readInventory } from "../../runners/inventory/inventory.ts";
import type { PciDescription } from "../result.ts";

/** The host's PCI functions by their address; null where they could not be listed. */
export async function describePci(host: Host): Promise<readonly PciDescription[] | null> {
  try {
    const { inventory } = await readInventory(host);
    return inventory.pci.map(describeFunction)
      .sort((one, other) => one.address < other.address ? -1 : 1);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function describeFunction(found: PciFunction): PciDescription {
  const { address, vendor, device, classCode, driver, iommuGroup } = found;
  return {
    address,
    ids: vendor === null || device === null ? null : `${vendor}:${device}`,
    classCode,
    driver,
    iommuGroup,
    above: found.upstream.at(-1) ?? null,
    physicalFunction: found.physicalFunction,
  };
}
