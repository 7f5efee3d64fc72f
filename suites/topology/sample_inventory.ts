/**
 * Inventories for tests: of nothing, with what a test adds.
 *
 * @module
 */
import {
  type BlockDevice,
  type Interrupt,
  type Inventory,
  type NetworkDevice,
  parseInventory,
  type PciFunction,
  type UsbDevice,
} from "../../runners/inventory/inventory.ts";
import { functionsAbove, parsePciLink } from "../../runners/inventory/inventory_pci.ts";

/** An inventory of these things and no others. */
export function inventoryOf(things: Partial<Inventory>): Inventory {
  return { ...parseInventory(""), complete: true, ...things };
}

/** A link as "16.0 GT/s" and 16 lanes. */
export function linkOf(speed: number, lanes: number): PciFunction["currentLink"] {
  return parsePciLink(`${speed} GT/s PCIe`, `${lanes}`);
}

/** A function at a place such as "0000:00:01.0/0000:01:00.0", with a link of 16 GT/s on 4 lanes. */
export function pciFunction(place: string, things: Partial<PciFunction> = {}): PciFunction {
  const path = `/sys/devices/pci0000:00/${place}`;
  return {
    address: place.slice(place.lastIndexOf("/") + 1),
    path,
    classCode: "020000",
    vendor: "15b3",
    device: "1021",
    subsystemVendor: null,
    subsystemDevice: null,
    driver: null,
    iommuGroup: null,
    currentLink: linkOf(16, 4),
    greatestLink: linkOf(16, 4),
    virtualFunctionsAtMost: null,
    virtualFunctions: null,
    physicalFunction: null,
    numaNode: null,
    upstream: functionsAbove(path),
    manyFunctions: false,
    hotPluggable: false,
    ...things,
  };
}

/** A USB device of a rate in Mbit/s below another. */
export function usbDevice(name: string, megabits: number, parent: string | null): UsbDevice {
  return {
    name,
    path: `/sys/devices/${name}`,
    vendor: null,
    device: null,
    deviceClass: null,
    product: null,
    bitsPerSecond: megabits * 1e6,
    driver: null,
    interfaceDrivers: [],
    parent,
  };
}

/** A disk of 4096 bytes. */
export function disk(name: string, things: Partial<BlockDevice> = {}): BlockDevice {
  return {
    name,
    path: `/sys/devices/odd/block/${name}`,
    major: 8,
    minor: 0,
    sizeBytes: 4096,
    readOnly: null,
    removable: null,
    rotational: null,
    partition: false,
    model: null,
    serial: null,
    transport: "ata",
    drivers: [],
    parts: [],
    backingFile: null,
    ...things,
  };
}

/** A network port with a link, and no rate. */
export function port(name: string, things: Partial<NetworkDevice> = {}): NetworkDevice {
  return {
    name,
    path: `/sys/devices/odd/net/${name}`,
    virtual: false,
    bitsPerSecond: null,
    duplex: null,
    state: "up",
    carrier: true,
    address: null,
    type: 1,
    kind: null,
    driver: null,
    parts: [],
    number: null,
    ...things,
  };
}

/** An interrupt of a device that may go to processors 0 to 3. */
export function interrupt(number: number, effective: readonly number[]): Interrupt {
  const allowed = [0, 1, 2, 3];
  return { number, counts: [1, 2], description: `PCI-MSI ${number}-edge x`, allowed, effective };
}
