/**
 * What a namespace holds, as the host reads it: to tell that a guest sees this namespace.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { nvmeFile, nvmeName } from "../settings/nvme_device.ts";
import { type PciAddress, pciFolder } from "../pci/pci_address.ts";
import type { UndoableChanges } from "./bind.ts";

/** How much of a namespace is compared, from its beginning. */
export const COMPARED_BYTES = 2 ** 20;

const READ_SECONDS = 60;
const LOOKS = 50;

/** Prints the SHA-256 of the beginning of "$1". */
const DIGEST = `set -o pipefail; head -c ${COMPARED_BYTES} -- "$1" | sha256sum`;

/**
 * The SHA-256 of the first {@linkcode COMPARED_BYTES} of a namespace that no controller has: for as
 * long as it is read, the host's own has it.
 *
 * @throws {Problem} where the host does not get to see it
 */
export async function namespaceDigest(
  host: Host,
  changes: UndoableChanges,
  { physicalFunction: address, namespaceId }: {
    readonly physicalFunction: PciAddress;
    readonly namespaceId: number;
  },
): Promise<string> {
  const action = `read the namespace ${namespaceId} of ${address}`;
  const own = await nvmeFile(host, address, "cntlid");
  if (own === null || !/^\d{1,5}$/.test(own)) {
    throw new Problem({ action, condition: "the nvme driver does not drive the device" });
  }
  const controllerId = Number(own);
  const setting = { kind: "nvme-namespace", address, namespaceId, controllerId } as const;
  const { mark } = changes;
  try {
    await changes.set(setting, "attached");
    return await digestOf(host, action, await appearing(host, address, namespaceId));
  } finally {
    await changes.undoTo(mark);
  }
}

async function digestOf(host: Host, action: string, node: string | null): Promise<string> {
  if (node === null) throw new Problem({ action, condition: "no block device appeared for it" });
  const { ended, status, stdout, stderr } = await host.run({
    argv: ["bash", "-c", DIGEST, "cellproof-digest", `/dev/${node}`],
    timeoutSeconds: READ_SECONDS,
  });
  const [digest] = /^[0-9a-f]{64}\b/.exec(stdout) ?? [];
  if (ended === "exited" && status === 0 && digest !== undefined) return digest;
  throw new Problem({ action, condition: `reading /dev/${node} failed (${ended})`, seen: stderr });
}

/** The kernel looks for new namespaces in the background. */
async function appearing(host: Host, address: PciAddress, id: number): Promise<string | null> {
  for (let look = 0; look < LOOKS; look++) {
    const node = await namespaceNode(host, address, id);
    if (node !== null) return node;
    await host.run({ argv: ["sleep", "0.1"], timeoutSeconds: 10 });
  }
  return null;
}

/**
 * The block device of a namespace, such as "nvme0n1"; null where there is none. Its name does not
 * tell the namespace: the kernel counts on its own.
 */
export async function namespaceNode(
  host: Host,
  address: PciAddress,
  namespaceId: number,
): Promise<string | null> {
  const name = await nvmeName(host, address);
  if (name === null) return null;
  const folder = `${pciFolder(address)}/nvme/${name}`;
  const subsystem = await host.readText(`${folder}/subsysnqn`);
  for (const node of await host.readFolder("/sys/class/block") ?? []) {
    if (!/^nvme\d+n\d+$/.test(node)) continue;
    const [id, owner] = [
      await host.readText(`/sys/class/block/${node}/nsid`),
      await host.readText(`/sys/class/block/${node}/device/subsysnqn`),
    ];
    if (id?.trim() === `${namespaceId}` && subsystem !== null && owner === subsystem) return node;
  }
  return null;
}
