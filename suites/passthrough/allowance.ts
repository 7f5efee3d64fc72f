/**
 * What a run may change on the host: what the user has named, and nothing else.
 *
 * @module
 */
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import type { HostSetting } from "../../runners/settings/setting.ts";

/** What the user allows. */
export interface PassthroughRequest {
  /** PCI addresses as they were given; none where nothing may be given away. */
  readonly devices: readonly string[];
  /** Whether a device without a way to reset it may be given away. */
  readonly allowNoReset: boolean;
  /** Two functions that share an IOMMU group, which nobody needs; none but in the lab. */
  readonly groupMates: readonly string[];
}

/** Where nothing may be given away. */
export const NO_PASSTHROUGH: PassthroughRequest = {
  devices: [],
  allowNoReset: false,
  groupMates: [],
};

/** Modules that bind a function to VFIO. */
const VFIO_MODULE = /^vfio(?:[-_][a-z0-9_-]+)?$/;

export class Allowance {
  readonly #addresses: Set<PciAddress>;

  constructor(addresses: Iterable<PciAddress>) {
    this.#addresses = new Set(addresses);
  }

  /** Virtual functions that the run itself has made are the user's device, too. */
  add(addresses: Iterable<PciAddress>): void {
    for (const address of addresses) this.#addresses.add(address);
  }

  /** Whether a setting may be changed. */
  allows(setting: HostSetting): boolean {
    if (setting.kind === "kernel-module") return VFIO_MODULE.test(setting.name);
    return "address" in setting && this.#addresses.has(setting.address);
  }
}
