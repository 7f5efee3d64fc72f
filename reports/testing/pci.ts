/** PCI functions for tests of the reports. @module */
import type { PciDescription } from "../../suites/result.ts";

/** A function of which only `known` is known. */
export function pciFunction(address: string, known: Partial<PciDescription> = {}): PciDescription {
  const unknown = { ids: null, classCode: null, driver: null, iommuGroup: null, above: null };
  return { address, physicalFunction: null, ...unknown, ...known };
}
