/**
 * PCI functions and InfiniBand ports as a result describes them.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import {
  type InfinibandPort,
  type PciFunction,
  readInventory,
} from "../../runners/inventory/inventory.ts";
import type { HostDescription, InfinibandDescription, PciDescription } from "../result.ts";

/** What one inventory tells of a host's devices; each null where it could not be taken. */
export type DeviceDescriptions = Pick<HostDescription, "pci" | "infiniband">;

/** The host's PCI functions by their address, and its InfiniBand ports as the kernel lists them. */
export async function describeDevices(host: Host): Promise<DeviceDescriptions> {
  try {
    const { inventory } = await readInventory(host);
    return {
      pci: inventory.pci.map(describeFunction)
        .sort((one, other) => one.address < other.address ? -1 : 1),
      infiniband: inventory.infiniband.map(describePort),
    };
  } catch (error) {
    if (error instanceof Problem) return { pci: null, infiniband: null };
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

/** The inventory names a port by its adapter and its number: "mlx5_0/1". */
function describePort(found: InfinibandPort): InfinibandDescription {
  const { name, linkLayer, active, bitsPerSecond } = found;
  const end = name.lastIndexOf("/");
  return {
    adapter: name.slice(0, end),
    port: name.slice(end + 1),
    linkLayer,
    active,
    bitsPerSecond,
  };
}
