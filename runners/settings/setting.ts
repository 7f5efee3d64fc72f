/**
 * The states of the host that cellproof may change for a run, and put back: a closed set, each read,
 * written and told in words. Writing what is there already changes nothing, so that undoing twice
 * is harmless.
 *
 * @module
 */
import type { PciAddress } from "../pci/pci_address.ts";

/** A state of the host. Its value is a text; each kind says which. */
export type HostSetting =
  /** A module of the kernel: "loaded" or "absent". */
  | { readonly kind: "kernel-module"; readonly name: string }
  /** What drives a PCI function: "DRIVER/OVERRIDE", either may be empty: "nvme/", "vfio-pci/vfio-pci". */
  | { readonly kind: "pci-driver"; readonly address: PciAddress }
  /** Whether new virtual functions of a physical one get drivers: "0" or "1". */
  | { readonly kind: "sriov-autoprobe"; readonly address: PciAddress }
  /** How many virtual functions a physical one has: "0". */
  | { readonly kind: "sriov-vfs"; readonly address: PciAddress }
  /** A secondary controller of an NVMe device: "STATE QUEUES INTERRUPTS", such as "offline 0 0". */
  | {
    readonly kind: "nvme-secondary";
    /** The physical function. */
    readonly address: PciAddress;
    readonly controllerId: number;
  }
  /** Whether a controller of an NVMe device has a namespace: "attached" or "detached". */
  | {
    readonly kind: "nvme-namespace";
    /** The physical function. */
    readonly address: PciAddress;
    readonly namespaceId: number;
    readonly controllerId: number;
  };
