/**
 * The plan of a passthrough: which PCI functions are given to a guest and what is done to the host
 * for it, or why it is refused. Planning reads only; what cannot be read counts against a device.
 *
 * @module
 */
import { UsageProblem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { type FunctionFacts, type PlanFacts, readPlanFacts } from "./plan_facts.ts";
import { interfacesOf } from "./plan_network.ts";
import { sumUp } from "./plan_objection.ts";
import {
  functionObjections,
  groupMembers,
  hostObjections,
  type PassthroughRequest,
} from "./plan_objections.ts";
import { type NvmeFacts, nvmeOf } from "./plan_storage.ts";
import { printable } from "./plan_text.ts";

/** A PCI function that may be given to a guest. */
export interface PassthroughDevice {
  readonly address: PciAddress;
  /** Four hexadecimal digits, as all ids here: "144d". */
  readonly vendorId: string;
  readonly deviceId: string;
  /** "1af4:1100". */
  readonly subsystemIds: string;
  /** "010802". */
  readonly classCode: string;
  readonly driver: string | null;
  readonly iommuGroup: number;
  /** Itself and the others of its group, without bridges. */
  readonly groupMembers: readonly PciAddress[];
  /** In the kernel's order of trying: "flr", "bus". */
  readonly resetMethods: readonly string[];
  /** The virtual functions that it can have; 0 without SR-IOV. */
  readonly totalVfs: number;
  readonly nvme: NvmeFacts | null;
  readonly interfaces: readonly string[];
}

export interface PassthroughPlan {
  readonly devices: readonly PassthroughDevice[];
  /** The NVMe device with a disk that a guest gets as a whole; null where none is one. */
  readonly whole: PassthroughDevice | null;
  /** The NVMe device with SR-IOV whose virtual functions guests get; null where none is one. */
  readonly functions: PassthroughDevice | null;
  /** What will be done to the host, in words, in order. */
  readonly steps: readonly string[];
}

const ACTION = "give PCI devices to a guest";
const DRIVER = "vfio-pci";

/**
 * Plans to give the functions to a guest.
 *
 * @throws {UsageProblem} with every reason against it
 * @throws {Problem} where the host could not be looked at
 */
export async function planPassthrough(
  host: Host,
  addresses: readonly string[],
  { allowNoReset }: { readonly allowNoReset: boolean },
): Promise<PassthroughPlan> {
  const named = parseAddresses(addresses);
  return judgePassthrough(await readPlanFacts(host, named), { addresses: named, allowNoReset });
}

/**
 * Plans from what was read of the host.
 *
 * @throws {UsageProblem} with every reason against it
 */
export function judgePassthrough(facts: PlanFacts, request: PassthroughRequest): PassthroughPlan {
  const { addresses } = request;
  const objections = [
    ...hostObjections(facts),
    ...addresses.flatMap((address) => functionObjections(facts, address, request)),
  ];
  if (objections.length > 0) {
    throw new UsageProblem({
      action: `give ${addresses.join(", ")} to a guest`,
      ...sumUp(objections),
    });
  }
  const devices = addresses.flatMap((address) => {
    const device = facts.functions.get(address);
    return device === undefined ? [] : passthroughDevice(facts, device) ?? [];
  });
  const roles = rolesOf(devices);
  return { devices, ...roles, steps: stepsOf(devices, roles) };
}

/**
 * The addresses as sysfs writes them.
 *
 * @throws {UsageProblem} where there is none, one is none, or one is there twice
 */
export function parseAddresses(texts: readonly string[]): PciAddress[] {
  const cure = "Give addresses as lspci -D prints them: --passthrough 0000:65:00.0";
  if (texts.length === 0) {
    throw new UsageProblem({ action: ACTION, condition: "no address was given", cure });
  }
  const found = new Map<PciAddress, string>();
  for (const text of texts) {
    const address = parsePciAddress(text);
    if (address === null) {
      const seen = printable(text) || "an empty text";
      throw new UsageProblem({ action: ACTION, condition: "this is no PCI address", seen, cure });
    }
    const before = found.get(address);
    if (before !== undefined) {
      const seen = before === text ? text : `${before} and ${text}`;
      const condition = `${address} was given twice`;
      throw new UsageProblem({ action: ACTION, condition, seen, cure: "Give each device once." });
    }
    found.set(address, text);
  }
  return [...found.keys()];
}

/** The plan for the user: what is given, what is done to the host, what is undone. */
export function describePlan({ devices, whole, functions, steps }: PassthroughPlan): string {
  return [
    "Given to guests:",
    ...devices.map((device) => `  ${inWords(device)}`),
    "Done to this host:",
    ...steps.map((step) => `  ${step}`),
    "Undone afterwards, in reverse order, also on an error or Ctrl-C:",
    ...(functions === null
      ? []
      : [`  The virtual functions of ${functions.address} are gone again`]),
    ...(whole === null ? [] : [`  ${whole.address} goes back to ${driverInWords(whole)}`]),
    "If the run is killed outright: deno task recover",
  ].join("\n");
}

function driverInWords({ driver }: PassthroughDevice): string {
  return driver === null ? "having no driver" : `its driver ${driver}`;
}

function passthroughDevice(facts: PlanFacts, device: FunctionFacts): PassthroughDevice | null {
  const { address, vendorId, deviceId, subsystemIds, classCode, driver } = device;
  const { iommuGroup, resetMethods, totalVfs } = device;
  if (iommuGroup === null) return null;
  return {
    address,
    vendorId,
    deviceId,
    subsystemIds,
    classCode,
    driver,
    iommuGroup,
    groupMembers: groupMembers(facts, iommuGroup),
    resetMethods,
    totalVfs,
    nvme: nvmeOf(facts.text, address),
    interfaces: interfacesOf(facts.text, address),
  };
}

type Roles = Pick<PassthroughPlan, "whole" | "functions">;

/** What each device is for; one without SR-IOV is rather given as a whole. */
function rolesOf(devices: readonly PassthroughDevice[]): Roles {
  const nvme = devices.filter((device) => device.nvme !== null);
  const disks = nvme.filter((device) => (device.nvme?.disks.length ?? 0) > 0);
  return {
    whole: disks.find(({ totalVfs }) => totalVfs === 0) ?? disks[0] ?? null,
    functions: nvme.find(({ totalVfs }) => totalVfs > 0) ?? null,
  };
}

function stepsOf(devices: readonly PassthroughDevice[], { whole, functions }: Roles): string[] {
  const used = [whole, functions];
  return [
    "Load the kernel modules vfio_iommu_type1 and vfio-pci, if they are not loaded",
    ...(whole === null ? [] : deviceSteps(whole)),
    ...(functions === null ? [] : functionSteps(functions)),
    ...devices.filter((device) => !used.includes(device)).map(({ address }) =>
      `${address} stays as it is: only NVMe devices are given to guests`
    ),
  ];
}

function functionSteps({ address }: PassthroughDevice): string[] {
  return [
    `Make 2 virtual functions of ${address}, each with queues, interrupts and, where the device has ` +
    "one that no controller uses, a namespace of its own",
    `Bind these functions to ${DRIVER}, by their driver_override`,
  ];
}

function deviceSteps(
  { address, driver, nvme, interfaces, iommuGroup }: PassthroughDevice,
): string[] {
  if (driver === DRIVER) return [`${address} is bound to ${DRIVER} already, and stays so`];
  const gone = [...nvme?.disks ?? [], ...interfaces];
  const until = gone.length === 0 ? "" : `: the host has no ${gone.join(", ")} until it is back`;
  return [
    ...(driver === null ? [] : [`Take ${address} from its driver ${driver}${until}`]),
    `Bind ${address} to ${DRIVER} (IOMMU group ${iommuGroup}), by its driver_override`,
  ];
}

function inWords(device: PassthroughDevice): string {
  const { address, vendorId, deviceId, classCode, nvme, interfaces, resetMethods } = device;
  const parts = [
    ...(nvme === null ? [] : [
      `NVMe ${nvme.controller}, serial ${nvme.serial}, disks ${nvme.disks.join(", ") || "none"}`,
    ]),
    ...interfaces.map((name) => `network interface ${name}`),
    resetMethods.length === 0 ? "no reset" : `reset by ${resetMethods.join(", ")}`,
    ...(device.totalVfs === 0 ? [] : [`up to ${device.totalVfs} virtual functions`]),
  ];
  return `${address} (${vendorId}:${deviceId}, class ${classCode}): ${parts.join("; ")}`;
}
