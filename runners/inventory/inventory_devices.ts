/**
 * Devices of every bus, USB devices, network devices and InfiniBand ports, from the sections of
 * `inventory.sh`.
 *
 * @module
 */
import { type InventoryText, lastPart, resolveLink, wholeNumber } from "./inventory_text.ts";

/** A device of a bus: its place in the tree, and its driver. */
export interface BusDevice {
  /** Such as `pci`, `usb` or `virtio`. */
  readonly bus: string;
  readonly name: string;
  /** Below `/sys/devices`. */
  readonly path: string;
  readonly driver: string | null;
}

/** A USB device (a hub among them), not an interface of one. */
export interface UsbDevice {
  /** `usb1` for a root hub, else bus and ports: `1-4.2`. */
  readonly name: string;
  readonly path: string;
  readonly vendor: string | null;
  readonly device: string | null;
  /** Two hexadecimal digits; `09` is a hub. */
  readonly deviceClass: string | null;
  readonly product: string | null;
  /** Signalling rate of the link to its hub; of a root hub, of its bus. */
  readonly bitsPerSecond: number | null;
  readonly driver: string | null;
  /** Drivers of its interfaces, each once. */
  readonly interfaceDrivers: readonly string[];
  /** The device above it in the tree of `/sys/devices`; null for a root hub. */
  readonly parent: string | null;
}

export interface NetworkDevice {
  readonly name: string;
  readonly path: string;
  /** No hardware below it: a bridge, a veth, the loopback. */
  readonly virtual: boolean;
  /** Null where the driver does not tell, or the link is down. */
  readonly bitsPerSecond: number | null;
  readonly duplex: string | null;
  /** `operstate`: up, down, unknown, … */
  readonly state: string | null;
  readonly carrier: boolean | null;
  readonly address: string | null;
  /** `ARPHRD_…`: 1 is Ethernet, 32 InfiniBand, 772 the loopback. */
  readonly type: number | null;
  /** `DEVTYPE`, such as `wlan`, `bridge` or `vlan`; null for a plain one. */
  readonly kind: string | null;
  readonly driver: string | null;
  /** The network devices that it is made of: a bridge's ports, a bond's members. */
  readonly parts: readonly string[];
  /** `major:minor`, where the kernel gives it a device node: a macvtap or ipvtap (`/dev/tap7`). */
  readonly number: string | null;
}

export interface InfinibandPort {
  /** Such as `mlx5_0/1`. */
  readonly name: string;
  readonly bitsPerSecond: number | null;
  readonly active: boolean;
  /** `InfiniBand` or `Ethernet`. */
  readonly linkLayer: string | null;
}

const LOWER = "lower_";
const INTERFACE = /:\d+\.\d+$/;

/** The devices of every bus that the script lists. */
export function parseDevices(text: InventoryText): readonly BusDevice[] {
  const devices = new Map<string, BusDevice>();
  const drivers = new Map<string, string>();
  for (const { kind, path, target } of text.listed("devices")) {
    const [bus = "", , name = "", driver] = path.split("/");
    if (kind !== "link" || name === "") continue;
    if (driver === undefined) {
      const place = resolveLink(`/sys/bus/${bus}/devices`, target);
      devices.set(`${bus}/${name}`, { bus, name, path: place, driver: null });
    } else drivers.set(`${bus}/${name}`, lastPart(target));
  }
  return [...devices].map(([key, device]) => ({ ...device, driver: drivers.get(key) ?? null }));
}

/** The devices of `/sys/bus/usb/devices`. */
export function parseUsb(
  text: InventoryText,
  devices: readonly BusDevice[],
): readonly UsbDevice[] {
  const usb = devices.filter(({ bus }) => bus === "usb");
  const places = new Map(usb.map((device) => [device.name, device]));
  const interfaceDrivers = new Map<string, Set<string>>();
  for (const { name, driver } of usb) {
    const owner = name.replace(INTERFACE, "");
    if (owner === name || driver === null) continue;
    interfaceDrivers.set(owner, (interfaceDrivers.get(owner) ?? new Set()).add(driver));
  }
  return [...text.attributes("usb")].filter(([name]) => !INTERFACE.test(name)).map(
    ([name, attributes]) => {
      const { path = "", driver = null } = places.get(name) ?? {};
      const above = lastPart(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
      return {
        name,
        path,
        vendor: attributes.get("idVendor") ?? null,
        device: attributes.get("idProduct") ?? null,
        deviceClass: attributes.get("bDeviceClass") ?? null,
        product: attributes.get("product") ?? null,
        bitsPerSecond: megabits(attributes.get("speed")),
        driver,
        interfaceDrivers: [...interfaceDrivers.get(name) ?? []],
        parent: places.has(above) ? above : null,
      };
    },
  );
}

/** The devices of `/sys/class/net`. */
export function parseNetwork(
  text: InventoryText,
  devices: readonly BusDevice[],
): readonly NetworkDevice[] {
  const folder = "/sys/class/net";
  const drivers = new Map(devices.map(({ path, driver }) => [path, driver]));
  const attributes = text.attributes("net");
  const links = new Map(text.listed("net-links").map(({ path, target }) => [path, target]));
  const names = [...links.keys()].filter((path) => !path.includes("/"));
  const parts = new Map<string, string[]>();
  for (const [name = "", file = ""] of [...links.keys()].map((path) => path.split("/"))) {
    if (!file.startsWith(LOWER)) continue;
    parts.set(name, [...parts.get(name) ?? [], file.slice(LOWER.length)]);
  }
  return names.map((name) => {
    const own = attributes.get(name) ?? new Map<string, string>();
    const path = resolveLink(folder, links.get(name) ?? "");
    const device = links.get(`${name}/device`);
    const carrier = own.get("carrier");
    return {
      name,
      path,
      virtual: device === undefined,
      bitsPerSecond: megabits(own.get("speed")),
      duplex: own.get("duplex") ?? null,
      state: own.get("operstate") ?? null,
      carrier: carrier === undefined ? null : carrier === "1",
      address: own.get("address") ?? null,
      type: wholeNumber(own.get("type")),
      kind: /^DEVTYPE=(.+)$/m.exec(own.get("uevent") ?? "")?.[1] ?? null,
      driver: device === undefined ? null : drivers.get(resolveLink(path, device)) ?? null,
      parts: parts.get(name) ?? [],
      number: numberOf(own),
    };
  });
}

function numberOf(own: ReadonlyMap<string, string>): string | null {
  const [, number = null] =
    [...own].find(([name]) => /^((macvtap|ipvtap)\/)?(tap\d+\/)?dev$/.test(name)) ?? [];
  return number;
}

/** The ports of `/sys/class/infiniband`. */
export function parseInfiniband(text: InventoryText): readonly InfinibandPort[] {
  const ports: InfinibandPort[] = [];
  for (const [adapter, attributes] of text.attributes("infiniband")) {
    const numbers = new Set([...attributes.keys()].map((path) => path.split("/")[1] ?? ""));
    for (const number of numbers) {
      const own = (name: string) => attributes.get(`ports/${number}/${name}`);
      const [, rate] = /^(\d{1,6}(?:\.\d+)?) Gb\/sec/.exec(own("rate") ?? "") ?? [];
      ports.push({
        name: `${adapter}/${number}`,
        bitsPerSecond: rate === undefined ? null : Number(rate) * 1e9,
        active: own("state")?.endsWith(": ACTIVE") ?? false,
        linkLayer: own("link_layer") ?? null,
      });
    }
  }
  return ports;
}

/** A rate in Mbit/s, as USB and network devices tell it; null for -1 (also as unsigned) and 0. */
function megabits(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,9}(\.\d+)?$/.test(text)) return null;
  return Number(text) > 0 ? Number(text) * 1e6 : null;
}
