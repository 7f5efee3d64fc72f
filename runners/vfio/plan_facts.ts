/**
 * What the host shows of its PCI functions and of what VFIO needs, from one run of `plan_facts.sh`.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { lastPart, wholeNumber } from "../inventory/inventory_text.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import script from "./plan_facts.sh" with { type: "text" };
import { FactText, printable } from "./plan_text.ts";

/** Whether the kernel has a module: in use, to be had, or neither. */
export type ModuleState = "loaded" | "available" | "absent";

/** What sysfs shows of a PCI function. */
export interface FunctionFacts {
  readonly address: PciAddress;
  /** Six hexadecimal digits: base class, subclass, interface. Empty where it cannot be read. */
  readonly classCode: string;
  readonly vendorId: string;
  readonly deviceId: string;
  /** "1af4:1100". */
  readonly subsystemIds: string;
  readonly driver: string | null;
  /** What somebody set as the only driver that may bind; null for none. */
  readonly driverOverride: string | null;
  readonly iommuGroup: number | null;
  /** In the kernel's order of trying; ["reset"] where an older kernel only tells that there is one. */
  readonly resetMethods: readonly string[];
  readonly totalVfs: number;
  readonly enabledVfs: number;
  /** Whether it is a virtual function, and of which physical one. */
  readonly virtualOf: string | null;
  readonly bootDisplay: boolean;
  /** Whether its driver makes network interfaces, in whichever network namespace they are. */
  readonly networkFolder: boolean;
  /** The attributes that should have been readable and were not. */
  readonly unread: readonly string[];
}

export interface IommuGroupFacts {
  /** PCI addresses, and names of other devices. */
  readonly members: readonly string[];
  /** Whether VFIO made it for a device that no IOMMU isolates. */
  readonly withoutIommu: boolean;
}

export interface PlanFacts {
  readonly text: FactText;
  readonly root: boolean;
  /** Whether the processes of the whole host are in sight. */
  readonly wholeHost: boolean;
  /** The processor's, as CPUID has it; empty on other architectures. */
  readonly cpuVendor: string;
  readonly modules: Readonly<Record<"vfio-pci" | "vfio_iommu_type1", ModuleState>>;
  readonly functions: ReadonlyMap<PciAddress, FunctionFacts>;
  readonly groups: ReadonlyMap<number, IommuGroupFacts>;
}

/**
 * Prints the facts, with bash, GNU's coreutils, findutils and grep. Its arguments: what stands before
 * /sys and /proc, and the addresses of the functions of which to list the nodes.
 */
export const PLAN_SCRIPT = script;

/** The inode of the first PID namespace (Linux, include/linux/proc_ns.h: PROC_PID_INIT_INO). */
const FIRST_PID_NAMESPACE = "4026531836";
/** SR-IOV has 16 bits for it (PCIe, SR-IOV capability). */
const MOST_VFS = 65_535;
const READ_SECONDS = 60;
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * Reads the facts on the host; changes nothing.
 *
 * @throws {Problem} where the script did not come to its end
 */
export async function readPlanFacts(
  host: Host,
  addresses: readonly PciAddress[],
): Promise<PlanFacts> {
  const result = await host.run({
    argv: ["bash", "-c", PLAN_SCRIPT, "cellproof-plan", "", ...addresses],
    timeoutSeconds: READ_SECONDS,
    maxOutputBytes: MOST_BYTES,
  });
  const text = new FactText(result.stdout);
  const missing = [...result.stdout.matchAll(/^\.\/missing\t(\w+)$/gm)].map(([, tool]) => tool);
  if (text.complete && missing.length === 0) return parsePlanFacts(text);
  throw new Problem({
    action: "find out what uses a PCI device",
    condition: missing.length > 0
      ? `there is no ${missing.join(", no ")}`
      : `reading /sys and /proc did not come to its end (${result.ended})`,
    seen: result.stderr || printable(result.stdout.slice(-64)),
    cure: "Check that bash and GNU's coreutils, findutils and grep are on PATH.",
  });
}

/** Reads the text of the script; never throws, whatever it is. */
export function parsePlanFacts(text: FactText): PlanFacts {
  const system = text.first("system");
  const self = `${system.get("self")}/fd/9`;
  return {
    text,
    root: system.get("uid") === "0",
    wholeHost: system.get("namespace") === FIRST_PID_NAMESPACE &&
      // The script's own open file is the control: where it is not seen, no other one is.
      text.numbered("open").some(({ place, number }) => place === self && number === "c1:3"),
    cpuVendor: /^vendor_id\s*:\s*(\w+)$/.exec(system.get("cpuinfo") ?? "")?.[1] ?? "",
    modules: {
      "vfio-pci": moduleState(system.get("vfio-pci")),
      vfio_iommu_type1: moduleState(system.get("vfio_iommu_type1")),
    },
    functions: parseFunctions(text),
    groups: parseGroups(text),
  };
}

function moduleState(text: string | undefined): ModuleState {
  return text === "loaded" || text === "available" ? text : "absent";
}

function parseFunctions(text: FactText): ReadonlyMap<PciAddress, FunctionFacts> {
  const values = text.first("pci");
  const links = text.links("pci-links");
  const present = text.first("pci-present");
  const addresses = [...present.keys()].flatMap((name) => parsePciAddress(name) ?? []);
  return new Map(addresses.map((address) => {
    const has = (name: string) => present.has(`${address}/${name}`);
    return [address, functionFacts(new FunctionReader(address, values, links), has)];
  }));
}

/** The attributes and links of one function, noting what should have been readable and was not. */
class FunctionReader {
  readonly unread: string[] = [];

  constructor(
    readonly address: PciAddress,
    readonly values: ReadonlyMap<string, string>,
    readonly links: ReadonlyMap<string, string>,
  ) {}

  attribute(name: string): string | undefined {
    return this.values.get(`${this.address}/${name}`)?.trim();
  }

  link(name: string): string | null {
    const target = this.links.get(`${this.address}/${name}`);
    return target === undefined ? null : printable(lastPart(target));
  }

  /** The digits of a number such as "0x010802"; empty where it is none. */
  hexadecimal(name: string, digits: number): string {
    const [, value] = /^0x([0-9a-f]+)$/i.exec(this.attribute(name) ?? "") ?? [];
    if (value?.length === digits) return value.toLowerCase();
    this.unread.push(name);
    return "";
  }

  /** A number of virtual functions; 0 where there is no such attribute. */
  count(name: string): number {
    const text = this.attribute(name);
    const value = text === undefined ? 0 : wholeNumber(text);
    if (value !== null && value >= 0 && value <= MOST_VFS) return value;
    this.unread.push(name);
    return 0;
  }

  override(): string | null {
    const text = this.attribute("driver_override");
    if (text === undefined) this.unread.push("driver_override");
    return text === undefined || text === "" || text === "(null)" ? null : printable(text);
  }
}

function functionFacts(reader: FunctionReader, has: (name: string) => boolean): FunctionFacts {
  const totalVfs = reader.count("sriov_totalvfs");
  if (totalVfs > 0 && reader.attribute("sriov_numvfs") === undefined) {
    reader.unread.push("sriov_numvfs");
  }
  const subsystem = ["subsystem_vendor", "subsystem_device"] as const;
  return {
    address: reader.address,
    classCode: reader.hexadecimal("class", 6),
    vendorId: reader.hexadecimal("vendor", 4),
    deviceId: reader.hexadecimal("device", 4),
    subsystemIds: subsystem.map((name) => reader.hexadecimal(name, 4)).join(":"),
    driver: reader.link("driver"),
    driverOverride: reader.override(),
    iommuGroup: wholeNumber(reader.link("iommu_group") ?? undefined),
    resetMethods: resetMethods(reader.attribute("reset_method"), has("reset")),
    totalVfs,
    enabledVfs: reader.count("sriov_numvfs"),
    virtualOf: reader.link("physfn"),
    bootDisplay: reader.attribute("boot_vga") === "1",
    networkFolder: has("net"),
    unread: reader.unread,
  };
}

/** Kernels before 5.15 have no `reset_method`, only `reset` where there is one. */
function resetMethods(text: string | undefined, resettable: boolean): readonly string[] {
  if (text === undefined) return resettable ? ["reset"] : [];
  return text.split(/\s+/).filter((word) => /^[a-z_]{1,20}$/.test(word));
}

function parseGroups(text: FactText): ReadonlyMap<number, IommuGroupFacts> {
  const names = text.first("group-names");
  const members = new Map<number, string[]>();
  for (const path of text.links("groups").keys()) {
    const [, group, member] = /^(\d{1,9})\/devices\/(.+)$/.exec(path) ?? [];
    if (group === undefined || member === undefined) continue;
    const others = members.get(Number(group)) ?? [];
    members.set(Number(group), [...others, member]);
  }
  return new Map([...members].map(([group, members]) => [group, {
    members,
    withoutIommu: names.get(`${group}/name`)?.trim() === "vfio-noiommu",
  }]));
}
