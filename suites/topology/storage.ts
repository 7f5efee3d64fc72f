/**
 * How disks are attached.
 *
 * @module
 */
import type { BlockDevice, Inventory, Transport } from "../../runners/inventory/inventory.ts";
import { few, open, type Reading } from "./reading.ts";

/** Of each transport what the document calls it; none for a disk that a hypervisor makes. */
const KINDS: Readonly<Record<Exclude<Transport, "virtual">, "direct" | "SAN" | null>> = {
  "ata": "direct",
  "fc": "SAN",
  "hyper-v": null,
  "iscsi": "SAN",
  "mmc": "direct",
  "nbd": "SAN",
  "nvme": "direct",
  "nvme-fabrics": "SAN",
  "pmem": "direct",
  "rbd": "SAN",
  "sas": "direct",
  "scsi": "direct",
  "usb": "direct",
  "virtio": null,
  "vmware": null,
  "xen": null,
};

/** Whole disks with something in them; what is made of other disks (dm, md, loop) is none. */
export function disksOf({ block }: Inventory): readonly BlockDevice[] {
  return block.filter(({ partition, transport, sizeBytes }) =>
    !partition && transport !== "virtual" && (sizeBytes ?? 0) > 0
  );
}

/** "every disk is attached directly (or as DAS), or comes from a NAS or a SAN" */
export function storageTransports(inventory: Inventory): Reading {
  const disks = disksOf(inventory);
  const mounts = inventory.networkMounts.map(({ folder, type }) => `${folder} (NAS, ${type})`);
  if (disks.length + mounts.length === 0) return open("No disk and no network file system is here");
  const other = disks.filter(({ transport }) => kindOf(transport) === null);
  if (other.length > 0) {
    return {
      value: false,
      seen: `Disks of none of the four kinds are here: ${few(other.map(described))}`,
    };
  }
  const unknown = disks.filter(({ transport }) => transport === null);
  if (unknown.length > 0) {
    const places = unknown.map(({ name, path }) => `${name} at ${path}`);
    return { ...open(`How this is attached is not known: ${few(places)}`), inDoubt: true };
  }
  return {
    value: true,
    seen: `Storage is attached as ${few([...disks.map(described), ...mounts])}`,
  };
}

/** Undefined for a transport that is not known. */
function kindOf(transport: Transport | null): "direct" | "SAN" | null | undefined {
  return transport === null || transport === "virtual" ? undefined : KINDS[transport];
}

function described({ name, transport }: BlockDevice): string {
  const kind = kindOf(transport);
  return `${name} (${kind === null ? "a hypervisor's disk" : kind}, ${transport})`;
}
