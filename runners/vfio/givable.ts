/**
 * Which NVMe devices of a host could be given to a guest, and what speaks against the others. Looks
 * only, as the plan of a passthrough does.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { type PlanFacts, readPlanFacts } from "./plan_facts.ts";
import { type Objection, sumUp } from "./plan_objection.ts";
import { functionObjections, hostObjections } from "./plan_objections.ts";
import { type NvmeFacts, nvmeOf } from "./plan_storage.ts";

/** An NVMe device of the host. */
export interface GivableDevice {
  readonly address: PciAddress;
  /** "NVMe nvme1, serial S4EV, disks nvme1n1". */
  readonly title: string;
  /** The virtual functions that it can have; 0 without SR-IOV. */
  readonly totalVfs: number;
  /** Why it must not be given, with the cure; null where nothing speaks against it. */
  readonly refusal: string | null;
}

/** What a passthrough would find on a host. */
export interface PassthroughOutlook {
  readonly hasIommu: boolean;
  /** Why no device at all can be given, with the cures; null where it can. */
  readonly refusal: string | null;
  /** False where only root could tell what uses the devices: none of them is refused then. */
  readonly judged: boolean;
  readonly devices: readonly GivableDevice[];
}

/** Prints the address of every NVMe controller. */
const LIST_NVME = `grep -l '^0x0108' /sys/bus/pci/devices/*/class 2>/dev/null
exit 0`;

/**
 * Looks at the NVMe devices of a host; takes a fraction of a second.
 *
 * @throws {Problem} where the host could not be looked at
 */
export async function findGivable(host: Host): Promise<PassthroughOutlook> {
  const listed = await host.run({ argv: ["sh", "-c", LIST_NVME], timeoutSeconds: 10 });
  const addresses = listed.stdout.split("\n").flatMap((path) =>
    parsePciAddress(path.split("/").at(-2) ?? "") ?? []
  );
  return judgeGivable(await readPlanFacts(host, addresses), addresses);
}

/** Judges from what was read of the host; virtual functions are left out, as no plan takes them. */
export function judgeGivable(
  facts: PlanFacts,
  addresses: readonly PciAddress[],
): PassthroughOutlook {
  // Who is not root is told so once, by whoever asks.
  const asRoot = facts.root ? facts : { ...facts, root: true, wholeHost: true };
  return {
    hasIommu: facts.groups.size > 0,
    refusal: inWords(hostObjections(asRoot)),
    judged: facts.root,
    devices: addresses.flatMap((address) => givable(facts, address) ?? []),
  };
}

function givable(facts: PlanFacts, address: PciAddress): GivableDevice | null {
  const device = facts.functions.get(address);
  if (device === undefined || device.virtualOf !== null) return null;
  const nvme = nvmeOf(facts.text, address);
  const request = { addresses: [address], allowNoReset: false };
  const objections = [
    ...functionObjections(facts, address, request),
    ...(nvme === null || nvme.disks.length === 0 ? [withoutDisk(address)] : []),
  ];
  return {
    address,
    title: titleOf(nvme, device.totalVfs),
    totalVfs: device.totalVfs,
    refusal: facts.root ? inWords(objections) : null,
  };
}

/** Nothing would be seen of it in a guest. */
function withoutDisk(address: PciAddress): Objection {
  const cure = "Bind it to the nvme driver, and attach a namespace to it.";
  return { kind: "identity", reason: `${address} shows the host no disk`, cure };
}

function titleOf(nvme: NvmeFacts | null, totalVfs: number): string {
  return [
    ...(nvme === null ? ["NVMe"] : [`NVMe ${nvme.controller}`, `serial ${nvme.serial}`]),
    ...(nvme === null || nvme.disks.length === 0 ? [] : [`disks ${nvme.disks.join(" ")}`]),
    ...(totalVfs === 0 ? [] : [`up to ${totalVfs} virtual functions`]),
  ].join(", ");
}

/** Reasons and cures as sentences; null for none. */
function inWords(objections: readonly Objection[]): string | null {
  if (objections.length === 0) return null;
  const { condition, cure } = sumUp(objections);
  return `${condition[0]?.toUpperCase()}${condition.slice(1)}. ${cure}`;
}
