/**
 * What the host itself says of a device, before, while and after it is given away.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
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

const DISK = /^disk\s+([^\s/]+)(?:\s+([0-9a-f]{64}))?$/;

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
  return parseOutside(printed, disks);
}

/**
 * Reads what the script printed of the disks.
 *
 * @throws {Problem} where it lacks a disk, or the driver, or names one of them twice
 */
export function parseOutside(printed: string, disks: readonly string[]): OutsideView {
  const lines = printed.split("\n").map((line) => line.trim());
  const of = (kind: string): string[] => lines.filter((line) => line.split(/\s/, 1)[0] === kind);
  const one = (kind: string): string => {
    const [line, ...others] = of(kind);
    if (line === undefined || others.length > 0) throw unclear(`one "${kind}"`, printed);
    return line.slice(kind.length).trim();
  };
  const hashes = of("disk").flatMap((line) => {
    const [, name, hash = null] = DISK.exec(line) ?? [];
    return name === undefined ? [] : [[name, hash] as const];
  });
  const told = hashes.map(([name]) => name).sort();
  if (told.join() !== disks.toSorted().join()) throw unclear("each of the disks once", printed);
  return {
    ids: one("ids").split(/\s+/).map((id) => id.replace(/^0x/, "")).join(":"),
    driver: one("driver") || null,
    serials: of("controller").map((line) => line.slice("controller".length).trim()),
    hashes: Object.fromEntries(hashes),
  };
}

function unclear(what: string, seen: string): Problem {
  const condition = `it does not tell ${what}`;
  return new Problem({ action: "read what the host says of a device", condition, seen });
}
