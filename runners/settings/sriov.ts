/**
 * The virtual functions of a physical one, see `Documentation/PCI/pci-iov-howto.rst` of the kernel.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import { readFile, writeFile } from "./host_files.ts";

const WRITE_SECONDS = 60;

type SriovFile = "sriov_drivers_autoprobe" | "sriov_numvfs";

/** The text of one of the files; null where the function is not there or has no SR-IOV. */
export async function readSriov(
  host: Host,
  address: PciAddress,
  file: SriovFile,
): Promise<string | null> {
  return await readFile(host, `${pciFolder(address)}/${file}`);
}

/** Whether new virtual functions get drivers. */
export async function writeAutoprobe(host: Host, address: PciAddress, on: boolean): Promise<void> {
  await write(host, address, { file: "sriov_drivers_autoprobe", text: on ? "1" : "0" });
}

/** How many virtual functions there are; the kernel goes from one number to another only through 0. */
export async function writeVfs(host: Host, address: PciAddress, count: number): Promise<void> {
  const file = "sriov_numvfs";
  const present = await readSriov(host, address, file);
  if (present !== "0" && count !== 0) await write(host, address, { file, text: "0" });
  await write(host, address, { file, text: `${count}` });
}

async function write(
  host: Host,
  address: PciAddress,
  { file, text }: { readonly file: SriovFile; readonly text: string },
): Promise<void> {
  await writeFile(host, `${pciFolder(address)}/${file}`, {
    text,
    action: `set ${file} of ${address} to ${text}`,
    timeoutSeconds: WRITE_SECONDS,
    whenBlocked: "a program, such as a guest that runs, still uses a virtual function",
  });
}
