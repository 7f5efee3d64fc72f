/**
 * PCI functions and their links, from the sections of `inventory.sh`.
 *
 * @module
 */
import {
  type Attributes,
  type InventoryText,
  lastPart,
  resolveLink,
  wholeNumber,
} from "./inventory_text.ts";
import type { BusDevice } from "./inventory_devices.ts";

/** A PCI Express link's rate. */
export interface PciLink {
  readonly transfersPerSecond: number;
  readonly lanes: number;
  /** Payload and packet headers, in one direction, after the line code. */
  readonly bytesPerSecond: number;
}

export interface PciFunction {
  /** Such as `0000:01:00.0`. */
  readonly address: string;
  /** Its place in the tree below `/sys/devices`; empty where it is not known. */
  readonly path: string;
  /** Six hexadecimal digits: class, subclass, interface. */
  readonly classCode: string | null;
  /** Four hexadecimal digits, like the other three ids. */
  readonly vendor: string | null;
  readonly device: string | null;
  readonly subsystemVendor: string | null;
  readonly subsystemDevice: string | null;
  readonly driver: string | null;
  readonly iommuGroup: string | null;
  /** As negotiated now; a device that saves power may run below its greatest. */
  readonly currentLink: PciLink | null;
  /** What this end of the link can do. */
  readonly greatestLink: PciLink | null;
  /** Virtual functions that it can have, and has; null where it cannot have any. */
  readonly virtualFunctionsAtMost: number | null;
  readonly virtualFunctions: number | null;
  /** The address of the function that this virtual function belongs to. */
  readonly physicalFunction: string | null;
  readonly numaNode: number | null;
  /** The functions above it, the root port first. */
  readonly upstream: readonly string[];
  /** Whether function numbers reach past 7 on its bus (ARI), so that one device has many. */
  readonly manyFunctions: boolean;
  /** Whether it can be added and removed while the machine runs: its slot or port says so. */
  readonly hotPluggable: boolean;
}

/** A slot as firmware or a hot-plug driver describes it. */
export interface PciSlot {
  readonly name: string;
  /** Such as `0000:01:00`: the device without its function. */
  readonly address: string | null;
  /** Only a slot that can be switched has a `power` file. */
  readonly hotPluggable: boolean;
}

const ADDRESS = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i;
const ROOT_BUS = /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/i;
/** A port's hot-plug service: `PCIE_PORT_SERVICE_HP` of `drivers/pci/pcie/portdrv.h`. */
const HOT_PLUG_SERVICE = /^(.*):pcie[0-9a-f]{2}4$/i;

/** Bits of payload per transfer, by the greatest rate that the line code is used at. */
const LINE_CODES = [
  { upToTransfersPerSecond: 5e9, bits: 8 / 10 },
  { upToTransfersPerSecond: 32e9, bits: 128 / 130 },
  { upToTransfersPerSecond: Infinity, bits: 1 },
];

/**
 * The link of `current_link_speed` ("16.0 GT/s PCIe", "8 GT/s") and `current_link_width`, or `max_…`.
 * Null for "Unknown", and for a width of 0, which is a link that is down. Capacities follow PCI
 * Express 1.0 to 6.0: 8b/10b up to 5 GT/s, 128b/130b up to 32 GT/s, none above.
 */
export function parsePciLink(speed: string | undefined, width: string | undefined): PciLink | null {
  const [, rate] = /^(\d{1,4}(?:\.\d+)?) GT\/s\b/.exec(speed ?? "") ?? [];
  const lanes = wholeNumber(width);
  if (rate === undefined || lanes === null || lanes < 1 || lanes > 32) return null;
  const transfersPerSecond = Number(rate) * 1e9;
  if (!(transfersPerSecond > 0)) return null;
  const code = LINE_CODES.find((code) => transfersPerSecond <= code.upToTransfersPerSecond);
  const bytesPerSecond = transfersPerSecond * lanes * (code?.bits ?? 1) / 8;
  return { transfersPerSecond, lanes, bytesPerSecond };
}

/** The functions above the one at `path`, the root port first. */
export function functionsAbove(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  const root = parts.findLastIndex((part) => ROOT_BUS.test(part));
  return root < 0 ? [] : parts.slice(root + 1).filter((part) => ADDRESS.test(part));
}

/** The slots of `/sys/bus/pci/slots`. */
export function parseSlots(text: InventoryText): readonly PciSlot[] {
  return [...text.attributes("slots")].map(([name, attributes]) => ({
    name,
    address: attributes.get("address") ?? null,
    hotPluggable: attributes.has("power"),
  }));
}

/** The functions of `/sys/bus/pci/devices`. */
export function parsePci(
  text: InventoryText,
  devices: readonly BusDevice[],
  slots: readonly PciSlot[],
): readonly PciFunction[] {
  const places = new Map(
    devices.filter(({ bus }) => bus === "pci").map((device) => [device.name, device]),
  );
  const links = linksOf(text);
  const ports = hotPlugPorts(devices);
  const hotSlots = new Set(slots.filter((slot) => slot.hotPluggable).map((slot) => slot.address));
  return [...text.attributes("pci")].map(([address, attributes]) => {
    const place = places.get(address);
    const upstream = functionsAbove(place?.path ?? "");
    const [device = address] = address.split(".");
    return {
      address,
      path: place?.path ?? "",
      driver: place?.driver ?? null,
      ...identityOf(attributes),
      ...linksAndFunctionsOf(attributes),
      iommuGroup: links.get(`${address}/iommu_group`) ?? null,
      physicalFunction: links.get(`${address}/physfn`) ?? null,
      upstream,
      hotPluggable: hotSlots.has(device) || ports.has(upstream.at(-1) ?? ""),
    };
  });
}

type Texts = Attributes extends ReadonlyMap<string, infer Device> ? Device : never;

function identityOf(attributes: Texts) {
  const hexadecimal = (name: string) => {
    const [, digits] = /^0x([0-9a-f]{4,6})$/i.exec(attributes.get(name) ?? "") ?? [];
    return digits?.toLowerCase() ?? null;
  };
  return {
    classCode: hexadecimal("class"),
    vendor: hexadecimal("vendor"),
    device: hexadecimal("device"),
    subsystemVendor: hexadecimal("subsystem_vendor"),
    subsystemDevice: hexadecimal("subsystem_device"),
  };
}

function linksAndFunctionsOf(attributes: Texts) {
  const link = (end: string) =>
    parsePciLink(attributes.get(`${end}_link_speed`), attributes.get(`${end}_link_width`));
  const node = wholeNumber(attributes.get("numa_node"));
  return {
    currentLink: link("current"),
    greatestLink: link("max"),
    virtualFunctionsAtMost: wholeNumber(attributes.get("sriov_totalvfs")),
    virtualFunctions: wholeNumber(attributes.get("sriov_numvfs")),
    numaNode: node === -1 ? null : node,
    manyFunctions: attributes.get("ari_enabled") === "1",
  };
}

function linksOf(text: InventoryText): ReadonlyMap<string, string> {
  return new Map(
    text.listed("pci-links").map(({ path, target }) => [
      path,
      lastPart(resolveLink("/sys/bus/pci/devices", target)),
    ]),
  );
}

function hotPlugPorts(devices: readonly BusDevice[]): ReadonlySet<string> {
  const ports = new Set<string>();
  for (const { bus, name, driver } of devices) {
    const [, port] = (bus === "pci_express" && HOT_PLUG_SERVICE.exec(name)) || [];
    if (port !== undefined && driver !== null) ports.add(port);
  }
  return ports;
}
