/**
 * Two virtual functions of one NVMe device, each in a guest of its own, at the same time.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import { type RunningGuest, startGuest } from "../../runners/guest/running_guest.ts";
import { bindToVfio } from "../../runners/vfio/bind.ts";
import { namespaceDigest } from "../../runners/vfio/namespace_bytes.ts";
import {
  makeNvmeFunctions,
  type NvmeFunction,
  spareNamespaces,
} from "../../runners/vfio/nvme_functions.ts";
import type { PassthroughDevice } from "../../runners/vfio/plan.ts";
import {
  AGAIN,
  insideScript,
  type InsideView,
  parseInside,
  readsTheSame,
  TOLD_ALL,
} from "./inside_guest.ts";
import { type Attempt, BOOT_SECONDS, machineOf, passed, type Scene, tryDevice } from "./scene.ts";

/** What was seen of one guest and its function. */
export interface FunctionGuest {
  readonly fn: NvmeFunction;
  /** SHA-256 of the beginning of its namespace, as the host reads it; null: it was given none. */
  readonly digest: string | null;
  readonly inside: InsideView;
}

/** All that was seen of the functions. */
export interface VirtualFunctions {
  readonly device: PassthroughDevice;
  /** How many the device had before, and has after. */
  readonly before: number;
  readonly after: number;
  readonly guests: readonly FunctionGuest[];
  /** Whether each guest ran, and read the same as before, when both had said what they see. */
  readonly running: readonly boolean[];
  /** What came of giving the first function to a third guest. */
  readonly third: Attempt;
  /** What came of asking for one function more than the device offers. */
  readonly tooMany: Attempt;
}

const COUNT = 2;
const READ_SECONDS = 120;

/**
 * Makes two functions, gives each to a guest, and takes everything back.
 *
 * @throws {Problem} where the device refuses, or a guest does not work
 */
export async function gatherVirtualFunctions(
  scene: Scene,
  device: PassthroughDevice,
): Promise<VirtualFunctions> {
  const { host, changes } = scene;
  const before = await countFunctions(scene, device);
  const digests = await readSpare(scene, device.address);
  const tooMany = await askForTooMany(scene, device);
  const mark = changes.mark;
  try {
    const request = { physicalFunction: device.address, count: COUNT };
    const functions = await makeNvmeFunctions(host, changes, request);
    scene.allowance.add(functions.map(({ address }) => address));
    for (const { address } of functions) await bindToVfio(host, changes, address);
    const seen = await inGuests(scene, functions);
    await changes.undoTo(mark);
    const after = await countFunctions(scene, device);
    const guests = seen.guests.map((guest) => ({
      ...guest,
      digest: digests.get(guest.fn.namespaceId ?? NaN) ?? null,
    }));
    return { device, before, after, tooMany, ...seen, guests };
  } finally {
    await changes.undoTo(mark);
  }
}

/** What the host reads of the namespaces that no controller has, by their ids. */
async function readSpare(
  { host, changes }: Scene,
  physicalFunction: PciAddress,
): Promise<Map<number, string>> {
  const digests = new Map<number, string>();
  for (const namespaceId of (await spareNamespaces(host, physicalFunction)).slice(0, COUNT)) {
    const request = { physicalFunction, namespaceId };
    digests.set(namespaceId, await namespaceDigest(host, changes, request));
  }
  return digests;
}

async function inGuests(
  scene: Scene,
  functions: readonly NvmeFunction[],
): Promise<
  Pick<VirtualFunctions, "running" | "third"> & {
    readonly guests: readonly Omit<FunctionGuest, "digest">[];
  }
> {
  const started: RunningGuest[] = [];
  try {
    for (const [index, { address }] of functions.entries()) {
      const guest = await startFunctionGuest(scene, address, `function${index}`);
      started.push(guest);
      await guest.waitForLine(TOLD_ALL, BOOT_SECONDS);
    }
    const running: boolean[] = [];
    for (const guest of started) running.push(await stillReads(guest));
    const [first] = functions;
    if (first === undefined) throw new TypeError("passthrough: no function was made");
    const third = await tryDevice(scene, first.address);
    const guests = functions.flatMap((fn, index) => {
      const lines = started[index]?.lines;
      return lines === undefined ? [] : [{ fn, inside: parseInside(lines) }];
    });
    return { guests, running, third };
  } finally {
    await Promise.allSettled(started.map((guest) => guest.end()));
  }
}

/** Whether a guest runs, and reads now what it has read before. */
async function stillReads(guest: RunningGuest): Promise<boolean> {
  // All that it had printed by then is read before QEMU's reply; what it was reading may be old, too.
  const runs = await guest.isRunning();
  await guest.waitForLine(AGAIN, READ_SECONDS, guest.lines.length);
  const again = await guest.waitForLine(AGAIN, READ_SECONDS, guest.lines.length);
  return runs && readsTheSame(guest.lines, again);
}

async function startFunctionGuest(
  scene: Scene,
  address: PciAddress,
  name: string,
): Promise<RunningGuest> {
  return await startGuest(scene.host, scene.guest, {
    ...machineOf(scene, name),
    script: insideScript(0),
    devices: [passed(address)],
  });
}

async function askForTooMany(
  { changes }: Scene,
  { address, totalVfs }: PassthroughDevice,
): Promise<Attempt> {
  const mark = changes.mark;
  try {
    await changes.set({ kind: "sriov-vfs", address }, `${totalVfs + 1}`);
    return { refused: null };
  } catch (error) {
    if (error instanceof Problem) return { refused: error.message };
    throw error;
  } finally {
    await changes.undoTo(mark);
  }
}

async function countFunctions({ host }: Scene, { address }: PassthroughDevice): Promise<number> {
  const text = await host.readText(`/sys/bus/pci/devices/${address}/sriov_numvfs`);
  const count = Number(text?.trim() || NaN);
  if (Number.isSafeInteger(count)) return count;
  throw new Problem({
    action: `count the virtual functions of ${address}`,
    condition: "sysfs tells none",
    ...(text === null ? {} : { seen: text }),
  });
}
