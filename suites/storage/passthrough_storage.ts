/**
 * The passthrough storage experiment: the same fio jobs on one NVMe device natively, and in guests that
 * have it by virtio-blk and by VFIO. Between the arms the device changes hands.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import type { HostChanges } from "../../runners/settings/host_changes.ts";
import { bindToVfio } from "../../runners/vfio/bind.ts";
import { isDiskOf } from "../../runners/vfio/nvme_disk.ts";
import type { PassthroughDevice } from "../../runners/vfio/plan.ts";
import { type ArmNeeds, prepareArms } from "../arms.ts";
import type { ArmDriver, PairedPlan } from "../paired.ts";
import { lookOutside } from "../passthrough/outside.ts";
import type { Places } from "../places.ts";
import type { Arm } from "../result.ts";
import { guestArmOf, type StorageOptions } from "./storage.ts";
import { guestArm, nativeArm, passthroughArm, type Setting } from "./storage_arms.ts";
import { RUNTIME_SECONDS, STORAGE_WORKLOADS, type StorageWorkload } from "./storage_cases.ts";
import { prepareSubject, type StorageSubject } from "./storage_subject.ts";

const ARMS = [
  { name: "native", title: "natively", place: "native" },
  { name: "native-again", title: "natively again (A/A control)", place: "native" },
  { name: "vm-virtio", title: "QEMU guest, virtio-blk on the device", place: "virtio" },
  { name: "vm-passthrough", title: "QEMU guest, the device by VFIO", place: "vfio" },
] as const;
type PassthroughArm = typeof ARMS[number];

const SETTLE_SECONDS = 10;

/** The arm that VFIO is shown beside: where its figures say nothing, it is not measured. */
const BESIDE = "vm-virtio";

/** A device whose disk is measured. */
interface Subject {
  readonly device: PassthroughDevice;
  readonly disk: string;
  readonly changes: HostChanges;
}

/**
 * Prepares the experiment. Where the device is not the one that may be overwritten, nothing is written.
 *
 * @throws {MissingTool} where no NVMe device with a disk may be given away
 * @throws {Problem} where the disk is not the device's any more, or cannot be written
 */
export async function preparePassthroughStorage(
  places: Places,
  { needs, mostBlocks, destructive }: StorageOptions,
): Promise<PairedPlan> {
  const { device, disk, changes } = await subjectOf(places);
  await requireDisk(places.host, { device, disk });
  const mayWrite = destructive === `/dev/${disk}`;
  const subject = await prepareDisk(places, disk, mayWrite ? destructive : null);
  const { host } = places;
  const setting = { host, subject, runtimeSeconds: RUNTIME_SECONDS, readOnly: !mayWrite };
  const hands = new Hands(places.host, changes, { device, disk });
  const { drivers, unavailable } = await prepareArms(
    ARMS,
    (arm, { place }) => build(arm, place, { places, setting, device, hands, mayWrite }),
  );
  return {
    name: "passthrough-storage",
    title: `fio on ${subject.description}`,
    reference: "native",
    control: "native-again",
    workloads: workloadsOf(needs).filter(({ job }) => mayWrite || /read$/.test(job.pattern)),
    drivers: drivers.filter(({ arm }) => arm.name !== BESIDE || arm.degraded === null),
    unavailable,
    judged: [...needs.judged, BESIDE],
    mostBlocks,
    atEnd: () => hands.takeBack(),
  };
}

async function subjectOf(places: Places): Promise<Subject> {
  const place = await places.passthrough();
  const device = place?.plan.whole ?? null;
  const [disk, ...others] = device?.nvme?.disks ?? [];
  if (others.length > 0) throw severalDisks(device);
  if (place && device && disk !== undefined) return { device, disk, changes: place.changes };
  throw new MissingTool(
    {
      action: "measure storage by VFIO",
      condition: "no NVMe device with a disk may be given away",
      cure: "Name one that nobody uses: --passthrough PCI",
    },
    "iommu",
  );
}

/** A driver that comes back may give the disk's name to another device, which nobody has allowed. */
async function requireDisk(host: Host, { device, disk }: Omit<Subject, "changes">): Promise<void> {
  if (await isDiskOf(host, device.address, disk)) return;
  throw new Problem({
    action: `measure /dev/${disk}`,
    condition: `it is no disk of ${device.address} any more`,
    cure: "See what became of the device: lsblk, and dmesg | tail",
  });
}

/** The guest numbers them in an order of its own, so it could read, or overwrite, another one. */
function severalDisks(device: PassthroughDevice | null): MissingTool {
  return new MissingTool(
    {
      action: "measure storage by VFIO",
      condition: "the device has several disks, which host and guest may number otherwise",
      seen: device?.nvme?.disks.join(", ") ?? "",
      cure: "Name a device of one disk: --passthrough PCI",
    },
    "iommu",
  );
}

async function prepareDisk(
  { host, options, tool }: Places,
  disk: string,
  destructive: string | null,
): Promise<StorageSubject> {
  const path = `/dev/${disk}`;
  if (destructive !== null) {
    return await prepareSubject(host, { ...options, fioPath: tool("fio"), destructive });
  }
  const description = `${path}, read only: writes need --destructive ${path}`;
  return { kind: "device", path, folder: null, description };
}

function workloadsOf({ workloads }: ArmNeeds): readonly StorageWorkload[] {
  return STORAGE_WORKLOADS.filter(({ name }) => workloads.has(name));
}

/** Where the arms run. */
interface Workshop {
  readonly places: Places;
  readonly setting: Setting;
  readonly device: PassthroughDevice;
  readonly hands: Hands;
  readonly mayWrite: boolean;
}

async function build(
  arm: Arm,
  place: PassthroughArm["place"],
  { places, setting, device, hands, mayWrite }: Workshop,
): Promise<ArmDriver> {
  if (place === "native") {
    return hands.onHost(nativeArm(arm, { ...setting, fioPath: places.tool("fio") }));
  }
  const guest = await places.guest();
  const known = guestArmOf(arm, guest);
  if (place === "virtio") {
    const disk = { model: "virtio-blk", readOnly: !mayWrite } as const;
    return hands.onHost(guestArm(known, { ...setting, ...guest, ...disk }));
  }
  const { bareMetal, environment } = places.options;
  const own = known.degraded !== null || bareMetal
    ? known
    : { ...known, degraded: notOwn(environment) };
  const { address, vendorId, deviceId } = device;
  const ids = `${vendorId}:${deviceId}`;
  return hands.inGuest(passthroughArm(own, { ...setting, ...guest, address, ids }));
}

/** Where another hypervisor shows the device, its cost is in every arm and shows in no ratio. */
function notOwn(environment: string): string {
  return `this host runs ${environment}, whose device bounds every arm alike`;
}

/** Has the device be where an arm needs it, before the arm is measured. */
class Hands {
  readonly #host: Host;
  readonly #changes: HostChanges;
  readonly #subject: Omit<Subject, "changes">;
  /** Where the changes began that gave it away; null while the host has it. */
  #mark: number | null = null;

  constructor(host: Host, changes: HostChanges, subject: Omit<Subject, "changes">) {
    this.#host = host;
    this.#changes = changes;
    this.#subject = subject;
  }

  /** An arm for which the host's driver has the device. */
  onHost(driver: ArmDriver): ArmDriver {
    return this.#after(driver, async () => {
      await this.takeBack();
      await requireDisk(this.#host, this.#subject);
    });
  }

  /** An arm for which vfio-pci has it. */
  inGuest(driver: ArmDriver): ArmDriver {
    return this.#after(driver, () => this.#giveAway());
  }

  #after({ arm, measure }: ArmDriver, move: () => Promise<void>): ArmDriver {
    return {
      arm,
      measure: async (workload, block) => {
        await move();
        return await measure(workload, block);
      },
    };
  }

  async #giveAway(): Promise<void> {
    if (this.#mark !== null) return;
    this.#mark = this.#changes.mark;
    try {
      await bindToVfio(this.#host, this.#changes, this.#subject.device.address);
    } catch (error) {
      await this.takeBack();
      throw error;
    }
  }

  /** Has the host's driver have the device. */
  async takeBack(): Promise<void> {
    if (this.#mark === null) return;
    await this.#changes.undoTo(this.#mark);
    this.#mark = null;
    // The driver's disk appears a little after the driver is bound.
    const { device: { address }, disk } = this.#subject;
    await lookOutside(this.#host, address, [disk]);
    await this.#settle();
  }

  /** What udev has look at a disk that appears would slow the native arms alone. */
  async #settle(): Promise<void> {
    const argv = ["udevadm", "settle", `--timeout=${SETTLE_SECONDS}`] as const;
    await this.#host.run({ argv, timeoutSeconds: SETTLE_SECONDS + 5, survivesCancel: true });
  }
}
