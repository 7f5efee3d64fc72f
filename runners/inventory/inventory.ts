/**
 * What the kernel shows of a machine: its devices with their links and drivers, its interrupts and
 * device nodes. One script reads it all from sysfs and procfs, on the host, in a container or in a
 * guest; one parser reads what it printed. Units are base SI; what is not known is null.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import script from "./inventory.sh" with { type: "text" };
import { type BlockDevice, parseBlock } from "./inventory_block.ts";
import {
  type BusDevice,
  type InfinibandPort,
  type NetworkDevice,
  parseDevices,
  parseInfiniband,
  parseNetwork,
  parseUsb,
  type UsbDevice,
} from "./inventory_devices.ts";
import { parsePci, parseSlots, type PciFunction, type PciSlot } from "./inventory_pci.ts";
import {
  type DeviceLink,
  type DeviceNode,
  type Interrupt,
  type IommuGroup,
  type Major,
  type Neighbour,
  type NetworkMount,
  parseInterrupts,
  parseIommuGroups,
  parseMajors,
  parseNeighbours,
  parseNetworkMounts,
  parseNodeLinks,
  parseNodes,
  parseOnline,
} from "./inventory_tables.ts";
import { InventoryText, type UnreadLine } from "./inventory_text.ts";

export type { BlockDevice, Transport } from "./inventory_block.ts";
export type { BusDevice, InfinibandPort, NetworkDevice, UsbDevice } from "./inventory_devices.ts";
export type { PciFunction, PciLink, PciSlot } from "./inventory_pci.ts";
export type {
  DeviceLink,
  DeviceNode,
  Interrupt,
  IommuGroup,
  Major,
  Neighbour,
  NetworkMount,
} from "./inventory_tables.ts";
export type { UnreadLine } from "./inventory_text.ts";

/** Everything that one kernel shows of its machine. */
export interface Inventory {
  /** False where the text ends before the script did: then anything may be missing. */
  readonly complete: boolean;
  /** Kernel release. */
  readonly kernel: string | null;
  /** Identifies the boot: another kernel than this one has another one. */
  readonly bootId: string | null;
  /** The distribution's `PRETTY_NAME`. */
  readonly os: string | null;
  /** Processors that are on. */
  readonly processors: number | null;
  /** The devices of the buses that the script lists, USB interfaces among them. */
  readonly devices: readonly BusDevice[];
  readonly pci: readonly PciFunction[];
  readonly slots: readonly PciSlot[];
  readonly usb: readonly UsbDevice[];
  readonly block: readonly BlockDevice[];
  readonly network: readonly NetworkDevice[];
  readonly infiniband: readonly InfinibandPort[];
  /** Names of the IOMMUs that are in use, such as `dmar0`. */
  readonly iommus: readonly string[];
  readonly iommuGroups: readonly IommuGroup[];
  readonly interrupts: readonly Interrupt[];
  readonly nodes: readonly DeviceNode[];
  readonly nodeLinks: readonly DeviceLink[];
  readonly majors: readonly Major[];
  readonly networkMounts: readonly NetworkMount[];
  readonly neighbours: readonly Neighbour[];
  /** Lines that are not of the format. */
  readonly unread: readonly UnreadLine[];
}

/** An inventory, and the text that it was read from. */
export interface ReadInventory {
  readonly text: string;
  readonly inventory: Inventory;
}

/**
 * The script that prints the inventory, for any POSIX shell with `grep`, `ls`, `find`, `tr` and
 * `xargs` (busybox's will do). Its argument, where it has one, stands before /sys, /proc and so on.
 */
export const INVENTORY_SCRIPT = script;

const READ_SECONDS = 60;
const MOST_BYTES = 64 * 1024 ** 2;

/** Reads what the script printed; never throws, whatever the text is. */
export function parseInventory(printed: string): Inventory {
  const text = new InventoryText(printed);
  const system = text.files("system");
  const devices = parseDevices(text);
  const slots = parseSlots(text);
  return {
    complete: text.complete,
    kernel: system.get("proc/sys/kernel/osrelease")?.[0] ?? null,
    bootId: system.get("proc/sys/kernel/random/boot_id")?.[0] ?? null,
    os: prettyName(system.get("etc/os-release") ?? []),
    processors: parseOnline(system.get("sys/devices/system/cpu/online")),
    devices,
    pci: parsePci(text, devices, slots),
    slots,
    usb: parseUsb(text, devices),
    block: parseBlock(text, devices),
    network: parseNetwork(text, devices),
    infiniband: parseInfiniband(text),
    iommus: text.listed("iommu").map(({ path }) => path),
    iommuGroups: parseIommuGroups(text),
    interrupts: parseInterrupts(text),
    nodes: parseNodes(text),
    nodeLinks: parseNodeLinks(text),
    majors: parseMajors(text),
    networkMounts: parseNetworkMounts(text),
    neighbours: parseNeighbours(text),
    unread: text.unread,
  };
}

function prettyName(lines: readonly string[]): string | null {
  const line = lines.find((line) => line.startsWith("PRETTY_NAME="));
  return line?.slice("PRETTY_NAME=".length).replace(/^(["'])(.*)\1$/, "$2") ?? null;
}

/**
 * Takes the inventory of the host that `host` runs commands on.
 *
 * @throws {Problem} where it could not be taken whole
 */
export async function readInventory(host: Host, prefix = ""): Promise<ReadInventory> {
  const result = await host.run({
    argv: ["bash", "-c", INVENTORY_SCRIPT, "inventory", prefix],
    timeoutSeconds: READ_SECONDS,
    maxOutputBytes: MOST_BYTES,
  });
  const inventory = parseInventory(result.stdout);
  if (inventory.complete) return { text: result.stdout, inventory };
  const Kind = result.ended === "not-found" ? MissingTool : Problem;
  throw new Kind({
    action: "take the inventory of this host",
    condition: result.ended === "exited"
      ? "the script ended before its last section"
      : `the command was answered "${result.ended}"`,
    seen: result.stderr || result.stdout.slice(-200),
    cure: "Check that bash, grep, ls, find, tr and xargs are on PATH.",
  });
}
