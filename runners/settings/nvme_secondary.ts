/**
 * The secondary controllers of an NVMe device: each belongs to a virtual function, and works once it
 * has queues and interrupts and is online. See Virtualization Management in the NVMe Base
 * Specification, and `nvme virt-mgmt`.
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { listIn, nvme, nvmeName } from "./nvme_device.ts";

export interface SecondaryController {
  readonly online: boolean;
  readonly queues: number;
  readonly interrupts: number;
}

/** Actions and resource types of the Virtualization Management command. */
const OFFLINE = 7;
const ASSIGN = 8;
const ONLINE = 9;
const QUEUES = 0;
const INTERRUPTS = 1;

/** Reads "STATE QUEUES INTERRUPTS"; null for anything else. */
export function parseSecondary(text: string): SecondaryController | null {
  const match = /^(online|offline) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/.exec(text);
  if (match === null) return null;
  const [, state, queues, interrupts] = match;
  return { online: state === "online", queues: Number(queues), interrupts: Number(interrupts) };
}

/** "STATE QUEUES INTERRUPTS" of a secondary controller; null when it is not there. */
export async function readSecondary(
  host: Host,
  address: PciAddress,
  id: number,
): Promise<string | null> {
  const name = await nvmeName(host, address);
  if (name === null) return null;
  const action = `list the secondary controllers of ${address}`;
  return secondaryIn(await nvme(host, action, ["list-secondary", name, "-o", "json"]), id);
}

/** A controller's value in the output of `nvme list-secondary -o json`; null where it is not there. */
export function secondaryIn(json: string, id: number): string | null {
  const found = listIn(json, "secondary-controllers").find((entry) =>
    entry["secondary-controller-identifier"] === id
  );
  if (found === undefined) return null;
  const state = { 0: "offline", 1: "online" }[Number(found["secondary-controller-state"])];
  const value = `${state} ${found["num-virtual-queues"]} ${found["num-virtual-interrupts"]}`;
  return parseSecondary(value) === null ? null : value;
}

/**
 * Gives a secondary controller its queues, interrupts and state: they change only while it is offline.
 *
 * @throws {Problem} where it is not there, or the device has not as many
 */
export async function writeSecondary(
  host: Host,
  address: PciAddress,
  { id, wanted }: { readonly id: number; readonly wanted: SecondaryController },
): Promise<void> {
  const action = `set the secondary controller ${id} of ${address}`;
  const name = await nvmeName(host, address);
  const present = parseSecondary(await readSecondary(host, address, id) ?? "");
  if (name === null || present === null) {
    throw new Problem({ action, condition: "the device has no such controller" });
  }
  const manage = async (what: number, type = QUEUES, count = 0): Promise<void> => {
    const args = ["-c", `${id}`, "-r", `${type}`, "-a", `${what}`, "-n", `${count}`];
    await nvme(host, action, ["virt-mgmt", name, ...args]);
  };
  if (present.online) await manage(OFFLINE);
  // Going offline may have given them back.
  const offline = parseSecondary(await readSecondary(host, address, id) ?? "") ?? present;
  if (offline.queues !== wanted.queues) await manage(ASSIGN, QUEUES, wanted.queues);
  if (offline.interrupts !== wanted.interrupts) await manage(ASSIGN, INTERRUPTS, wanted.interrupts);
  if (wanted.online) await manage(ONLINE);
}
