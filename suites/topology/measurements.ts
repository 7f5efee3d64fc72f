/**
 * Statements that take a measurement, which the inventory is not: what they would need is told.
 *
 * @module
 */
import type { Inventory } from "../../runners/inventory/inventory.ts";
import { linksOf } from "./pcie.ts";
import { open, type Reading } from "./reading.ts";
import { disksOf } from "./storage.ts";
import { fastestBus } from "./usb.ts";

/** "two devices on one USB bus are slower together than each alone" */
export function usbSharedBandwidth(inventory: Inventory): Reading {
  const sticks = disksOf(inventory).filter(({ transport }) => transport === "usb");
  if (sticks.length < 2) {
    return open(
      `It takes two disks on one USB bus, and ${sticks.length} USB disks are here`,
      "usb",
    );
  }
  return notMeasured(`reading ${sticks.map(({ name }) => name).join(", ")} alone and together`);
}

/** "the fastest disk delivers more than a USB port carries, and less than the fastest PCIe link" */
export function diskBetween(inventory: Inventory): Reading {
  return withoutLinks(inventory) ??
    notMeasured("a disk's throughput against a USB port and a PCIe link");
}

/** "small transfers take longest over USB, less on disks, and least over PCIe and the network" */
export function latencyOrder(inventory: Inventory): Reading {
  return withoutLinks(inventory) ??
    notMeasured("small transfers over USB, PCIe, a disk and the network");
}

function withoutLinks(inventory: Inventory): Reading | null {
  if (fastestBus(inventory) === null) return open("It takes a USB port, and none is here", "usb");
  if (linksOf(inventory).length > 0) return null;
  return open("It takes a PCIe link, and sysfs shows none here", "pcie");
}

function notMeasured(what: string): Reading {
  return open(`This version of cellproof does not measure ${what}`);
}
