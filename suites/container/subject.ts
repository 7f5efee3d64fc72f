/**
 * Which of the host's devices are tried: a disk, character devices that are in use, and one device
 * with a driver.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { diskUnder } from "../../runners/devices/block_device.ts";
import type { Host } from "../../runners/host.ts";
import type { BlockDevice, DeviceNode, Inventory } from "../../runners/inventory/inventory.ts";
import { attachLoopDisk } from "./loop_disk.ts";

/** What is tried. */
export interface Subject {
  /** Read by the host and by containers. */
  readonly disk: DeviceNode;
  /** How many blocks of 4096 bytes are read of it, and how many blocks apart. */
  readonly count: number;
  readonly step: number;
  /** Every device that is opened, the disk among them. */
  readonly devices: readonly DeviceNode[];
  /** The device whose driver is watched, and its place in sysfs; null where none has a driver. */
  readonly driven: Driven | null;
}

export interface Driven {
  readonly node: DeviceNode;
  readonly path: string;
}

/** A subject, and what ends it. */
export interface ChosenSubject {
  readonly subject: Subject;
  release(): Promise<void>;
}

interface Disk {
  readonly node: DeviceNode;
  readonly sizeBytes: number;
  /** Null for one of the run's own. */
  readonly block: BlockDevice | null;
}

/** Opening these changes nothing, and Docker grants none of them by itself. */
const HARMLESS = ["/dev/fuse", "/dev/kmsg", "/dev/kvm", "/dev/loop-control"];
const RANDOM = "/dev/hwrng";
const BLOCK_BYTES = 4096;
const MOST_BLOCKS = 16;

/** Prints the first of the disks `$@` that can be read and whose first MiB is not all zeros. */
const FIRST_READABLE = `for disk; do
  if [ "$(head -c 1048576 -- "$disk" 2>/dev/null | tr -d '\\0' | head -c 1 | wc -c)" -eq 1 ]; then
    echo "$disk"
    exit
  fi
done`;

/**
 * Chooses a disk with a driver (the one under the root file system where it can be) that holds
 * something and that the host may read, else one of the run's own; character devices that a driver serves already (opening
 * another one could load a driver); and a device with a driver.
 *
 * @throws {MissingTool} where the host has no disk, and lets the run have none
 */
export async function chooseSubject(host: Host, inventory: Inventory): Promise<ChosenSubject> {
  const { disk, release } = await chooseDisk(host, inventory);
  const driven = await chooseDriven(host, { inventory, disk });
  const served = await servedDevices(host, inventory);
  const devices = [disk.node, ...served, ...(driven === null ? [] : [driven.node])];
  const unique = new Map(devices.map((device) => [device.path, device]));
  return {
    subject: {
      disk: disk.node,
      ...spread(disk.sizeBytes),
      devices: [...unique.values()],
      driven,
    },
    release,
  };
}

/** The whole disks with media that have a node; one over a network could block for ever. */
export function readableDisks({ block, nodes }: Inventory): Disk[] {
  return block.flatMap((one) => {
    const { partition, transport, sizeBytes } = one;
    if (partition || transport === "nbd" || (sizeBytes ?? 0) < BLOCK_BYTES) return [];
    const node = nodes.find(({ kind, major, minor }) =>
      kind === "block" && major === one.major && minor === one.minor
    );
    return node === undefined ? [] : [{ node, sizeBytes: sizeBytes ?? 0, block: one }];
  });
}

/** Blocks spread over the whole disk, so that some hold data that does not change. */
export function spread(sizeBytes: number): { readonly count: number; readonly step: number } {
  const blocks = Math.floor(sizeBytes / BLOCK_BYTES);
  const count = Math.min(MOST_BLOCKS, blocks);
  return { count, step: Math.max(1, Math.floor(blocks / MOST_BLOCKS)) };
}

async function chooseDisk(
  host: Host,
  inventory: Inventory,
): Promise<{ disk: Disk; release: () => Promise<void> }> {
  const root = await rootDisk(host);
  const rank = ({ node, block }: Disk): number =>
    (block?.drivers.length ? 4 : 0) + (node.path === root ? 2 : 0) + (block?.removable ? 0 : 1);
  const disks = readableDisks(inventory).sort((a, b) => rank(b) - rank(a));
  const paths = disks.map(({ node }) => node.path);
  const argv = ["bash", "-c", FIRST_READABLE, "readable", ...paths] as const;
  const { stdout } = await host.run({ argv, timeoutSeconds: 20 });
  const readable = disks.find(({ node }) => node.path === stdout.trim());
  if (readable !== undefined) return { disk: readable, release: () => Promise.resolve() };
  return await ownDisk(host, disks[0]);
}

/** A disk of the run's own; where it may have none, one of the host's that only containers read. */
async function ownDisk(
  host: Host,
  otherwise: Disk | undefined,
): Promise<{ disk: Disk; release: () => Promise<void> }> {
  try {
    const { node, sizeBytes, detach } = await attachLoopDisk(host);
    return { disk: { node, sizeBytes, block: null }, release: detach };
  } catch (error) {
    if (!(error instanceof MissingTool) || otherwise === undefined) throw error;
    return { disk: otherwise, release: () => Promise.resolve() };
  }
}

/** The disk where it has a driver, else the random number generator that is in use. */
async function chooseDriven(
  host: Host,
  { inventory, disk }: { readonly inventory: Inventory; readonly disk: Disk },
): Promise<Driven | null> {
  if (disk.block !== null && disk.block.drivers.length > 0) {
    return { node: disk.node, path: disk.block.path };
  }
  const current = await host.readText("/sys/class/misc/hw_random/rng_current");
  const driver = current?.trim().replace(/\.\d+$/, "");
  const [device, other] = inventory.devices.filter((one) => one.driver === driver);
  const node = inventory.nodes.find(({ path }) => path === RANDOM);
  // Of two, which one it is is not told.
  if (device === undefined || other !== undefined || node === undefined) return null;
  return { node, path: device.path };
}

async function servedDevices(host: Host, { nodes }: Inventory): Promise<DeviceNode[]> {
  const served: DeviceNode[] = [];
  for (const node of nodes) {
    if (node.kind !== "character" || !HARMLESS.includes(node.path)) continue;
    const path = `/sys/dev/char/${node.major}:${node.minor}/uevent`;
    if (await host.readText(path) !== null) served.push(node);
  }
  return served;
}

async function rootDisk(host: Host): Promise<string | null> {
  try {
    return await diskUnder(host, "/");
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
