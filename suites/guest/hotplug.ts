/**
 * Devices that come and go while the guest runs: QEMU's word (QMP) and the guest's own.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { QmpObject } from "../../runners/guest/qmp.ts";
import type { RunningGuest } from "../../runners/guest/running_guest.ts";
import type { ObservationName } from "../observations.ts";
import { attempt, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { type Guests, imageLine, type ImageName, imagePath, sectionOf } from "./guests.ts";

interface Plug {
  readonly name: ObservationName;
  readonly what: string;
  /** `device_add`'s arguments, beside the backing. */
  readonly device: QmpObject & { readonly id: string; readonly bus: string };
  /** What is behind it: an image, or QEMU's user network. */
  readonly image: ImageName | null;
  /** How the guest's name of it begins. */
  readonly prefix: string;
}

/** The hardware address of the network device that comes. */
const HOT_MAC = "52:54:00:ce:11:02";

const PLUGS: readonly Plug[] = [
  {
    name: "guest-view/hotplug-network",
    what: "virtio network device",
    device: { driver: "virtio-net-pci", id: "hot-net", bus: "port0", romfile: "", mac: HOT_MAC },
    image: null,
    prefix: "net/eth",
  },
  {
    name: "guest-view/hotplug-pcie",
    what: "NVMe disk",
    device: { driver: "nvme", id: "hot-nvme", bus: "port1", serial: "hot" },
    image: "hot-nvme",
    prefix: "block/nvme",
  },
  {
    name: "guest-view/hotplug-virtio-disk",
    what: "virtio disk",
    device: { driver: "virtio-blk-pci", id: "hot-virtio", bus: "port2" },
    image: "hot-virtio",
    prefix: "block/vd",
  },
  {
    name: "guest-view/hotplug-usb",
    what: "USB stick",
    device: { driver: "usb-storage", id: "hot-usb", bus: "xhci.0" },
    image: "hot-usb",
    prefix: "block/sd",
  },
  {
    name: "guest-view/hotplug-ide-disk",
    what: "IDE disk",
    device: { driver: "ide-hd", id: "hot-ide", bus: "piix.1" },
    image: "hot-ide",
    prefix: "block/sd",
  },
];
export const HOTPLUG_NAMES = PLUGS.map(({ name }) => name);

/** Under TCG, a USB disk takes 1.5 s to come. */
const COME_SECONDS = 20;
/** QEMU's words for a bus or a device that stays as it was at the start (`hw/core/qdev`). */
const NO_HOTPLUG = /does not support hotplugging/;

/** What became of one device. */
interface Outcome {
  /** QEMU's refusal to add it, in its own words. */
  readonly refused: string | null;
  /** The guest's line when it came, and when it went. */
  readonly came: string;
  readonly went: string;
}

/** Adds and removes a device of each kind. One that fails leaves the others alone. */
export async function observeHotplug({ first, ...stage }: Guests): Promise<readonly Observation[]> {
  await first.waitForLine(/^= /, COME_SECONDS * 3);
  const observations: Observation[] = [];
  let virtio: Outcome | null = null;
  for (const plug of PLUGS) {
    observations.push(
      ...await attempt([plug.name], async () => {
        const start = listings(first).length - 1;
        const backing = plug.image === null ? null : imagePath({ ...stage }, plug.image);
        const outcome = await plugIn(first, plug, backing);
        if (plug.image === "hot-virtio") virtio = outcome;
        const controls = [
          ...await steadyControls(first, listings(first).slice(start)),
          ...await refusalControls(first, plug),
          ...(outcome.refused === null ? ownControls(plug, outcome) : beside(virtio)),
        ];
        return [observed(plug.name, { ...findingOf(first, plug, outcome), controls })];
      }),
    );
  }
  return observations;
}

function findingOf({ version }: RunningGuest, { what, device }: Plug, outcome: Outcome) {
  const { refused, came, went } = outcome;
  if (refused !== null) {
    const seen = `QEMU ${version} refuses to add the ${what} to ${device.bus} of the running ` +
      `guest: ${refused}`;
    return { value: false, seen };
  }
  const seen = `QEMU ${version} added the ${what} ${device.id} to ${device.bus} of the running ` +
    `guest, which reported "${came}"; when QEMU removed it, the guest reported "${went}".`;
  return { value: came !== "" && went !== "", seen };
}

/**
 * Adds the device, waits until the guest has seen it, removes it, and waits until it is gone.
 *
 * @throws {Problem} where the device could not be made at all, or did not come or go in time
 */
async function plugIn(guest: RunningGuest, plug: Plug, image: string | null): Promise<Outcome> {
  const { device, prefix } = plug;
  const backing = `${device.id}-backing`;
  await addBacking(guest, backing, image);
  try {
    const since = guest.lines.length;
    const use = image === null ? { netdev: backing } : { drive: backing };
    const added = await guest.execute("device_add", { ...device, ...use });
    if (added.refused !== null) {
      if (NO_HOTPLUG.test(added.refused)) return { refused: added.refused, came: "", went: "" };
      throw new Problem({ action: `add a ${plug.what} to a guest`, condition: added.refused });
    }
    const came = await guest.waitForLine(new RegExp(`^\\+ ${prefix}`), COME_SECONDS, since);
    const name = came.split(" ")[1] ?? "";
    await demand(guest, "device_del", { id: device.id });
    const went = await guest.waitForLine(new RegExp(`^- ${name}$`), COME_SECONDS, since);
    await guest.waitForEvent("DEVICE_DELETED", { device: device.id }, COME_SECONDS);
    await guest.waitForLine(/^= /, COME_SECONDS, guest.lines.indexOf(went, since));
    return { refused: null, came, went };
  } finally {
    // A backing that is still in use stays, and ends with the guest.
    await (image === null
      ? guest.execute("netdev_del", { id: backing })
      : guest.execute("blockdev-del", { "node-name": backing }));
  }
}

async function addBacking(guest: RunningGuest, id: string, image: string | null): Promise<void> {
  if (image === null) return await demand(guest, "netdev_add", { type: "user", id });
  const file = { driver: "file", filename: image };
  await demand(guest, "blockdev-add", { "node-name": id, driver: "raw", file });
}

async function demand(guest: RunningGuest, command: string, args: QmpObject): Promise<void> {
  const { refused } = await guest.execute(command, args);
  if (refused !== null) throw new Problem({ action: `give QEMU ${command}`, condition: refused });
}

/** All that the guest said to be there, each time that something came or went. */
function listings(guest: RunningGuest): readonly (readonly string[])[] {
  return guest.lines.filter((line) => line.startsWith("= ")).map((line) =>
    line.slice(2).split(" ")
  );
}

async function steadyControls(
  guest: RunningGuest,
  all: readonly (readonly string[])[],
): Promise<readonly Control[]> {
  const disks = (await sectionOf(guest, "disks")).map((line) => `block/${line.split(" ")[0]}`);
  const steady = ["net/lo", ...disks];
  const held = disks.length > 0 && steady.every((one) => all.every((list) => list.includes(one)));
  const seen = `${steady.join(", ")} in ${all.length} listings`;
  return [positive("the guest sees the devices that stay all the while", held, seen)];
}

async function refusalControls(guest: RunningGuest, { device }: Plug): Promise<readonly Control[]> {
  const model = await guest.execute("device_add", { driver: "cellproof-none", id: "none" });
  const bus = await guest.execute("device_add", {
    driver: device["driver"],
    bus: "none",
    id: "none",
  });
  const other = (refused: string | null) => refused !== null && !NO_HOTPLUG.test(refused);
  return [
    negative("QEMU adds a device of no model", other(model.refused), `${model.refused}`),
    negative("QEMU adds a device to a bus that is absent", other(bus.refused), `${bus.refused}`),
  ];
}

function ownControls({ image }: Plug, { came }: Outcome): readonly Control[] {
  if (image === null) {
    const what = "the guest's kernel drives it, and it has the hardware address that QEMU gave it";
    return [positive(what, / \w+ \S+$/.test(came) && came.endsWith(` ${HOT_MAC}`), came)];
  }
  const line = imageLine(image);
  return [positive("the guest reads its image's first line from it", came.endsWith(line), came)];
}

/** Of a refused device: that the same command adds another. */
function beside(virtio: Outcome | null): readonly Control[] {
  const seen = virtio?.came || "it was not added";
  return [positive("the same command adds a virtio disk", virtio?.refused === null, seen)];
}
