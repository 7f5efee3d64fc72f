/**
 * A whole device that is given to a guest: gathers what the host, the guest, QEMU and the IOMMU show.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import { bindToVfio } from "../../runners/vfio/bind.ts";
import { type DmaTrial, findDmaTrial, runDmaTrial } from "../../runners/vfio/dma_trial.ts";
import type { PassthroughDevice } from "../../runners/vfio/plan.ts";
import { lookOutside, type OutsideView } from "./outside.ts";
import { lookAtPlatform, type Platform } from "./platform.ts";
import { type Attempt, type Scene, tryDevice } from "./scene.ts";
import { type WatchedGuest, watchGuest } from "./watched_guest.ts";

/** All that was seen of one device. */
export interface WholeDevice {
  readonly device: PassthroughDevice;
  readonly hostBootId: string;
  /** The host's view before, while and after it is given away. */
  readonly before: OutsideView;
  readonly during: OutsideView;
  readonly after: OutsideView;
  /** What came of giving it away while the host's driver had it. */
  readonly whileBound: Attempt;
  /** What came of giving it away again once its guest had ended. */
  readonly whenFree: Attempt;
  /** What came of giving away a device whose group has another that the host uses; null: none here. */
  readonly ofSharedGroup: Attempt | null;
  readonly guest: WatchedGuest;
  /** Null where the trial could not be made, as `trialProblem` says. */
  readonly trial: DmaTrial | null;
  readonly trialProblem: Problem | null;
}

/** The same, with what its isolation rests on. */
export interface PlacedDevice extends WholeDevice {
  readonly platform: Platform;
}

const TRIAL_SECONDS = 60;

/**
 * Gives the device away and takes it back.
 *
 * @throws {Problem} where it cannot be given, or the guest does not work
 */
export async function gatherWholeDevice(
  scene: Scene,
  device: PassthroughDevice,
): Promise<PlacedDevice> {
  const { host, bootId: hostBootId } = scene;
  const { address } = device;
  const disks = device.nvme?.disks ?? [];
  const look = () => lookOutside(host, address, disks);
  const platform = await lookAtPlatform(scene);
  const before = await look();
  const whileBound = await tryDevice(scene, address);
  const given = await whileGiven(scene, [address], async () => ({
    during: await look(),
    ...await tryTrial(scene, device),
    guest: await watchGuest(scene, address),
    whenFree: await tryDevice(scene, address),
  }));
  const ofSharedGroup = await trySharedGroup(scene);
  const after = await look();
  return { device, hostBootId, platform, before, whileBound, ...given, ofSharedGroup, after };
}

/** Binds the functions to vfio-pci for as long as `work` takes, and puts them back. */
async function whileGiven<T>(
  { host, changes }: Scene,
  addresses: readonly PciAddress[],
  work: () => Promise<T>,
): Promise<T> {
  const mark = changes.mark;
  try {
    for (const address of addresses) await bindToVfio(host, changes, address);
    return await work();
  } finally {
    await changes.undoTo(mark);
  }
}

async function tryTrial(
  { host, places }: Scene,
  { address, nvme }: PassthroughDevice,
): Promise<Pick<WholeDevice, "trial" | "trialProblem">> {
  try {
    if (nvme === null) {
      const condition = "cellproof can command NVMe controllers alone";
      throw new Problem({ action: `have ${address} write to memory`, condition });
    }
    const programPath = await findDmaTrial(host, places.options.cacheFolder);
    const options = { programPath, address, timeoutSeconds: TRIAL_SECONDS };
    return { trial: await runDmaTrial(host, options), trialProblem: null };
  } catch (error) {
    if (error instanceof Problem) return { trial: null, trialProblem: error };
    throw error;
  }
}

/** One of the two functions is given away, while the host's driver has the other. */
async function trySharedGroup(scene: Scene): Promise<Attempt | null> {
  if (scene.groupMates === null) return null;
  const [first] = scene.groupMates;
  return await whileGiven(scene, [first], () => tryDevice(scene, first));
}
