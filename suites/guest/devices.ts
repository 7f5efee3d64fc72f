/**
 * The guest's network device, disk and USB device, each used once.
 *
 * @module
 */
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { given, type Guests, imageLine, imagePath, inventoryOf, MAC, sectionOf } from "./guests.ts";
import { diskBy } from "./identity.ts";

/** QEMU's user network answers at 10.0.2.2, and has nobody at 10.0.2.77 (qemu(1), "-netdev user"). */
export async function observeNic({ first }: Guests): Promise<Observation> {
  const nic = given(
    (await inventoryOf(first)).network.find(({ type }) => type === 1),
    "Ethernet device",
  );
  const answers = new Map(
    (await sectionOf(first, "network")).map((line): [string, string] => {
      const [peer = "", status = ""] = line.split(" ");
      return [peer, status];
    }),
  );
  const [gateway, nobody] = ["10.0.2.2", "10.0.2.77"].map((peer) => answers.get(peer));
  return observed("guest-view/vnic", {
    value: !nic.virtual && nic.driver !== null && nic.address === MAC,
    seen: `The guest has ${nic.name} (${nic.address}), driven by ${nic.driver}, at ${nic.path}.`,
    controls: [
      positive("QEMU's gateway answers through it", gateway === "0", `ping: status ${gateway}`),
      negative("an address that nobody has answers", nobody === "1", `ping: status ${nobody}`),
    ],
  });
}

/** What the host wrote, the guest reads; what the guest wrote, the host finds in the file. */
export async function observeDisk(guests: Guests): Promise<Observation> {
  const { first, host } = guests;
  const disk = given(diskBy(await inventoryOf(first), "virtio_blk"), "virtio disk");
  const lines = await firstLines(guests);
  const [bootId = ""] = await sectionOf(first, "boot");
  const words = await sectionOf(first, "written");
  const path = imagePath(guests, "own");
  const { stdout } = await host.run({
    argv: ["bash", "-c", 'dd if="$1" bs=1M skip=1 count=1 status=none | head -n 1', "read", path],
    timeoutSeconds: 10,
  });
  const [read, other] = [lines.get(disk.name) ?? "", lines.get("nvme0n1") ?? ""];
  return observed("guest-view/vdisk", {
    value: read === imageLine("own") && stdout.trim() === bootId,
    seen:
      `The guest's ${disk.name} (${disk.drivers.join(" on ")}) reads "${read}", the first line ` +
      `of the host's ${
        path.replace(/.*\//, "")
      }, and what the guest wrote ("${bootId}") the host ` +
      `finds in the file: "${stdout.trim()}".`,
    controls: [
      positive(
        "the guest's write succeeds",
        words.join(" ").includes("records out"),
        words.join(" "),
      ),
      negative(
        "another disk, of another image, reads the same",
        other !== read && other !== "",
        other,
      ),
    ],
  });
}

/** A disk behind QEMU's USB controller. */
export async function observeUsb(guests: Guests): Promise<Observation> {
  const inventory = await inventoryOf(guests.first);
  const disk = given(diskBy(inventory, "usb-storage"), "USB disk");
  const device = inventory.usb.find(({ path }) =>
    disk.path.startsWith(`${path}/`) && !/\/usb\d+$/.test(path)
  );
  const usb = given(device, "USB device");
  const other = given(diskBy(inventory, "virtio_blk"), "virtio disk");
  const lines = await firstLines(guests);
  const read = lines.get(disk.name) ?? "";
  return observed("guest-view/vusb", {
    value: disk.transport === "usb" && usb.vendor === "46f4",
    seen:
      `The guest has the USB device ${usb.name}, "${usb.product}" (${usb.vendor}:${usb.device}), ` +
      `whose disk is ${disk.name}, driven by ${disk.drivers.join(" on ")}.`,
    controls: [
      positive("the disk behind it reads as its image", read === imageLine("usb"), read),
      negative(
        "the virtio disk passes for a USB disk",
        other.transport !== "usb",
        `${other.transport}`,
      ),
    ],
  });
}

/** The first line of each of the first guest's disks, by name. */
export async function firstLines({ first }: Guests): Promise<ReadonlyMap<string, string>> {
  return new Map((await sectionOf(first, "disks")).map((line): [string, string] => {
    const blank = line.indexOf(" ");
    return [line.slice(0, blank), line.slice(blank + 1)];
  }));
}
