/**
 * The NVMe controller that the host sees at a PCI function, and what nvme-cli answers about it.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import { failed, readFile, runSurviving } from "./host_files.ts";

const COMMAND_SECONDS = 30;

/** The controller's name, such as "nvme0"; null where the nvme driver has none at this address. */
export async function nvmeName(host: Host, address: PciAddress): Promise<string | null> {
  const listed = await runSurviving(host, ["ls", `${pciFolder(address)}/nvme`]);
  if (listed.ended !== "exited") throw failed(`find the NVMe device ${address}`, "ls", listed);
  return listed.stdout.split("\n").find((name) => /^nvme\d+$/.test(name)) ?? null;
}

/** A file of the controller in sysfs, such as `serial` or `cntlid`; null where there is none. */
export async function nvmeFile(
  host: Host,
  address: PciAddress,
  file: "serial" | "cntlid",
): Promise<string | null> {
  const name = await nvmeName(host, address);
  return name === null ? null : await readFile(host, `${pciFolder(address)}/nvme/${name}/${file}`);
}

/**
 * Runs `nvme COMMAND /dev/NAME ARGS` and returns its standard output.
 *
 * @throws {Problem} where the device refuses it
 */
export async function nvme(
  host: Host,
  action: string,
  [command, name, ...args]: readonly [command: string, name: string, ...args: string[]],
): Promise<string> {
  const argv = ["nvme", command, `/dev/${name}`, ...args] as const;
  const result = await runSurviving(host, [...argv], { timeoutSeconds: COMMAND_SECONDS });
  if (result.ended === "exited" && result.status === 0) return result.stdout;
  const missing = result.ended === "not-found";
  throw failed(action, missing ? "nvme-cli" : `nvme ${command}`, result);
}

/** The objects of a list in a JSON document; none where it is not there. */
export function listIn(json: string, name: string): Readonly<Record<string, unknown>>[] {
  try {
    const list: unknown = Object(JSON.parse(json))[name];
    return Array.isArray(list) ? list.map((item) => Object(item)) : [];
  } catch {
    return [];
  }
}
