/**
 * PCI Express: what links join, and how much they carry.
 *
 * @module
 */
import type { Inventory, PciFunction, PciLink } from "../../runners/inventory/inventory.ts";
import { fastestBus } from "./usb.ts";
import { type Answer, count, few, gigabytes, greatest, open, type Reading } from "./reading.ts";

/** A link, by what hangs on its lower end. */
export interface Link {
  /** The address of the port above it; null where sysfs does not show one, as in many guests. */
  readonly port: string | null;
  /** The lower end's function (its first, where it has several). */
  readonly device: PciFunction;
  readonly negotiated: PciLink;
  /** Bytes per second that both ends could negotiate; never less than `negotiated`. */
  readonly mostBytesPerSecond: number;
}

/** The figure of the claim. */
const MOST_BYTES_PER_SECOND = 32e9;
/** The fastest USB rate that the document names, for a host without USB. */
const FASTEST_USB_BITS_PER_SECOND = 20e9;
const BRIDGE = /^0604/;

/**
 * The links, one for each device at a lower end. Ports and devices alternate from the root complex
 * down: a root port is the upper end of a link, what is below it the lower end (an endpoint, or a
 * switch's upstream port), and below a switch's upstream port lie its downstream ports, on a bus
 * inside the switch. So the lower ends are the functions with an odd number of functions above them.
 * One right under the root complex that has a link all the same, and is no port, was given to a
 * guest without its port. Virtual functions have no link of their own.
 */
export function linksOf({ pci }: Inventory): readonly Link[] {
  const byAddress = new Map(pci.map((one) => [one.address, one]));
  const links = new Map<string, Link>();
  for (const device of pci) {
    const depth = device.upstream.length;
    const portless = depth === 0 && !BRIDGE.test(device.classCode ?? "");
    if (device.physicalFunction !== null || device.currentLink === null) continue;
    if (depth % 2 === 0 && !portless) continue;
    const port = device.upstream.at(-1) ?? null;
    const key = `${port} ${deviceOf(device)}`;
    if (links.has(key)) continue;
    const ends = [device.greatestLink, byAddress.get(port ?? "")?.greatestLink ?? null];
    const mostBytesPerSecond = mostOf(device.currentLink, ends.filter((end) => end !== null));
    links.set(key, { port, device, negotiated: device.currentLink, mostBytesPerSecond });
  }
  return [...links.values()];
}

/** The rate of the slower end, on the lanes of the narrower one. */
function mostOf(negotiated: PciLink, ends: readonly PciLink[]): number {
  const lanes = Math.min(...ends.map((end) => end.lanes));
  const perLane = Math.min(...ends.map((end) => end.bytesPerSecond / end.lanes));
  return Math.max(negotiated.bytesPerSecond, ends.length === 0 ? 0 : perLane * lanes);
}

/** The device that a function belongs to: its address without the function, or its whole bus. */
function deviceOf({ address, manyFunctions }: PciFunction): string {
  return manyFunctions ? address.slice(0, address.lastIndexOf(":")) : address.split(".")[0] ?? "";
}

/** "every PCIe link joins exactly one upstream port and one device" */
export function pointToPoint(inventory: Inventory): Reading {
  const links = linksOf(inventory);
  if (links.length === 0) return noLink(inventory);
  const devices = new Map<string, string[]>();
  for (const { port, device } of links) {
    if (port === null) continue;
    devices.set(port, [...devices.get(port) ?? [], device.address]);
  }
  const shared = [...devices].find(([, below]) => below.length > 1);
  if (shared !== undefined) {
    const [port, below] = shared;
    return {
      value: false,
      seen: `Below the port ${port} are ${below.length} devices: ${few(below)}`,
    };
  }
  const hidden = links.filter(({ port }) => port === null).map(({ device }) => device.address);
  if (hidden.length > 0) {
    return open(
      `The port above ${few(hidden)} is not shown, so what its link joins is not`,
      "bare-metal",
    );
  }
  const pairs = links.map(({ port, device }) => `${port} to ${device.address}`);
  return { value: true, seen: `${count(links.length, "link")}, each of one port: ${few(pairs)}` };
}

/** "the fastest PCIe link carries more than a USB port and at most 32 GB/s" */
export function highAndAtMost32(inventory: Inventory): Reading {
  const links = linksOf(inventory);
  const [fastest] = links.toSorted((a, b) =>
    b.negotiated.bytesPerSecond - a.negotiated.bytesPerSecond
  );
  if (fastest === undefined) return noLink(inventory);
  const seen = `The fastest link, at ${fastest.device.address}, ${sentenceOf(fastest)}`;
  const carries = fastest.negotiated.bytesPerSecond;
  if (carries > MOST_BYTES_PER_SECOND) return { value: false, seen };
  const better = links.find((link) => link.mostBytesPerSecond > MOST_BYTES_PER_SECOND);
  if (better !== undefined) return mayBeFaster(better);
  return againstUsb(inventory, { value: true, seen }, carries);
}

function againstUsb(inventory: Inventory, answer: Answer, carries: number): Reading {
  const bus = fastestBus(inventory);
  const usb = bus ?? FASTEST_USB_BITS_PER_SECOND;
  const against = `${gigabytes(usb / 8)} of ${bus === null ? "the fastest USB named" : "USB here"}`;
  const seen = `${answer.seen}, against ${against}`;
  if (carries > usb / 8) return { value: true, seen };
  const could = greatest(linksOf(inventory).map(({ mostBytesPerSecond }) => mostBytesPerSecond));
  if (could !== null && could > usb / 8) {
    return { ...open(`${seen}; a link that saves power now could carry more`), inDoubt: true };
  }
  if (bus === null) return open(`${seen}, and no USB port is here to compare it with`, "usb");
  return { value: false, seen };
}

/** A device that saves power runs its link below what it can do, and speeds up under load. */
function mayBeFaster({ device, negotiated, mostBytesPerSecond }: Link): Reading {
  const because = `The link at ${device.address} carries ${gigabytes(negotiated.bytesPerSecond)} ` +
    `now, and up to ${gigabytes(mostBytesPerSecond)} by what both its ends can do; ` +
    "read it while the device is busy";
  return { ...open(because), inDoubt: true };
}

function sentenceOf({ negotiated }: Link): string {
  const { transfersPerSecond, lanes, bytesPerSecond } = negotiated;
  return `runs at ${transfersPerSecond / 1e9} GT/s on ${count(lanes, "lane")}: ` +
    gigabytes(bytesPerSecond);
}

function noLink({ pci }: Inventory): Reading {
  const functions = count(pci.length, "PCI function");
  const because = pci.length === 0
    ? "There is no PCI here"
    : `None of the ${functions} here shows a PCIe link: sysfs has no link speed of a device`;
  return open(`${because}. A machine with PCIe devices of its own would show one`, "pcie");
}
