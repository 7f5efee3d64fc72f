/**
 * Interrupts, device nodes, majors, mounts and neighbours, from the sections of `inventory.sh`.
 *
 * @module
 */
import {
  type InventoryText,
  lastPart,
  parseProcessorList,
  resolveLink,
  wholeNumber,
} from "./inventory_text.ts";

/** A numbered interrupt; the processors' own (rescheduling, …) have names and are left out. */
export interface Interrupt {
  readonly number: number;
  /** How often each processor took it, in the order of the table's columns. */
  readonly counts: readonly number[];
  /** Chip, line and what asked for it, as the table says. */
  readonly description: string;
  /** Processors that it may go to; empty where that is not told. */
  readonly allowed: readonly number[];
  /** Processors that it goes to; empty where that is not told (kernels before 4.15). */
  readonly effective: readonly number[];
}

export interface DeviceNode {
  /** Such as `/dev/sda`. */
  readonly path: string;
  readonly kind: "block" | "character";
  readonly major: number;
  readonly minor: number;
}

/** A symbolic link below `/dev`. */
export interface DeviceLink {
  readonly path: string;
  readonly target: string;
}

/** A driver's major number. */
export interface Major {
  readonly kind: "block" | "character";
  readonly major: number;
  readonly name: string;
}

/** A file system that comes over a network. */
export interface NetworkMount {
  readonly source: string;
  readonly folder: string;
  /** Such as `nfs4` or `cifs`. */
  readonly type: string;
}

/** Another machine on a link, by IPv4. */
export interface Neighbour {
  readonly address: string;
  readonly hardwareAddress: string;
  readonly device: string;
  /** Whether it answered (`ATF_COM`). */
  readonly complete: boolean;
}

const NETWORK_FILE_SYSTEMS =
  /^(nfs4?|cifs|smb3|smbfs|ncpfs|afs|lustre|gpfs|beegfs|orangefs|(fuse\.)?(ceph|glusterfs|sshfs))$/;
const ATF_COM = 2;

/** The numbered rows of `/proc/interrupts`, with where they may go and do go. */
export function parseInterrupts(text: InventoryText): readonly Interrupt[] {
  const affinity = text.attributes("affinity");
  const [header = "", ...rows] = text.files("interrupts").get("interrupts") ?? [];
  const processors = header.match(/\bCPU\d+/g)?.length ?? 0;
  const all: Interrupt[] = [];
  for (const row of rows) {
    const [, number, rest = ""] = /^\s*(\d{1,9}):\s*(.*)$/.exec(row) ?? [];
    if (number === undefined) continue;
    const words = rest.split(/\s+/);
    const processorsOf = (name: string) =>
      parseProcessorList(affinity.get(number)?.get(`${name}_affinity_list`) ?? "");
    all.push({
      number: Number(number),
      counts: words.slice(0, processors).map(Number).filter((count) => count >= 0),
      description: words.slice(processors).join(" ").trim(),
      allowed: processorsOf("smp"),
      effective: processorsOf("effective"),
    });
  }
  return all;
}

/** The device nodes below `/dev`. */
export function parseNodes(text: InventoryText): readonly DeviceNode[] {
  return text.listed("nodes").flatMap(({ kind, path, number }) =>
    kind === "link" || number === null ? [] : [{ path: `/dev/${path}`, kind, ...number }]
  );
}

/** The links below `/dev`, such as `/dev/disk/by-id/…`, and where they lead. */
export function parseNodeLinks(text: InventoryText): readonly DeviceLink[] {
  return text.listed("nodes").flatMap(({ kind, path, target }) => {
    if (kind !== "link") return [];
    const folder = `/dev/${path.slice(0, path.length - lastPart(path).length)}`;
    return [{ path: `/dev/${path}`, target: resolveLink(folder, target) }];
  });
}

/** The drivers' majors of `/proc/devices`. */
export function parseMajors(text: InventoryText): readonly Major[] {
  let kind: Major["kind"] = "character";
  return (text.files("tables").get("devices") ?? []).flatMap((line) => {
    if (line.startsWith("Block")) kind = "block";
    const [, major, name] = /^\s*(\d{1,6}) (.+)$/.exec(line) ?? [];
    return major === undefined || name === undefined ? [] : [{ kind, major: Number(major), name }];
  });
}

/** The network file systems of `/proc/mounts`. */
export function parseNetworkMounts(text: InventoryText): readonly NetworkMount[] {
  return (text.files("tables").get("mounts") ?? []).flatMap((line) => {
    const [source, folder, type] = line.split(" ").map(unescapeMount);
    if (source === undefined || folder === undefined || type === undefined) return [];
    return NETWORK_FILE_SYSTEMS.test(type) ? [{ source, folder, type }] : [];
  });
}

/** Blanks and backslashes stand there as octal numbers (`getmntent(3)`). */
function unescapeMount(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}

/** The rows of `/proc/net/arp`. */
export function parseNeighbours(text: InventoryText): readonly Neighbour[] {
  const [, ...rows] = text.files("tables").get("net/arp") ?? [];
  return rows.flatMap((row) => {
    const [address, , flags, hardwareAddress, , device] = row.trim().split(/\s+/);
    if (address === undefined || hardwareAddress === undefined || device === undefined) return [];
    const complete = (Number(flags) & ATF_COM) !== 0;
    return [{ address, hardwareAddress, device, complete }];
  });
}

/** The processors of `/sys/devices/system/cpu/online`. */
export function parseOnline(lines: readonly string[] | undefined): number | null {
  const online = parseProcessorList(lines?.[0] ?? "").length;
  return online === 0 ? null : online;
}

/** An IOMMU group and what is in it. */
export interface IommuGroup {
  readonly name: string;
  /** Its default domain: `DMA`, `DMA-FQ`, `identity`; null where the kernel does not tell. */
  readonly type: string | null;
  readonly devices: readonly string[];
}

/** The groups of `/sys/kernel/iommu_groups`, by number. */
export function parseIommuGroups(text: InventoryText): readonly IommuGroup[] {
  const types = text.attributes("iommu-types");
  const groups = new Map<string, string[]>();
  for (const { path } of text.listed("iommu-groups")) {
    const [name = "", , device] = path.split("/");
    if (device !== undefined) groups.set(name, [...groups.get(name) ?? [], device]);
  }
  return [...groups].sort(([one], [other]) => (wholeNumber(one) ?? 0) - (wholeNumber(other) ?? 0))
    .map(([name, devices]) => ({ name, type: types.get(name)?.get("type") ?? null, devices }));
}
