/**
 * What drives a PCI function: the driver that is bound, and the one that alone may be
 * (`driver_override`), see `Documentation/ABI/testing/sysfs-bus-pci` of the kernel.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { failed, readFile, runSurviving, writeFile } from "./host_files.ts";

const BIND_SECONDS = 30;
const NO_OVERRIDE = "(null)";

/** A driver and an override; either may be empty. */
export interface PciDriver {
  readonly driver: string;
  readonly override: string;
}

/** Reads "DRIVER/OVERRIDE"; null for anything else. */
export function parsePciDriver(text: string): PciDriver | null {
  const [, driver, override] = /^([\w.-]{0,64})\/([\w.-]{0,64})$/.exec(text) ?? [];
  if (driver === undefined || override === undefined) return null;
  // The driver's name becomes part of a path.
  return /^\.+$/.test(driver) ? null : { driver, override };
}

/** "DRIVER/OVERRIDE" of a function; null when it is not there. */
export async function readPciDriver(host: Host, address: PciAddress): Promise<string | null> {
  const override = await readFile(host, `${pciFolder(address)}/driver_override`);
  if (override === null) return null;
  const link = await runSurviving(host, ["readlink", `${pciFolder(address)}/driver`]);
  if (link.ended !== "exited") throw failed(`read the driver of ${address}`, "readlink", link);
  const driver = link.stdout.trim().split("/").at(-1) ?? "";
  return `${driver}/${override === NO_OVERRIDE ? "" : override}`;
}

/**
 * Binds a function to a driver, or to none, and sets its override.
 *
 * @throws {Problem} where a program uses the device, or the driver refuses it
 */
export async function writePciDriver(
  host: Host,
  address: PciAddress,
  wanted: PciDriver,
): Promise<void> {
  const present = parsePciDriver(await readPciDriver(host, address) ?? "");
  if (present === null) throw unreadable(address);
  const action = `give ${address} ${wanted.driver === "" ? "no driver" : wanted.driver}`;
  if (present.driver !== wanted.driver) {
    if (present.driver !== "") await unbind(host, address, action);
    if (wanted.driver !== "") await bind(host, address, { action, driver: wanted.driver });
  }
  await override(host, address, { action, text: wanted.override });
}

async function unbind(host: Host, address: PciAddress, action: string): Promise<void> {
  await writeFile(host, `${pciFolder(address)}/driver/unbind`, {
    text: address,
    action,
    timeoutSeconds: BIND_SECONDS,
    whenBlocked: "a program, such as a guest that runs, still uses the device",
  });
}

/**
 * With an override that names it, a driver takes also what its table lacks, and a virtual function
 * whose physical one does not look for drivers.
 */
async function bind(
  host: Host,
  address: PciAddress,
  { action, driver }: { readonly action: string; readonly driver: string },
): Promise<void> {
  const folder = `/sys/bus/pci/drivers/${driver}`;
  if ((await runSurviving(host, ["test", "-d", folder])).status !== 0) {
    const condition = `the kernel has no driver ${driver}`;
    throw new Problem({ action, condition, cure: `Load its module: modprobe ${driver}` });
  }
  await override(host, address, { action, text: driver });
  await writeFile(host, `${folder}/bind`, {
    text: address,
    action,
    timeoutSeconds: BIND_SECONDS,
    whenBlocked: "the driver waits for the device",
  });
}

async function override(
  host: Host,
  address: PciAddress,
  { action, text }: { readonly action: string; readonly text: string },
): Promise<void> {
  const path = `${pciFolder(address)}/driver_override`;
  const present = await readFile(host, path);
  if (present === (text === "" ? NO_OVERRIDE : text)) return;
  const whenBlocked = "the kernel is busy with the device";
  await writeFile(host, path, { text, action, timeoutSeconds: BIND_SECONDS, whenBlocked });
}

function unreadable(address: PciAddress): Problem {
  const condition = "it is not there, or its driver has a name that no driver has";
  return new Problem({ action: `change the driver of ${address}`, condition });
}
