/**
 * Block devices and how they are attached, from the sections of `inventory.sh`.
 *
 * @module
 */
import type { BusDevice } from "./inventory_devices.ts";
import {
  type Attributes,
  type InventoryText,
  lastPart,
  resolveLink,
  wholeNumber,
} from "./inventory_text.ts";

/** How a disk is attached; `scsi` is a host adapter of another kind, `virtual` is no hardware. */
export type Transport =
  | "ata"
  | "fc"
  | "hyper-v"
  | "iscsi"
  | "mmc"
  | "nbd"
  | "nvme"
  | "nvme-fabrics"
  | "pmem"
  | "rbd"
  | "sas"
  | "scsi"
  | "usb"
  | "virtio"
  | "virtual"
  | "vmware"
  | "xen";

export interface BlockDevice {
  /** As in sysfs, where `!` stands for a slash. */
  readonly name: string;
  readonly path: string;
  readonly major: number | null;
  readonly minor: number | null;
  readonly sizeBytes: number | null;
  readonly readOnly: boolean | null;
  readonly removable: boolean | null;
  readonly rotational: boolean | null;
  readonly partition: boolean;
  readonly model: string | null;
  readonly serial: string | null;
  /** Null where the place in the tree is of no kind that is known here. */
  readonly transport: Transport | null;
  /** Drivers from the disk up to its bus, the nearest first: `["sd", "ahci"]`. */
  readonly drivers: readonly string[];
  /** The block devices that it is made of. */
  readonly parts: readonly string[];
  /** The file behind a loop device. */
  readonly backingFile: string | null;
}

/** `size` counts these, whatever the device's blocks are (`Documentation/ABI/stable/sysfs-block`). */
const SIZE_UNIT_BYTES = 512;

/** By the place in the tree of devices, the first that fits. */
const PLACES: readonly (readonly [RegExp, Transport])[] = [
  [/^\/sys\/devices\/virtual\/block\/nbd\d+(\/|$)/, "nbd"],
  [/\/block\/rbd\d+(\/|$)|^\/sys\/devices\/rbd\//, "rbd"],
  [/^\/sys\/devices\/virtual\/block\//, "virtual"],
  [/\/session\d+\/target/, "iscsi"],
  [/\/rport-[^/]+\/target/, "fc"],
  [/\/usb\d+\//, "usb"],
  [/\/ata\d+\//, "ata"],
  [/\/(end_device|expander)-|\/port-\d+:\d+\//, "sas"],
  [/\/mmc_host\//, "mmc"],
  [/\/virtio\d+\//, "virtio"],
  [/\/(vbd-\d+|xen)/, "xen"],
  [/\/vmbus/i, "hyper-v"],
  [/\/ndbus\d+\//, "pmem"],
];

/** SCSI hosts that a hypervisor makes. */
const VIRTUAL_HOSTS: ReadonlyMap<string, Transport> = new Map<string, Transport>([
  ["vmw_pvscsi", "vmware"],
  ["storvsc", "hyper-v"],
  ["storvsc_host_t", "hyper-v"],
  ["virtio_scsi", "virtio"],
]);

/** The block devices of `/sys/class/block`, partitions among them. */
export function parseBlock(
  text: InventoryText,
  devices: readonly BusDevice[],
): readonly BlockDevice[] {
  const attributes = text.attributes("block");
  const transportOf = transports(text);
  const driversOf = driverChains(devices, text);
  const paths = new Map<string, string>();
  const parts = new Map<string, string[]>();
  for (const { path, target } of text.listed("block-links")) {
    const [name = "", folder, part] = path.split("/");
    if (folder === undefined) paths.set(name, resolveLink("/sys/class/block", target));
    else if (part !== undefined) parts.set(name, [...parts.get(name) ?? [], part]);
  }
  return [...paths].map(([name, path]) => ({
    name,
    path,
    ...numbersOf(attributes.get(name) ?? new Map()),
    transport: transportOf(path),
    drivers: driversOf(path),
    parts: parts.get(name) ?? [],
  }));
}

type Texts = Attributes extends ReadonlyMap<string, infer Device> ? Device : never;

function numbersOf(own: Texts) {
  const flag = (name: string) => own.has(name) ? own.get(name) === "1" : null;
  const [major, minor] = (own.get("dev") ?? "").split(":").map((part) => wholeNumber(part));
  const units = wholeNumber(own.get("size"));
  return {
    major: major ?? null,
    minor: minor ?? null,
    sizeBytes: units === null ? null : units * SIZE_UNIT_BYTES,
    readOnly: flag("ro"),
    removable: flag("removable"),
    rotational: flag("queue/rotational"),
    partition: own.has("partition"),
    model: own.get("device/model") || null,
    serial: own.get("device/serial") || own.get("serial") || null,
    backingFile: own.get("loop/backing_file") ?? null,
  };
}

/** How the device at a place in the tree is attached. */
function transports(text: InventoryText): (path: string) => Transport | null {
  const nvme = nvmeTransports(text);
  const hosts = text.attributes("scsi-hosts");
  return (path) => {
    const [, place] = PLACES.find(([pattern]) => pattern.test(path)) ?? [];
    if (place !== undefined) return place;
    const [, controller] = /\/(nvme(?:-subsys)?\d+)\//.exec(path) ?? [];
    if (controller !== undefined) {
      const named = nvme.get(controller);
      if (named === undefined || named === "pcie") return named === "pcie" ? "nvme" : null;
      return named === "loop" ? "virtual" : "nvme-fabrics";
    }
    const [, host] = /\/(host\d+)\/target/.exec(path) ?? [];
    if (host === undefined) return null;
    const driver = hosts.get(host)?.get("proc_name") ?? "";
    if (driver === "scsi_debug") return "virtual";
    return VIRTUAL_HOSTS.get(driver) ?? "scsi";
  };
}

/** `pcie`, `tcp`, … by controller, and by subsystem where its controllers agree. */
function nvmeTransports(text: InventoryText): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [controller, own] of text.attributes("nvme")) {
    named.set(controller, own.get("transport") ?? "pcie");
  }
  for (const { path, target } of text.listed("nvme-links")) {
    const [subsystem = ""] = path.split("/");
    const transport = named.get(lastPart(target));
    if (transport === undefined) continue;
    const before = named.get(subsystem) ?? transport;
    named.set(subsystem, before === transport ? transport : "mixed");
  }
  return named;
}

/** The drivers on the way up, for a place in the tree. */
function driverChains(
  devices: readonly BusDevice[],
  text: InventoryText,
): (path: string) => string[] {
  const drivers = new Map(devices.map(({ path, driver }) => [path, driver]));
  const controllers = controllerPaths(text);
  return (path) => {
    const chain: string[] = [];
    const [, subsystem] = /\/(nvme-subsys\d+)\//.exec(path) ?? [];
    for (let at = controllers.get(subsystem ?? "") ?? path; at.includes("/"); at = above(at)) {
      const driver = drivers.get(at);
      if (typeof driver === "string") chain.push(driver);
    }
    return chain;
  };
}

/** Of a subsystem with several ways to it, one controller's place: the first. */
function controllerPaths(text: InventoryText): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const { path, target } of text.listed("nvme-links")) {
    const [subsystem = "", controller = ""] = path.split("/");
    if (paths.has(subsystem) || !/^nvme\d+$/.test(controller)) continue;
    const folder = `/sys/devices/virtual/nvme-subsystem/${subsystem}`;
    paths.set(subsystem, resolveLink(folder, target));
  }
  return paths;
}

function above(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
