/**
 * Which controllers of an NVMe device have which of its namespaces, see Namespace Attachment in the
 * NVMe Base Specification.
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { runSurviving } from "./host_files.ts";
import { listIn, nvme, nvmeFile, nvmeName } from "./nvme_device.ts";

export interface Attachment {
  readonly namespaceId: number;
  readonly controllerId: number;
}

/** "attached" or "detached"; null where the device or the namespace is not there. */
export async function readAttachment(
  host: Host,
  address: PciAddress,
  { namespaceId, controllerId }: Attachment,
): Promise<"attached" | "detached" | null> {
  const name = await nvmeName(host, address);
  if (name === null) return null;
  const action = `list the namespaces of ${address}`;
  const namespaces = await nvme(host, action, ["list-ns", name, "--all", "-o", "json"]);
  if (!listIn(namespaces, "nsid_list").some(({ nsid }) => nsid === namespaceId)) return null;
  const args = ["-n", `${namespaceId}`, "-o", "json"];
  const controllers = await nvme(host, action, ["list-ctrl", name, ...args]);
  const attached = listIn(controllers, "ctrl_list").some((entry) =>
    entry["ctrl_id"] === controllerId
  );
  return attached ? "attached" : "detached";
}

/** Whether the device has the controller now: those of virtual functions may go with these. */
export async function hasController(
  host: Host,
  address: PciAddress,
  controllerId: number,
): Promise<boolean> {
  const name = await nvmeName(host, address);
  if (name === null) return false;
  const action = `list the controllers of ${address}`;
  const listed = await nvme(host, action, ["list-ctrl", name, "-o", "json"]);
  return listIn(listed, "ctrl_list").some((entry) => entry["ctrl_id"] === controllerId);
}

/**
 * Attaches a namespace to a controller, or detaches it.
 *
 * @throws {Problem} where the device refuses it
 */
export async function writeAttachment(
  host: Host,
  address: PciAddress,
  { namespaceId, controllerId, attached }: Attachment & { readonly attached: boolean },
): Promise<void> {
  const [verb, command] = attached ? ["attach", "attach-ns"] : ["detach", "detach-ns"];
  const action = `${verb} the namespace ${namespaceId} of ${address}`;
  const name = await nvmeName(host, address);
  if (name === null) throw new Problem({ action, condition: "the nvme driver does not drive it" });
  await nvme(host, action, [command, name, "-n", `${namespaceId}`, "-c", `${controllerId}`]);
  // Not every device tells the host that its own list of namespaces has changed.
  if (await nvmeFile(host, address, "cntlid") === `${controllerId}`) {
    await runSurviving(host, ["nvme", "ns-rescan", `/dev/${name}`]);
  }
}
