/**
 * USB: whether devices form trees, and how fast the buses are.
 *
 * @module
 */
import type { Inventory, UsbDevice } from "../../runners/inventory/inventory.ts";
import { count, few, gigabits, greatest, open, type Reading } from "./reading.ts";

const ROOT_HUB = /^usb\d+$/;
const CLAIMED_RATES = [5e9, 10e9, 20e9];

/** Buses that software makes up, of devices elsewhere (usbip) or of none. */
const MADE_UP = /\/(vhci_hcd|dummy_hcd)\b/;

function attached({ usb }: Inventory): readonly UsbDevice[] {
  return usb.filter(({ path }) => !MADE_UP.test(path));
}

/** The rate of the fastest USB bus; null where there is none. */
export function fastestBus(inventory: Inventory): number | null {
  return greatest(
    attached(inventory).filter(({ name }) => ROOT_HUB.test(name)).map(({ bitsPerSecond }) =>
      bitsPerSecond
    ),
  );
}

/** "USB devices form trees under root hubs" */
export function usbTree(inventory: Inventory): Reading {
  const usb = attached(inventory);
  const below = usb.filter(({ name }) => !ROOT_HUB.test(name));
  if (below.length === 0) return noUsb(usb);
  const astray = below.filter((device) => device.parent !== nameAbove(device.name));
  if (astray.length > 0) {
    const names = astray.map(({ name, parent }) => `${name} (below ${parent ?? "nothing"})`);
    return { value: false, seen: `Not where its port says it is: ${few(names)}` };
  }
  const edges = below.map(({ name, parent }) => `${name} below ${parent}`);
  const roots = count(usb.length - below.length, "root hub");
  return {
    value: true,
    seen: `${count(below.length, "device")} under ${roots}, by path and by port: ${few(edges)}`,
  };
}

/** By the numbering of ports: `1-4.2` hangs on `1-4`, and that on `usb1`. */
function nameAbove(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? `usb${name.split("-")[0]}` : name.slice(0, dot);
}

/** "the fastest USB bus runs at 5, 10 or 20 Gbit/s" */
export function usbRate(inventory: Inventory): Reading {
  const rate = fastestBus(inventory);
  const usb = attached(inventory);
  if (rate === null) return noUsb(usb);
  const buses = usb.filter(({ name }) => ROOT_HUB.test(name)).map((bus) =>
    `${bus.name} ${bus.bitsPerSecond === null ? "of unknown rate" : gigabits(bus.bitsPerSecond)}`
  );
  return { value: CLAIMED_RATES.includes(rate), seen: `The USB buses here are ${few(buses)}` };
}

function noUsb(usb: readonly UsbDevice[]): Reading {
  const because = usb.length === 0
    ? "There is no USB bus here"
    : `No device is attached to the ${count(usb.length, "USB root hub")} here`;
  return open(`${because}. Run it on a machine with a USB device`, "usb");
}
