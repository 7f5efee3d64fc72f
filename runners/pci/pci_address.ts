/**
 * Addresses of PCI functions, as sysfs writes them.
 *
 * @module
 */

/** Domain, bus, device and function in hexadecimal, in lower case: "0000:65:00.0". */
export type PciAddress = string & { readonly __pciAddress: never };

/** Reads an address as `lspci` or sysfs write it; without a domain it is in domain 0. Null for none. */
export function parsePciAddress(text: string): PciAddress | null {
  const parts = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/i.exec(text);
  if (parts === null) return null;
  const [, domain = "0000", bus, device, fn] = parts;
  return `${domain}:${bus}:${device}.${fn}`.toLowerCase() as PciAddress;
}

/** The folder of a function in sysfs. */
export function pciFolder(address: PciAddress): string {
  return `/sys/bus/pci/devices/${address}`;
}
