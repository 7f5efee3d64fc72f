/**
 * Makes the virtual functions of a physical one, of any kind of device: see
 * `Documentation/PCI/pci-iov-howto.rst` of the kernel.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { parsePciAddress, type PciAddress, pciFolder } from "../pci/pci_address.ts";
import { type Changes, iommuGroup, linkName } from "./bind.ts";

export interface VirtualFunction {
  /** From 0, as in `virtfn0`. */
  readonly index: number;
  readonly address: PciAddress;
  readonly iommuGroup: number;
}

/** What to make. */
export interface VirtualFunctionRequest {
  readonly physicalFunction: PciAddress;
  readonly count: number;
}

/** How many virtual functions a physical one can have and has. */
export interface SriovCapability {
  readonly most: number;
  readonly present: number;
}

/** What the kernel says when it refuses a number, by the words of its error. */
const REFUSALS: readonly (readonly [words: RegExp, condition: string, cure: string])[] = [
  [
    /Device or resource busy/,
    "the device has other virtual functions by now",
    "See what made them, and try again when they are gone.",
  ],
  [
    /Numerical result out of range/,
    "the device has not as many",
    "Allow it more in its firmware or by its maker's tool.",
  ],
  [
    /Cannot allocate memory|No space left on device/,
    "the firmware left no memory addresses or bus numbers for them",
    "Switch SR-IOV and addresses above 4 GB on in the firmware, or boot with pci=realloc.",
  ],
  [
    /Function not implemented|No such file or directory|Operation not (supported|permitted)/,
    "the driver of the physical function makes none",
    "Bind a driver that supports SR-IOV to the physical function.",
  ],
  [
    /Input\/output error/,
    "the device's firmware failed",
    "See what the kernel says: dmesg; SR-IOV may be switched off in the device's firmware.",
  ],
];

/** Null where the function is no physical function of SR-IOV. */
export async function sriovCapability(
  host: Host,
  physicalFunction: PciAddress,
): Promise<SriovCapability | null> {
  const [most, present] = [
    await wholeNumber(host, `${pciFolder(physicalFunction)}/sriov_totalvfs`),
    await wholeNumber(host, `${pciFolder(physicalFunction)}/sriov_numvfs`),
  ];
  return most === null || present === null ? null : { most, present };
}

/**
 * Makes virtual functions that no driver of the host takes.
 *
 * @throws {Problem} where there are some already, which may be in use, or the kernel refuses
 */
export async function makeVirtualFunctions(
  host: Host,
  changes: Changes,
  request: VirtualFunctionRequest,
): Promise<VirtualFunction[]> {
  const { physicalFunction: address, count } = request;
  await requireRoom(host, request);
  await changes.set({ kind: "sriov-autoprobe", address }, "0");
  try {
    await changes.set({ kind: "sriov-vfs", address }, `${count}`);
  } catch (error) {
    throw error instanceof Problem ? refusal(request, error) : error;
  }
  const functions: VirtualFunction[] = [];
  for (let index = 0; index < count; index++) {
    functions.push(await virtualFunction(host, request, index));
  }
  return functions;
}

/**
 * Looks whether virtual functions can be made, and changes nothing.
 *
 * @throws {Problem} where the device has some already, or cannot have as many
 */
export async function requireRoom(host: Host, request: VirtualFunctionRequest): Promise<void> {
  const { physicalFunction, count } = request;
  const action = actionOf(request);
  const capability = await sriovCapability(host, physicalFunction);
  if (capability === null) {
    const cure = "Choose a device with SR-IOV, and switch it on in the firmware.";
    throw new Problem({ action, condition: "the device has no SR-IOV", cure });
  }
  const { most, present } = capability;
  if (present > 0) {
    // Its number can only be changed by removing all of them, whoever uses them.
    const condition = `it has ${present} already, and something may use them`;
    const cure = `When nothing does: echo 0 > ${pciFolder(physicalFunction)}/sriov_numvfs`;
    throw new Problem({ action, condition, cure });
  }
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw new Problem({ action, condition: `the device can have ${most}` });
}

function refusal(request: VirtualFunctionRequest, problem: Problem): Problem {
  const seen = problem.message;
  const [, condition, cure] = REFUSALS.find(([words]) => words.test(seen)) ?? [];
  if (condition === undefined || cure === undefined) return problem;
  return new Problem({ action: actionOf(request), condition, seen, cure });
}

async function virtualFunction(
  host: Host,
  request: VirtualFunctionRequest,
  index: number,
): Promise<VirtualFunction> {
  const folder = pciFolder(request.physicalFunction);
  const address = parsePciAddress(await linkName(host, `${folder}/virtfn${index}`) ?? "");
  const group = address === null ? null : await iommuGroup(host, address);
  if (address !== null && group !== null) return { index, address, iommuGroup: group };
  const condition = address === null
    ? `there is no ${folder}/virtfn${index} after it`
    : `${address} is in no IOMMU group`;
  throw new Problem({ action: actionOf(request), condition });
}

function actionOf({ physicalFunction, count }: VirtualFunctionRequest): string {
  return `make ${count} virtual functions of ${physicalFunction}`;
}

async function wholeNumber(host: Host, path: string): Promise<number | null> {
  const text = (await host.readText(path))?.trim() ?? "";
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}
