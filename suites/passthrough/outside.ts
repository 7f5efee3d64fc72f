/**
 * What the host itself says of a device, before, while and after it is given away.
 *
 * @module
 */
import type { Host } from "../../runners/host.ts";
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import { runStep } from "../../runners/run_step.ts";
import outside from "./outside.sh" with { type: "text" };

export interface OutsideView {
  /** "1b36:0010"; empty where the device is gone. */
  readonly ids: string;
  readonly driver: string | null;
  /** Serial numbers of its NVMe controllers. */
  readonly serials: readonly string[];
  /** SHA-256 of the first MiB by disk; null where the disk is not there, or cannot be read. */
  readonly hashes: Readonly<Record<string, string | null>>;
}

/** Looks at a function and at disks that it has, or had. */
export async function lookOutside(
  host: Host,
  address: PciAddress,
  disks: readonly string[],
): Promise<OutsideView> {
  const printed = await runStep(host, {
    action: `look at ${address}`,
    argv: ["bash", "-c", outside, "cellproof-outside", address, ...disks],
    timeoutSeconds: 30,
    cure: "Run as root, and look into the kernel's log for what became of the device.",
  });
  return parseOutside(printed);
}

export function parseOutside(printed: string): OutsideView {
  const words = printed.split("\n").map((line) => line.trim().split(/\s+/));
  const of = (kind: string): string[][] =>
    words.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  return {
    ids: (of("ids")[0] ?? []).map((id) => id.replace(/^0x/, "")).join(":"),
    driver: of("driver")[0]?.[0] ?? null,
    serials: of("controller").map((serial) => serial.join(" ")),
    hashes: Object.fromEntries(of("disk").map(([name = "", hash = null]) => [name, hash])),
  };
}
