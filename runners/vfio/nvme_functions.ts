/**
 * Makes virtual functions of an NVMe device that work, each with a namespace of its own: see
 * Virtualization Management and Namespace Attachment in the NVMe Base Specification.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { nvme, nvmeName } from "../settings/nvme_device.ts";
import type { Changes } from "./bind.ts";
import {
  type FlexibleResource,
  parseControllerIds,
  parseFlexibleResources,
  parseNamespaceIds,
  parseSecondaryControllers,
  type SecondaryController,
} from "./nvme_listings.ts";
import { makeVirtualFunctions, requireRoom, type VirtualFunction } from "./virtual_functions.ts";

/** A virtual function whose controller is online. */
export interface NvmeFunction extends VirtualFunction {
  readonly controllerId: number;
  /** The only namespace that its controller has; null where it was given none. */
  readonly namespaceId: number | null;
}

/** Controllers of virtual functions, and what each is to have. */
export interface ControllerShare {
  readonly physicalFunction: PciAddress;
  readonly controllerIds: readonly number[];
  /** Each controller's. The first queue carries commands about the device itself. */
  readonly queues: number;
  readonly interrupts: number;
}

/** A namespace for one controller alone. */
export interface NamespaceGift {
  readonly physicalFunction: PciAddress;
  readonly controllerId: number;
  /** Null: the controller is to have none. */
  readonly namespaceId: number | null;
}

/** The queue for the device itself, and one for reading and writing. */
const LEAST_QUEUES = 2;
const LEAST_INTERRUPTS = 1;
/** More are of no use to a guest with so few processors. */
const MOST_QUEUES = 9;

/**
 * Makes `count` virtual functions without drivers, brings their controllers online, and gives each
 * a namespace that no controller had, as long as there are any.
 *
 * A device may refuse to bring a controller online that got its resources after the functions were
 * made: so they are assigned first.
 *
 * @throws {Problem} where the device lacks functions or resources, or refuses
 */
export async function makeNvmeFunctions(
  host: Host,
  changes: Changes,
  { physicalFunction, count }: { readonly physicalFunction: PciAddress; readonly count: number },
): Promise<NvmeFunction[]> {
  await requireRoom(host, { physicalFunction, count });
  const controllers = await idleControllers(host, physicalFunction, count);
  const controllerIds = controllers.map(({ controllerId }) => controllerId);
  const share = {
    physicalFunction,
    controllerIds,
    ...await fairShare(host, physicalFunction, controllers),
  };
  const spare = await spareNamespaces(host, physicalFunction);
  await assignResources(changes, share);
  const functions = await makeVirtualFunctions(host, changes, { physicalFunction, count });
  const made: NvmeFunction[] = [];
  for (const [index, controllerId] of controllerIds.entries()) {
    const [fn, namespaceId] = [functions[index], spare[index] ?? null];
    if (fn === undefined) continue;
    await giveNamespace(host, changes, { physicalFunction, controllerId, namespaceId });
    made.push({ ...fn, controllerId, namespaceId });
  }
  await bringOnline(changes, share);
  return made;
}

/** Gives offline controllers their queues and interrupts. */
export async function assignResources(changes: Changes, share: ControllerShare): Promise<void> {
  await setControllers(changes, share, "offline");
}

/** Gives controllers their queues and interrupts, and lets them work: their functions must be made. */
export async function bringOnline(changes: Changes, share: ControllerShare): Promise<void> {
  await setControllers(changes, share, "online");
}

/**
 * Takes every other namespace away from a controller, and gives it this one. A shared namespace is
 * given to the controllers of new virtual functions by itself: with it, a guest could write what the
 * host has in use.
 *
 * @throws {Problem} where another controller has the namespace
 */
export async function giveNamespace(
  host: Host,
  changes: Changes,
  { physicalFunction: address, controllerId, namespaceId }: NamespaceGift,
): Promise<void> {
  const holders = await namespaceHolders(host, address);
  const others = namespaceId === null ? [] : holders.get(namespaceId);
  if (others === undefined || others.some((id) => id !== controllerId)) {
    const action =
      `give the namespace ${namespaceId} of ${address} to the controller ${controllerId}`;
    const condition = others === undefined ? "the device has no such namespace" : "another has it";
    throw new Problem({ action, condition, ...(others ? { seen: others.join(", ") } : {}) });
  }
  const setting = { kind: "nvme-namespace", address, controllerId } as const;
  for (const [other, controllers] of holders) {
    if (other === namespaceId || !controllers.includes(controllerId)) continue;
    await changes.set({ ...setting, namespaceId: other }, "detached");
  }
  if (namespaceId !== null) await changes.set({ ...setting, namespaceId }, "attached");
}

/** The namespaces that no controller of the device has, the host's own included. */
export async function spareNamespaces(host: Host, address: PciAddress): Promise<number[]> {
  const holders = await namespaceHolders(host, address);
  return [...holders].filter(([, controllers]) => controllers.length === 0).map(([id]) => id);
}

/** Every namespace of the device, and the controllers that have it. */
export async function namespaceHolders(
  host: Host,
  address: PciAddress,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const ids = await ask(host, address, parseNamespaceIds, ["list-ns", "--all"]);
  const holders = new Map<number, readonly number[]>();
  for (const id of ids) {
    holders.set(id, await ask(host, address, parseControllerIds, ["list-ctrl", "-n", `${id}`]));
  }
  return holders;
}

/** The controllers of the first `count` virtual functions, none of which may be in use. */
async function idleControllers(
  host: Host,
  address: PciAddress,
  count: number,
): Promise<SecondaryController[]> {
  const action = `make ${count} NVMe functions of ${address}`;
  const all = await ask(host, address, parseSecondaryControllers, ["list-secondary"]);
  const wanted = Array.from({ length: count }, (_, index) => index + 1);
  return wanted.map((functionNumber) => {
    const found = all.find((controller) => controller.functionNumber === functionNumber);
    if (found === undefined) {
      const condition = `no secondary controller belongs to its virtual function ${functionNumber}`;
      throw new Problem({ action, condition });
    }
    if (!found.online) return found;
    const condition = `the secondary controller ${found.controllerId} is online already`;
    throw new Problem({ action, condition, cure: "See what uses it, and take it offline." });
  });
}

/** As many for each as there are for all; what is not flexible stays as it is. */
async function fairShare(
  host: Host,
  address: PciAddress,
  controllers: readonly SecondaryController[],
): Promise<Pick<ControllerShare, "queues" | "interrupts">> {
  const resources = await ask(host, address, parseFlexibleResources, ["primary-ctrl-caps"]);
  const part = (name: "queues" | "interrupts", least: number): number => {
    const owned = controllers.map((controller) => controller[name]);
    const share = shareOf(resources[name], owned);
    if (share >= least || !resources[name].flexible) return share;
    throw new Problem({
      action: `bring ${controllers.length} controllers of ${address} online`,
      condition: `${resources[name].free} ${name} are free, and each takes ${least}`,
      cure: "Take some from the primary controller (nvme virt-mgmt -a 1) and reset it.",
    });
  };
  return { queues: part("queues", LEAST_QUEUES), interrupts: part("interrupts", LEAST_INTERRUPTS) };
}

/** What each controller gets of a resource, of which they own some already. */
export function shareOf(
  { flexible, free, most }: FlexibleResource,
  owned: readonly number[],
): number {
  if (!flexible) return Math.min(...owned);
  const available = free + owned.reduce((sum, count) => sum + count, 0);
  return Math.min(most, MOST_QUEUES, Math.floor(available / owned.length));
}

async function setControllers(
  changes: Changes,
  { physicalFunction: address, controllerIds, queues, interrupts }: ControllerShare,
  state: "online" | "offline",
): Promise<void> {
  for (const controllerId of controllerIds) {
    const setting = { kind: "nvme-secondary", address, controllerId } as const;
    await changes.set(setting, `${state} ${queues} ${interrupts}`);
  }
}

/** Asks nvme-cli for a listing. */
async function ask<T>(
  host: Host,
  address: PciAddress,
  parse: (json: string) => T | null,
  [command, ...args]: readonly [string, ...string[]],
): Promise<T> {
  const action = `ask the NVMe device ${address} (nvme ${command})`;
  const name = await nvmeName(host, address);
  if (name === null) {
    const cure = "Give the physical function back to the nvme driver.";
    throw new Problem({ action, condition: "the nvme driver does not drive it", cure });
  }
  const said = await nvme(host, action, [command, name, ...args, "-o", "json"]);
  const listing = parse(said);
  if (listing !== null) return listing;
  const cure = "Install nvme-cli 2.0 or newer.";
  throw new MissingTool({ action, condition: "its answer is not understood", seen: said, cure });
}
