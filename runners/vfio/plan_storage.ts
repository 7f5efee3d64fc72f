/**
 * Which disks are below a PCI function, what stands on them, and whether the host uses any of it.
 *
 * @module
 */
import { lastPart } from "../inventory/inventory_text.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { few, type Objection } from "./plan_objection.ts";
import {
  type FactText,
  type NodeNumber,
  type NumberedPlace,
  parseNodeNumber,
  printable,
} from "./plan_text.ts";

/** A block device of the kernel. */
interface Block {
  readonly name: string;
  /** Where it is in sysfs. */
  readonly path: string;
  readonly number: NodeNumber | null;
  /** What it is made of: a device-mapper's or md's parts. */
  readonly parts: readonly string[];
}

export interface NvmeFacts {
  /** "nvme1". */
  readonly controller: string;
  readonly serial: string;
  /** Its namespaces' block devices: "nvme1n1". */
  readonly disks: readonly string[];
}

/** The path of one controller to a namespace that several may reach; it has no node. */
const NVME_PATH = /^nvme(\d+)c\d+n(\d+)$/;
const ROOT_PLACES = ["/", "/boot", "/boot/efi", "/efi", "/usr"];

/** The NVMe controller of a function; null for none. */
export function nvmeOf(text: FactText, address: PciAddress): NvmeFacts | null {
  const [controller] = controllersOf(text, address);
  if (controller === undefined) return null;
  const names = blocks(text).filter(({ path }) => path.includes(`/${address}/`));
  const disks = names.flatMap(({ name }) => {
    if (/^nvme\d+n\d+$/.test(name)) return [name];
    const [, subsystem, namespace] = NVME_PATH.exec(name) ?? [];
    return subsystem === undefined ? [] : [`nvme${subsystem}n${namespace}`];
  });
  const serial = printable(text.first("nvme").get(`${controller}/serial`) ?? "");
  return { controller, serial, disks: [...new Set(disks)] };
}

function controllersOf(text: FactText, address: PciAddress): string[] {
  return [...text.links("nvme-links")].flatMap(([name, target]) =>
    target.includes(`/${address}/`) && /^nvme\d+$/.test(name) ? [name] : []
  );
}

/** The parts of sysfs that belong to a function: its own, and those of its NVMe subsystems. */
export function placesOf(text: FactText, address: PciAddress): readonly string[] {
  const controllers = controllersOf(text, address);
  const subsystems = [...text.links("nvme-subsystems").keys()].flatMap((path) => {
    const [subsystem = "", member = ""] = path.split("/");
    return controllers.includes(member) ? [`/${subsystem}/`] : [];
  });
  return [`/${address}/`, ...subsystems];
}

/** The disks of a function with their partitions, and everything that stands on them. */
export function disksOf(text: FactText, address: PciAddress): readonly Block[] {
  const places = placesOf(text, address);
  const all = blocks(text);
  let found = all.filter(({ path }) => places.some((place) => path.includes(place)));
  for (let before = -1; before !== found.length;) {
    before = found.length;
    const names = new Set(found.map(({ name }) => name));
    found = all.filter((block) =>
      names.has(block.name) || block.parts.some((part) => names.has(part)) ||
      found.some(({ path }) => block.path.startsWith(`${path}/`))
    );
  }
  return found;
}

function blocks(text: FactText): Block[] {
  const numbers = text.first("block");
  const links = text.links("block-links");
  const parts = new Map<string, string[]>();
  const put = (name: string, part: string) => parts.set(name, [...parts.get(name) ?? [], part]);
  for (const path of links.keys()) {
    const [, name, part] = /^([^/]+)\/slaves\/([^/]+)$/.exec(path) ?? [];
    if (name !== undefined && part !== undefined) put(name, part);
  }
  const number = (name: string) => parseNodeNumber("b", numbers.get(`${name}/dev`));
  const names = [...links.keys()].filter((name) => !name.includes("/"));
  // A loop device on a disk's node is no holder to sysfs.
  for (const held of text.numbered("held")) {
    const below = names.find((name) => number(name) === held.number);
    if (below !== undefined && names.includes(held.place)) put(held.place, below);
  }
  return names.map((name) => ({
    name,
    path: links.get(name) ?? "",
    number: number(name),
    parts: parts.get(name) ?? [],
  }));
}

/** Why the disks below a function are not to be taken from the host. */
export function storageObjections(text: FactText, address: PciAddress): Objection[] {
  const disks = disksOf(text, address);
  if (disks.length === 0) return [];
  return [
    ...mountObjections(text, address, disks),
    ...swapObjections(text, address, disks),
    ...holderObjections(address, disks),
    ...exportObjections(text, address, disks),
    ...unreadObjections(text, address, disks),
  ];
}

function storage(reason: string, cure: string): Objection {
  return { kind: "storage", reason, cure };
}

function mountObjections(
  text: FactText,
  address: PciAddress,
  disks: readonly Block[],
): Objection[] {
  const mounted = text.values("mounts").flatMap(([, line]) => {
    const [, , number, , point = ""] = line.split(" ");
    const disk = disks.find((disk) =>
      disk.number !== null && disk.number === parseNodeNumber("b", number)
    );
    return disk === undefined ? [] : [{ disk: disk.name, point: printable(point) }];
  });
  const names = new Set(mounted.map(({ disk }) => disk));
  // A btrfs has a number of its own, and only lists its disks by name.
  const listed = [
    ...text.first("filesystems").keys(),
    ...[...text.links("bcachefs").values()].map(lastPart),
  ].filter((name) => !names.has(name) && disks.some((disk) => disk.name === name));
  const boot = mounted.find(({ point }) => ROOT_PLACES.includes(point));
  const points = [...new Set(mounted.map(({ disk, point }) => `${disk} on ${point}`))];
  if (boot !== undefined) {
    const reason = `${address} carries the host's own system (${boot.disk} is mounted on ` +
      `${boot.point})`;
    return [{ kind: "root", reason, cure: "Name another device: this host runs from that one." }];
  }
  if (points.length > 0) {
    return [storage(`${address} has mounted disks (${few(points)})`, "Unmount them.")];
  }
  if (listed.length === 0) return [];
  const reason = `${address} has disks of a file system in use (${few(listed)})`;
  return [storage(reason, "Unmount it, in every container as well.")];
}

function swapObjections(text: FactText, address: PciAddress, disks: readonly Block[]): Objection[] {
  const paths = text.values("swaps").map(([, line]) => line.split(/\s/)[0] ?? "");
  const held = text.numbered("held").filter(({ place }) => place === "swap");
  const used = disks.filter(({ name, number }) =>
    paths.includes(`/dev/${name}`) || held.some((swap) => swap.number === number)
  ).map(({ name }) => name);
  if (used.length === 0) return [];
  return [storage(`${address} has swap (${few(used)})`, `Run "swapoff /dev/${used[0]}".`)];
}

function holderObjections(address: PciAddress, disks: readonly Block[]): Objection[] {
  const holders = disks.filter(({ parts }) => parts.length > 0)
    .map(({ name, parts }) => `${name} on ${few(parts)}`);
  if (holders.length === 0) return [];
  const reason = `${address} has disks that others stand on (${few(holders)})`;
  return [storage(reason, "Stop these first: vgchange -an, mdadm --stop or losetup --detach.")];
}

function exportObjections(
  text: FactText,
  address: PciAddress,
  disks: readonly Block[],
): Objection[] {
  const uses = text.numbered("held").filter(({ place }) => place === "export");
  const pools = text.numbered("zfs");
  const has = (places: readonly NumberedPlace[]) =>
    places.some(({ number }) => disks.some((disk) => disk.number === number));
  const found: Objection[] = [];
  if (has(uses)) {
    const reason = `${address} has disks that are exported to other hosts`;
    found.push(storage(reason, "Take them out of nvmet's or LIO's configuration."));
  }
  const imported = text.values("zfs").length > 0;
  if (imported && (pools.length === 0 || has(pools))) {
    const reason = has(pools)
      ? `${address} has disks of a ZFS pool`
      : `which disks the imported ZFS pools have could not be read (needed for ${address})`;
    found.push(storage(reason, 'Run "zpool export POOL".'));
  }
  return found;
}

function unreadObjections(
  text: FactText,
  address: PciAddress,
  disks: readonly Block[],
): Objection[] {
  const numberless = disks.filter(({ name, number }) => number === null && !NVME_PATH.test(name));
  const unread = [
    ...numberless.map(({ name }) => `/sys/class/block/${printable(name)}/dev`),
    ...(text.values("mounts").some(([, line]) => line.split(" ")[4] === "/") ? [] : ["mountinfo"]),
    ...(text.first("swaps").get("swaps")?.startsWith("Filename") ? [] : ["/proc/swaps"]),
  ];
  if (unread.length === 0) return [];
  const reason = `whether the disks of ${address} are in use could not be read (${few(unread)})`;
  return [storage(reason, "Run as root, on the host itself and not in a container.")];
}
