/**
 * What the passthrough probe works with: the devices that may be given away, and a guest to give them to.
 *
 * @module
 */
import type { PassedDevice } from "../../runners/guest/guest_devices.ts";
import type { Guest } from "../../runners/guest/guest_image.ts";
import type { Accelerator, GuestMachine } from "../../runners/guest/guest_machine.ts";
import type { Host } from "../../runners/host.ts";
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import { runStep } from "../../runners/run_step.ts";
import { tryMachine } from "../../runners/guest/running_guest.ts";
import type { HostChanges } from "../../runners/settings/host_changes.ts";
import { VFIO_MODULES } from "../../runners/vfio/bind.ts";
import type { Places } from "../places.ts";
import type { Allowance } from "./allowance.ts";

export interface Scene {
  readonly places: Places;
  readonly host: Host;
  readonly changes: HostChanges;
  readonly allowance: Allowance;
  /** Without the host's programs, which boots soonest. */
  readonly guest: Guest;
  readonly accelerator: Accelerator;
  /** The host's own boot id. */
  readonly bootId: string;
  /** Two functions that share an IOMMU group and that nobody needs; null where there are none. */
  readonly groupMates: readonly [PciAddress, PciAddress] | null;
  /** A file that begins with random bytes, as a guest's virtual disk. */
  readonly virtualDisk: string;
}

/** How much a guest reads of each disk while QEMU is watched. */
export const READ_MIB = 16;
/** Bounds a guest's life; one that is emulated as a whole takes a minute to boot. */
export const LIFE_SECONDS = 300;
export const BOOT_SECONDS = 150;
const TRY_SECONDS = 60;

/** Makes the guest and its virtual disk. */
export async function setScene(
  places: Places,
  given: Pick<Scene, "groupMates" | "changes" | "allowance">,
): Promise<Scene> {
  const { host, options: { bootId } } = places;
  const { guest, accelerator } = await places.bareGuest();
  // Once for all that follows, which is undone before them.
  for (const name of VFIO_MODULES) {
    await given.changes.set({ kind: "kernel-module", name }, "loaded");
  }
  const virtualDisk = `${await host.temporaryFolder()}/virtual.img`;
  await runStep(host, {
    action: "make the guest's virtual disk",
    argv: ["dd", "if=/dev/urandom", `of=${virtualDisk}`, "bs=1M", `count=${READ_MIB + 1}`],
    timeoutSeconds: 60,
    cure: "Check the free space of the temporary folder.",
  });
  return { places, host, guest, accelerator, bootId, virtualDisk, ...given };
}

/** A device as a guest gets it. */
export function passed(address: PciAddress): PassedDevice {
  return { model: "vfio-pci", address, modules: ["nvme"], node: null };
}

/** What came of handing a device to QEMU. */
export interface Attempt {
  /** QEMU's own words; null where it took the device. */
  readonly refused: string | null;
}

/** Starts QEMU with the device, without booting, and ends it. */
export async function tryDevice(scene: Scene, address: PciAddress): Promise<Attempt> {
  const { command, reply } = await tryMachine(scene.host, scene.guest, {
    ...machineOf(scene, "attempt"),
    script: "true\n",
    devices: [passed(address)],
    timeoutSeconds: TRY_SECONDS,
  });
  if (reply !== null) return { refused: null };
  const words = command.stderr.trim() || `QEMU ended (${command.ended}, ${command.status})`;
  return { refused: words };
}

/** What every machine of the scene has. */
export function machineOf(
  { accelerator }: Scene,
  name: string,
): Omit<GuestMachine, "script"> {
  // Two guests of two processors each are more than a small host, or an emulated one, bears; and
  // VFIO has the host set aside all of a guest's memory at once.
  const size = { processors: 1, memoryMib: 320 };
  return { accelerator, name, ...size, timeoutSeconds: LIFE_SECONDS };
}
