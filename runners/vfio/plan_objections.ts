/**
 * Everything that may speak against giving PCI functions to a guest, on this host.
 *
 * @module
 */
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import type { FunctionFacts, PlanFacts } from "./plan_facts.ts";
import { networkObjections } from "./plan_network.ts";
import { few, type Objection } from "./plan_objection.ts";
import { openerObjections } from "./plan_openers.ts";
import { storageObjections } from "./plan_storage.ts";

/** What was asked for. */
export interface PassthroughRequest {
  readonly addresses: readonly PciAddress[];
  /** Whether a device that cannot be reset may be given all the same. */
  readonly allowNoReset: boolean;
}

const BRIDGE_CLASS = "06";
/** Bridges with a bus behind them, which VFIO leaves to the host: PCI, CardBus, semi-transparent. */
const BUS_BRIDGES = ["0604", "0607", "0609"];
/** With these drivers nothing of the host uses a member of a group (Linux, vfio.rst). */
const IDLE_DRIVERS = [null, "vfio-pci", "pci-stub"];
const SCREEN_CLASS = "0300";

/** Whether its class is a bridge's; a bridge cannot be given to a guest. */
export function isBridge({ classCode }: FunctionFacts): boolean {
  return classCode.startsWith(BRIDGE_CLASS);
}

/** Why this host gives no device to any guest. */
export function hostObjections(facts: PlanFacts): Objection[] {
  const found: [boolean, reason: string, cure: string][] = [
    [!facts.root, "this is not root", "Run it as root, with sudo."],
    [
      !facts.wholeHost,
      "the processes of the whole host are not in sight",
      "Run as root on the host itself, not in a container.",
    ],
    [facts.groups.size === 0, "this host has no IOMMU in use", iommuCure(facts.cpuVendor)],
    ...Object.entries(facts.modules).map(([name, state]): [boolean, string, string] => [
      state === "absent",
      `this kernel has no ${name}`,
      `Install the kernel's full package of modules, or build it with ${name}.`,
    ]),
  ];
  return found.filter(([holds]) => holds)
    .map(([, reason, cure]) => ({ kind: "host", reason, cure }));
}

/** Linux, Documentation/admin-guide/kernel-parameters.txt. */
function iommuCure(vendor: string): string {
  const reboot = (parameter: string, technique: string) =>
    `Switch ${technique} on in the firmware's settings, add ${parameter} to the kernel's ` +
    "parameters, and boot again.";
  if (vendor === "GenuineIntel") return reboot("intel_iommu=on iommu=pt", "VT-d");
  if (vendor === "AuthenticAMD" || vendor === "HygonGenuine") {
    const default_ = "The kernel uses it by default: remove amd_iommu=off where it is there.";
    return `${reboot("iommu=pt", "AMD-Vi (IOMMU)")} ${default_}`;
  }
  return reboot("iommu.passthrough=1", "the SMMU or IOMMU");
}

/** Why this function must not be given to a guest. */
export function functionObjections(
  facts: PlanFacts,
  address: PciAddress,
  request: PassthroughRequest,
): Objection[] {
  const device = facts.functions.get(address);
  if (device === undefined) {
    const reason = `there is no PCI function ${address}`;
    return [{ kind: "identity", reason, cure: "lspci -D lists them." }];
  }
  const identity = identityObjection(device);
  if (identity !== null) return [identity];
  return [
    ...unreadObjections(device),
    ...storageObjections(facts.text, address),
    ...networkObjections(facts.text, device),
    ...openerObjections(facts.text, device),
    ...displayObjections(facts, device),
    ...settingObjections(device),
    ...groupObjections(facts, device, request.addresses),
    ...resetObjections(device, request.allowNoReset),
  ];
}

function identityObjection(device: FunctionFacts): Objection | null {
  const { address, classCode, virtualOf } = device;
  if (isBridge(device)) {
    const reason = `${address} is a bridge (class ${classCode})`;
    return { kind: "identity", reason, cure: "Name a device, not a bridge above it." };
  }
  if (virtualOf === null) return null;
  const reason = `${address} is a virtual function of ${virtualOf}`;
  const cure = `Name the physical function, ${virtualOf}: its virtual functions are made for the ` +
    "run, and removed afterwards.";
  return { kind: "identity", reason, cure };
}

function unreadObjections({ address, unread }: FunctionFacts): Objection[] {
  if (unread.length === 0) return [];
  const reason = `${few(unread)} of ${address} could not be read`;
  const cure = `Look at /sys/bus/pci/devices/${address}: a device that has failed or is asleep ` +
    "shows such gaps.";
  return [{ kind: "identity", reason, cure }];
}

/** A 3D controller (class 0302) has no screen, so a server's only GPU may be given. */
function displayObjections(facts: PlanFacts, device: FunctionFacts): Objection[] {
  const screens = [...facts.functions.values()].filter(({ classCode }) =>
    classCode.startsWith(SCREEN_CLASS)
  );
  const only = screens.length === 1 && screens[0] === device;
  if (!device.bootDisplay && !only) return [];
  const which = device.bootDisplay ? "the display that this host boots with" : "the only display";
  const cure = "Name another GPU, or make the firmware use another display (such as the board's).";
  return [{ kind: "display", reason: `${device.address} is ${which}`, cure }];
}

function settingObjections(device: FunctionFacts): Objection[] {
  const { address, enabledVfs, driverOverride } = device;
  const found: Objection[] = [];
  if (enabledVfs > 0) {
    found.push({
      kind: "virtual-functions",
      reason: `${address} has virtual functions already (${enabledVfs})`,
      cure: "Remove them, if nobody uses them: " +
        `"echo 0 >/sys/bus/pci/devices/${address}/sriov_numvfs".`,
    });
  }
  if (driverOverride !== null) {
    found.push({
      kind: "override",
      reason: `somebody set the driver_override of ${address} (${driverOverride})`,
      cure: 'If an interrupted run left it, run "deno task recover", else ' +
        `"echo >/sys/bus/pci/devices/${address}/driver_override".`,
    });
  }
  return found;
}

/** The PCI functions of a group that are not bridges. */
export function groupMembers(facts: PlanFacts, group: number): PciAddress[] {
  return (facts.groups.get(group)?.members ?? []).flatMap((name) => {
    const address = parsePciAddress(name);
    const device = address === null ? undefined : facts.functions.get(address);
    return device === undefined || isBridge(device) ? [] : [device.address];
  });
}

function groupObjections(
  facts: PlanFacts,
  { address, iommuGroup }: FunctionFacts,
  named: readonly PciAddress[],
): Objection[] {
  const group = iommuGroup === null ? undefined : facts.groups.get(iommuGroup);
  const objection = (reason: string, cure: string): Objection[] => [
    { kind: "group", reason, cure },
  ];
  if (group === undefined || !group.members.includes(address)) {
    if (facts.groups.size === 0) return [];
    return objection(
      `${address} is in no IOMMU group`,
      "Put it behind the IOMMU, in another slot.",
    );
  }
  if (group.withoutIommu) {
    const cure = "Switch VFIO's unsafe mode without an IOMMU off, and the IOMMU on.";
    return objection(`IOMMU group ${iommuGroup} of ${address} has no IOMMU`, cure);
  }
  const others = group.members.filter((name) =>
    !named.some((address) => address === name) && isUsed(facts, name)
  );
  if (others.length === 0) return [];
  const seen = few(others.map((name) => `${name}, ${driverOf(facts, name)}`));
  const cure =
    "Name every member of the group, or put the device into a slot with a group of its own.";
  return objection(
    `${address} shares IOMMU group ${iommuGroup} with what the host uses (${seen})`,
    cure,
  );
}

function isUsed(facts: PlanFacts, name: string): boolean {
  const address = parsePciAddress(name);
  const device = address === null ? undefined : facts.functions.get(address);
  if (device === undefined || device.unread.includes("class")) return true;
  if (BUS_BRIDGES.includes(device.classCode.slice(0, 4))) return false;
  return !IDLE_DRIVERS.includes(device.driver);
}

function driverOf(facts: PlanFacts, name: string): string {
  const address = parsePciAddress(name);
  const driver = address === null ? null : facts.functions.get(address)?.driver;
  return driver === null || driver === undefined ? "unknown" : `driver ${driver}`;
}

function resetObjections(device: FunctionFacts, allowed: boolean): Objection[] {
  const { address, resetMethods } = device;
  if (allowed || resetMethods.length > 0) return [];
  return [{
    kind: "reset",
    reason: `${address} has no reset method, so the host would get it back as the guest left it`,
    cure: "Allow that with --allow-no-reset.",
  }];
}
