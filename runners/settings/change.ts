/**
 * A change of the host that is written down before it is made, and how it is undone.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { isObject, isText, isTextOrNull } from "../json_values.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import { Problem, shorten } from "../../problem.ts";
import { readFile } from "./host_files.ts";
import { parseSetting } from "./parse_setting.ts";
import {
  type HostSetting,
  isOfLostController,
  isValueOf,
  keeperOf,
  outlivesRestart,
  readSetting,
  settingInWords,
  valueInWords,
  writeSetting,
} from "./setting.ts";

/** Another text after each start of the kernel, see `Documentation/admin-guide/sysctl/kernel.rst`. */
export const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** What is needed to put a setting back. */
export interface HostChange {
  readonly setting: HostSetting;
  /** Its value before the change. */
  readonly before: string;
  /** The {@linkcode BOOT_ID} of the host at that time. */
  readonly bootId: string;
  /** The serial number of the device that keeps the setting itself; null where the kernel does. */
  readonly serial: string | null;
}

/** Where changes are written down. */
export interface ChangeLog {
  /** Those that are not undone, the oldest first. */
  readonly changes: readonly HostChange[];
  /**
   * Replaces them all; when it returns, they are kept whatever happens to the process.
   *
   * @throws {Problem} where they cannot be kept; the earlier ones still are
   */
  setChanges(changes: readonly HostChange[]): void;
}

/** A log that ends with the process: for hosts that nothing is changed on, such as a replayed one. */
export function memoryLog(): ChangeLog {
  let changes: readonly HostChange[] = [];
  return {
    get changes() {
      return changes;
    },
    setChanges(next) {
      changes = next;
    },
  };
}

/**
 * `gone`: there is no such device or controller any more; `void`: the host was restarted, which undid
 * it.
 */
export type Undone = "undone" | "void" | "gone";

/**
 * Puts a setting back as it was; changes nothing where it is so already.
 *
 * @throws {Problem} where the host refuses it
 */
export async function undoChange(host: Host, change: HostChange): Promise<Undone> {
  const { setting, before, bootId, serial } = change;
  const restarted = await readFile(host, BOOT_ID) !== bootId;
  if (restarted && !outlivesRestart(setting)) return "void";
  const [present, keeper] = [await readSetting(host, setting), await keeperOf(host, setting)];
  if (keeper === null && outlivesRestart(setting)) await requireNoDevice(host, setting);
  if (present === null || keeper !== serial) return "gone";
  try {
    await writeSetting(host, setting, before, present);
    return "undone";
  } catch (error) {
    if (!await isOfLostController(host, setting)) throw error;
    return restarted ? "void" : "gone";
  }
}

/** A device keeps its settings while no driver lets them be seen: then they are not to be forgotten. */
async function requireNoDevice(
  host: Host,
  setting: Extract<HostSetting, { readonly address: PciAddress }>,
): Promise<void> {
  const { address } = setting;
  if (await readFile(host, `${pciFolder(address)}/driver_override`) === null) return;
  const action = `see ${settingInWords(setting)}`;
  throw new Problem({ action, condition: `the nvme driver does not drive ${address}` });
}

/** What became of a change, as a sentence. */
export function undoneInWords({ setting, before }: HostChange, undone: Undone): string {
  const what = settingInWords(setting);
  switch (undone) {
    case "undone":
      return `Put back ${what}: ${valueInWords(setting, before)}.`;
    case "void":
      return `The host was restarted since, which put back ${what}.`;
    case "gone":
      return `Cannot put back ${what}: the device is not there any more.`;
  }
}

/** What an error of {@linkcode undoChange} means, as a sentence. */
export function failureInWords({ setting }: HostChange, error: unknown): string {
  const what = `Cannot put back ${settingInWords(setting)}`;
  if (!(error instanceof Problem)) return `${what}: it failed (${error}).`;
  const { condition, seen } = error.parts;
  return `${what}: ${condition}${seen === undefined ? "" : ` (seen: ${shorten(seen)})`}.`;
}

/** The change that a JSON value is; null for anything else. */
export function parseChange(value: unknown): HostChange | null {
  if (!isObject(value)) return null;
  const { setting: given, before, bootId, serial } = value as Record<string, unknown>;
  const setting = parseSetting(given);
  if (setting === null || !isText(before) || !isValueOf(setting, before)) return null;
  if (!isText(bootId) || !isBootId(bootId) || !isTextOrNull(serial)) return null;
  return (serial === null) === outlivesRestart(setting)
    ? null
    : { setting, before, bootId, serial };
}

/** Whether a text is what {@linkcode BOOT_ID} holds. */
export function isBootId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
