/**
 * The devices that QEMU shows a guest, as a table: model to QEMU's arguments, the modules that drive
 * it and the name under which it appears (qemu(1): "-device", "-blockdev", "-netdev").
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { ModuleList } from "./kernel_image.ts";
import type { PciAddress } from "../pci/pci_address.ts";

/** How QEMU shows a disk to the guest. */
export type DiskModel = "virtio-blk" | "nvme" | "ahci" | "ide" | "usb-storage";
/** How QEMU shows a network device to the guest. */
export type NicModel = "virtio-net" | "e1000";

export interface GuestDisk {
  /** An image file or block device, of whole sectors. */
  readonly path: string;
  readonly model: DiskModel;
  /** Lets the guest do at most so many operations a second. */
  readonly iopsLimit?: number;
  /** Opens it past the host's page cache. A file in memory may refuse that. */
  readonly direct?: boolean;
  /** The guest may only read it: then several guests may have it at once. */
  readonly readOnly?: boolean;
}

/** What a network device is joined to: QEMU's own user network, or a tap device of the host. */
export type Netdev = { readonly kind: "user" } | {
  readonly kind: "tap";
  readonly ifname: string;
  /** The host's kernel carries the packets, past QEMU: for virtio devices alone. */
  readonly vhost?: boolean;
};

export interface GuestNic {
  readonly model: NicModel;
  readonly netdev: Netdev;
  /** Such as "52:54:00:12:34:56"; QEMU's own choice when absent. */
  readonly mac?: string;
}

/** A device of the host that is bound to vfio-pci and given to the guest. */
export interface PassedDevice {
  readonly model: "vfio-pci";
  readonly address: PciAddress;
  /** What drives it in the guest. */
  readonly modules: readonly ModuleList[];
  /** Where it appears below the guest's `/sys/class`: "block/nvme0n1"; null where that is not known. */
  readonly node: string | null;
}

export type GuestDevice = GuestDisk | GuestNic | PassedDevice;

interface Model {
  /** QEMU's `-device` of one, without its backing. */
  readonly device: string;
  /** What it is plugged into, by bus; made once however many are plugged into it. */
  readonly controller?: { readonly device: string; readonly bus: (index: number) => string };
  /** The name of the n-th device that shares `names` with it, in `/sys/class`. */
  readonly names: "vd" | "nvme" | "sd" | "eth";
}

const MODELS: Readonly<Record<DiskModel | NicModel, Model & { readonly modules: ModuleList }>> = {
  "virtio-blk": { device: "virtio-blk-pci", names: "vd", modules: "virtio-blk" },
  "nvme": { device: "nvme", names: "nvme", modules: "nvme" },
  "ahci": {
    device: "ide-hd",
    controller: { device: "ich9-ahci,id=ahci", bus: (index) => `ahci.${index}` },
    names: "sd",
    modules: "ahci",
  },
  "ide": {
    device: "ide-hd",
    controller: { device: "piix3-ide,id=piix", bus: (index) => `piix.${Math.floor(index / 2)}` },
    names: "sd",
    modules: "ide",
  },
  "usb-storage": {
    device: "usb-storage",
    controller: { device: "qemu-xhci,id=xhci", bus: () => "xhci.0" },
    names: "sd",
    modules: "usb-storage",
  },
  // Without an option ROM, which only firmware needs.
  "virtio-net": { device: "virtio-net-pci,romfile=", names: "eth", modules: "virtio-net" },
  "e1000": { device: "e1000,romfile=", names: "eth", modules: "e1000" },
};

const NODES: Readonly<Record<Model["names"], (index: number) => string>> = {
  "vd": (index) => `block/vd${letter(index)}`,
  "nvme": (index) => `block/nvme${index}n1`,
  "sd": (index) => `block/sd${letter(index)}`,
  "eth": (index) => `net/eth${index}`,
};

/** The module lists that the devices need, each once. */
export function deviceModules(devices: readonly GuestDevice[]): ModuleList[] {
  return [
    ...new Set(
      devices.flatMap((device) =>
        device.model === "vfio-pci" ? device.modules : [MODELS[device.model].modules]
      ),
    ),
  ];
}

/**
 * Where the devices appear below the guest's `/sys/class`, in the order of `devices`: `block/vda`,
 * `net/eth0`. Where disks of several models share a prefix, the guest may name them in any order.
 */
export function deviceNodes(devices: readonly GuestDevice[]): string[] {
  const counts = new Map<string, number>();
  return devices.flatMap((device) => {
    if (device.model === "vfio-pci") return device.node ?? [];
    const { names } = MODELS[device.model];
    return NODES[names](next(counts, names));
  });
}

/**
 * The arguments that give a guest the devices. By their position, QEMU knows them as `device0`,
 * `device1`, and their backings as `disk0`, `net1`.
 */
export function deviceArguments(devices: readonly GuestDevice[]): string[] {
  const counts = new Map<string, number>();
  return devices.flatMap((device, position) => {
    if (device.model === "vfio-pci") {
      return ["-device", `vfio-pci,host=${device.address},id=device${position}`];
    }
    const { device: model, controller } = MODELS[device.model];
    const index = next(counts, device.model);
    const bus = controller === undefined ? "" : `,bus=${controller.bus(index)}`;
    return [
      ...(controller === undefined || index > 0 ? [] : ["-device", controller.device]),
      ...("netdev" in device ? netdev(device, position) : blockdev(device, position)),
      ...["-device", `${model}${bus},id=device${position},${backing(device, position)}`],
    ];
  });
}

/** QEMU splits options at commas, except at doubled ones (qemu(1), "-drive"). */
export function optionText(text: string): string {
  return text.replaceAll(",", ",,");
}

function backing(device: GuestDisk | GuestNic, position: number): string {
  if ("netdev" in device) {
    const mac = device.mac === undefined ? "" : `,mac=${optionText(device.mac)}`;
    return `netdev=net${position}${mac}`;
  }
  const serial = device.model === "nvme" ? `,serial=cellproof${position}` : "";
  // Several guests may read what none of them may write.
  const shared = device.readOnly ? ",share-rw=on" : "";
  return `drive=disk${position}${serial}${shared}`;
}

function netdev({ netdev }: GuestNic, position: number): string[] {
  if (netdev.kind === "user") return ["-netdev", `user,id=net${position}`];
  const ifname = optionText(netdev.ifname);
  const vhost = netdev.vhost ? ",vhost=on" : "";
  return ["-netdev", `tap,id=net${position},ifname=${ifname},script=no,downscript=no${vhost}`];
}

function blockdev(disk: GuestDisk, position: number): string[] {
  const { path, iopsLimit, direct = false, readOnly = false } = disk;
  const file = `file.driver=${protocolOf(path)},file.filename=${optionText(path)}`;
  const cache = direct ? ",cache.direct=on,file.aio=native,file.cache.direct=on" : "";
  const access = readOnly ? ",read-only=on" : "";
  const raw = `driver=raw,${file}${cache}${access}`;
  const node = `disk${position}`;
  if (iopsLimit === undefined) return ["-blockdev", `${raw},node-name=${node}`];
  if (!Number.isSafeInteger(iopsLimit) || iopsLimit < 1) {
    throw new Problem({
      action: "limit the guest's disk",
      condition: "a limit is a whole number of operations a second, at least 1",
      seen: `${iopsLimit}`,
    });
  }
  return [
    ...["-object", `throttle-group,id=limit${position},x-iops-total=${iopsLimit}`],
    ...["-blockdev", `${raw},node-name=unlimited${position}`],
    "-blockdev",
    `driver=throttle,node-name=${node},throttle-group=limit${position},file=unlimited${position}`,
  ];
}

/** A regular file can lie below /dev only in memory, where there is no direct IO. */
function protocolOf(path: string): "host_device" | "file" {
  return path.startsWith("/dev/") ? "host_device" : "file";
}

function next(counts: Map<string, number>, name: string): number {
  const index = counts.get(name) ?? 0;
  counts.set(name, index + 1);
  return index;
}

function letter(index: number): string {
  return String.fromCharCode("a".charCodeAt(0) + index);
}
