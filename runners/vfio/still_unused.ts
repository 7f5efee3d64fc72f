/**
 * Looks at a PCI function once more, right before its driver is taken from it: what nobody used when
 * the run was planned may be in use by now. A disk that was given back is new to the host, which may
 * mount it, or make an array or a volume group of it, by itself.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { readPlanFacts } from "./plan_facts.ts";
import { type Objection, sumUp } from "./plan_objection.ts";
import { openerObjections } from "./plan_openers.ts";
import { storageObjections } from "./plan_storage.ts";

/** udev opens a disk for a moment when it appears, and when who could write to it closes it. */
const LOOKS = 5;
const PAUSE_SECONDS = 1;

/**
 * Looks whether a function's disks and nodes are still unused.
 *
 * @throws {Problem} where they are in use, or that cannot be told
 */
export async function requireStillUnused(host: Host, address: PciAddress): Promise<void> {
  for (let look = 1;; look++) {
    const objections = await usesOf(host, address);
    if (objections.length === 0) return;
    const mayPass = objections.every(({ kind }) => kind === "opened");
    if (!mayPass || look === LOOKS) {
      throw new Problem({ action: `take ${address} from its driver`, ...sumUp(objections) });
    }
    await host.run({ argv: ["sleep", `${PAUSE_SECONDS}`], timeoutSeconds: PAUSE_SECONDS + 10 });
  }
}

async function usesOf(host: Host, address: PciAddress): Promise<Objection[]> {
  const { functions, text } = await readPlanFacts(host, [address]);
  const facts = functions.get(address);
  if (facts === undefined) {
    const condition = "it is not there any more";
    throw new Problem({ action: `take ${address} from its driver`, condition });
  }
  return [...storageObjections(text, address), ...openerObjections(text, facts)];
}
