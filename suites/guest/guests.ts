/**
 * The two guests that are looked at: the first has a device of every kind, and says all that it sees;
 * the second has only a disk that it shares with the first.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import type { GuestDevice } from "../../runners/guest/guest_devices.ts";
import type { Guest } from "../../runners/guest/guest_image.ts";
import type { Accelerator, GuestMachine } from "../../runners/guest/guest_machine.ts";
import type { Host } from "../../runners/host.ts";
import {
  type Inventory,
  INVENTORY_SCRIPT,
  parseInventory,
} from "../../runners/inventory/inventory.ts";
import { runStep } from "../../runners/run_step.ts";
import { type RunningGuest, startGuest } from "../../runners/guest/running_guest.ts";
import shareScript from "./share.sh" with { type: "text" };
import viewScript from "./guest_view.sh" with { type: "text" };

/** The hardware address that the guest's network device is given. */
export const MAC = "52:54:00:ce:11:01";
/** PCIe ports that are empty at first. */
export const PORTS = ["port0", "port1", "port2"] as const;

const IMAGES = ["own", "shared", "nvme", "sata", "ide", "usb"] as const;
/** Images of devices that come while the guest runs. */
const HOT_IMAGES = ["hot-nvme", "hot-virtio", "hot-usb", "hot-ide"] as const;
export type ImageName = typeof IMAGES[number] | typeof HOT_IMAGES[number];

/** Bounds a guest's life. */
const LIFE_SECONDS = 240;
/** A boot takes 2 s to 10 s, also without KVM, and longer where a device does not appear. */
const SECTION_SECONDS = 90;

/** What the guests are made of. */
export interface Stage {
  readonly host: Host;
  /** The host's own boot id. */
  readonly bootId: string;
  readonly guest: Guest;
  readonly accelerator: Accelerator;
}

/** The guests, each running, or why it does not. */
export interface Guests extends Stage {
  readonly first: RunningGuest;
  readonly second: RunningGuest | Problem;
}

/** Makes the images, in the guest's own folder. */
export async function setStage(stage: Stage): Promise<Stage> {
  const { host, guest: { folder } } = stage;
  await runStep(host, {
    action: "make the guest's disks",
    argv: ["bash", "-c", MAKE_IMAGES, "cellproof-images", folder, ...IMAGES, ...HOT_IMAGES],
    timeoutSeconds: 30,
    cure: "Check the free space of the temporary folder.",
  });
  return stage;
}

/** Images in the folder `$1`, each of which begins with a line that names it. */
const MAKE_IMAGES = `cd -- "$1" && shift || exit
for name; do echo "cellproof $name" >"$name.img" && truncate -s 8M "$name.img" || exit; done`;

export function imagePath({ guest }: Stage, name: ImageName): string {
  return `${guest.folder}/${name}.img`;
}

/** The first line of an image. */
export function imageLine(name: ImageName): string {
  return `cellproof ${name}`;
}

/** Starts both; the caller ends them. The first one's failure is everything's. */
export async function startGuests(stage: Stage): Promise<Guests> {
  const { host, guest } = stage;
  const second = await startGuest(host, guest, secondMachine(stage)).catch((error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  });
  try {
    return { ...stage, second, first: await startGuest(host, guest, firstMachine(stage)) };
  } catch (error) {
    if (!(second instanceof Problem)) await second.end();
    throw error;
  }
}

export async function endGuests({ first, second }: Guests): Promise<void> {
  await first.end();
  if (!(second instanceof Problem)) await second.end();
}

/** The machine with a device of every kind. */
export function firstMachine(stage: Stage): GuestMachine {
  const devices: GuestDevice[] = [
    { model: "virtio-blk", path: imagePath(stage, "own") },
    { model: "virtio-blk", path: imagePath(stage, "shared"), readOnly: true },
    { model: "nvme", path: imagePath(stage, "nvme") },
    { model: "ahci", path: imagePath(stage, "sata") },
    { model: "ide", path: imagePath(stage, "ide") },
    { model: "usb-storage", path: imagePath(stage, "usb") },
    { model: "virtio-net", netdev: { kind: "user" }, mac: MAC },
  ];
  const script = `inventory() {\n(\n${INVENTORY_SCRIPT})\n}\n${viewScript}`;
  return { ...common(stage), name: "first", devices, ports: PORTS, script };
}

/** A machine with only the shared disk. */
export function secondMachine(stage: Stage): GuestMachine {
  const machine = diskMachine(stage, { path: imagePath(stage, "shared"), readOnly: true });
  return { ...machine, name: "second", script: shareScript };
}

/** A machine with one disk. */
export function diskMachine(
  stage: Stage,
  disk: { readonly path: string; readonly readOnly: boolean },
): GuestMachine {
  const devices = [{ model: "virtio-blk", ...disk } as const];
  return { ...common(stage), name: "third", devices, script: "true" };
}

function common({ accelerator }: Stage) {
  return { accelerator, timeoutSeconds: LIFE_SECONDS };
}

/** The lines of a section of the first guest's report, waited for. */
export async function sectionOf(guest: RunningGuest, name: string): Promise<readonly string[]> {
  const header = `## ${name}`;
  await guest.waitForLine(new RegExp(`^${header}$`), SECTION_SECONDS);
  const start = guest.lines.indexOf(header) + 1;
  await guest.waitForLine(/^##$/, SECTION_SECONDS, start);
  return guest.lines.slice(start, guest.lines.indexOf("##", start));
}

/**
 * The guest's own inventory.
 *
 * @throws {Problem} where it is not whole
 */
export async function inventoryOf(guest: RunningGuest): Promise<Inventory> {
  const inventory = parseInventory(`${(await sectionOf(guest, "inventory")).join("\n")}\n`);
  if (inventory.complete) return inventory;
  throw new Problem({
    action: "take the guest's inventory",
    condition: "the script ended before its last section",
  });
}

/**
 * What must be there for an observation to be made at all.
 *
 * @throws {MissingTool} where it is not: the guest's kernel did not drive a device that it was given
 */
export function given<T>(thing: T | undefined | null, what: string): T {
  if (thing !== undefined && thing !== null) return thing;
  throw new MissingTool({
    action: "look at the guest",
    condition: `its kernel shows no ${what}, although it was given one`,
    cure: "Run: deno task bench --setup",
  });
}
