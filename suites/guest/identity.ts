/**
 * Whose kernel and drivers a guest runs on, and what its devices claim to be.
 *
 * @module
 */
import type { BlockDevice, Inventory, PciFunction } from "../../runners/inventory/inventory.ts";
import { readInventory } from "../../runners/inventory/inventory.ts";
import { tryMachine } from "../../runners/guest/running_guest.ts";
import { objectOf } from "../../runners/guest/qmp.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { given, type Guests, inventoryOf, MAC, secondMachine, sectionOf } from "./guests.ts";

/** A device that the guest was given: how its kernel drives it, and its PCI function. */
interface Attached {
  readonly what: string;
  readonly drivers: readonly string[];
  readonly pci: PciFunction;
}

/** Another kernel has another boot id; nothing else on a host does. */
export async function observeKernel({ first, host, bootId }: Guests): Promise<Observation> {
  const [one = "", other = ""] = await sectionOf(first, "boot");
  const { kernel } = await inventoryOf(first);
  const own = await host.run({ argv: ["cat", BOOT_ID], timeoutSeconds: 10 });
  const again = own.stdout.trim();
  return observed("guest-view/own-kernel", {
    value: one !== "" && one !== bootId,
    seen: `The guest runs kernel ${kernel} of boot ${one}; the host's boot is ${bootId}.`,
    controls: [
      positive("one kernel names one boot, however often it is asked", one === other, other),
      negative("another process of the host has a boot id of its own", again === bootId, again),
    ],
  });
}
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** The guest's kernel drives the devices: without its driver one is gone, on the guest's side only. */
export async function observeDrivers({ first, host }: Guests): Promise<Observation> {
  const inventory = await inventoryOf(first);
  const attached = attachedTo(inventory);
  const [before, without, after] = (await sectionOf(first, "unbind")).map(parseState);
  const serial = given(diskBy(inventory, "nvme")?.serial, "serial number of its NVMe disk");
  const { inventory: hosts } = await readInventory(host);
  const shared = hosts.block.filter((disk) => disk.serial === serial);
  const bridge = inventory.pci.find(({ classCode }) => classCode?.startsWith("0600"));
  const bound = attached.map(({ what, drivers }) => `${what} by ${drivers.join(" on ")}`);
  return observed("guest-view/own-drivers", {
    value: attached.every(({ drivers }) => drivers.length > 0) && shared.length === 0,
    seen: `The guest's kernel drives the ${bound.join(", the ")}; the host's kernel shows ` +
      `${shared.length === 0 ? "no disk" : "a disk"} with its NVMe disk's serial "${serial}".`,
    controls: [
      positive(
        "the guest's NVMe disk goes when the guest unbinds its driver, and comes back with it",
        before?.disk === "yes" && without?.disk === "no" && after?.disk === "yes",
        `before: ${before?.disk}, unbound: ${without?.disk}, bound again: ${after?.disk}`,
      ),
      negative(
        "a device without a driver (unbound, or a host bridge) passes for one that is driven",
        without?.driver === "" && bridge?.driver === null,
        `unbound: "${without?.driver}", host bridge: ${bridge?.driver}`,
      ),
    ],
  });
}

/** `before yes nvme`: whether the disk is there, and the driver, empty where none is bound. */
function parseState(line: string) {
  const [, disk = "", driver = ""] = line.split(" ");
  return { disk, driver };
}

/** QEMU's own PCI ids are listed in its `docs/specs/pci-ids`; copies of real chips have its subsystem. */
export async function observeIds({ first }: Guests): Promise<Observation> {
  const inventory = await inventoryOf(first);
  const attached = attachedTo(inventory);
  const nvme = given(attached.find(({ what }) => what === "NVMe disk"), "NVMe disk");
  const stick = inventory.usb.find((device) => usbId(device) === QEMU_STICK);
  const hub = given(inventory.usb.find(({ parent }) => parent === null), "USB root hub");
  const ids = attached.map(({ what, pci }) => `${what} ${pciId(pci)}`);
  return observed("guest-view/virtual-devices", {
    value: attached.every(({ pci }) => isVirtual(pci)) && stick !== undefined,
    seen: `The guest's devices are ${ids.join(", ")}` +
      `, and a USB stick ${stick === undefined ? "that is not QEMU's" : usbId(stick)}.`,
    controls: [
      positive(
        "QEMU's NVMe controller has the id 1b36:0010",
        id(nvme.pci) === "1b36:0010",
        pciId(nvme.pci),
      ),
      negative(
        "the root hub, which Linux makes, has QEMU's id",
        usbId(hub) !== QEMU_STICK,
        usbId(hub),
      ),
    ],
  });
}
const QEMU_STICK = "46f4:0001";

/** With KVM the processor's own virtualization keeps the guest apart; without, QEMU's code does. */
export async function observeAssistance(guests: Guests): Promise<Observation> {
  const { accelerator, first, host, guest } = guests;
  const name = "guest-view/hardware-assisted";
  if (accelerator.name !== "kvm") {
    return lacking(name, accelerator.why ?? "QEMU cannot use KVM here.", "kvm");
  }
  const reply = await first.execute("query-kvm");
  const kvm = reply.refused === null ? objectOf(reply.value) : null;
  const clocks = (await sectionOf(first, "boot"))[2] ?? "";
  const offered = extensionOf(await host.readText("/proc/cpuinfo"));
  const emulated = await tryMachine(host, guest, {
    ...secondMachine(guests),
    name: "third",
    accelerator: { name: "tcg", why: "It is compared with KVM." },
    execute: "query-kvm",
  });
  const without = objectOf(emulated.reply)?.["enabled"];
  return observed(name, {
    value: kvm?.["enabled"] === true,
    seen: `QEMU says of the guest: ${JSON.stringify(kvm)}; this host's processors offer ${
      offered ?? "no virtualization"
    }.`,
    controls: [
      // KVM can do without, by software alone (PVM).
      positive(
        "this host's processors offer virtualization (vmx or svm)",
        offered !== null,
        offered ?? "neither flag in /proc/cpuinfo",
      ),
      positive("the guest's own kernel finds KVM's clock", clocks.includes("kvm-clock"), clocks),
      negative("QEMU says the same of a guest without KVM", without === false, `${without}`),
    ],
  });
}

/** The processors' own virtualization by its flag in `/proc/cpuinfo`; null where they offer none. */
export function extensionOf(cpuinfo: string | null): "vmx" | "svm" | null {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo ?? "")?.[1]?.split(/\s+/) ?? [];
  return flags.includes("vmx") ? "vmx" : flags.includes("svm") ? "svm" : null;
}

/** The guest's devices, each found by what it is and not by its name. */
export function attachedTo(inventory: Inventory): readonly Attached[] {
  const disks = [
    ["virtio disk", "virtio_blk"],
    ["NVMe disk", "nvme"],
    ["SATA disk", "ahci"],
    ["IDE disk", "ata_piix"],
    ["USB disk", "usb-storage"],
  ] as const;
  const nic = given(inventory.network.find(({ address }) => address === MAC), "network device");
  return [
    ...disks.map(([what, driver]) => {
      const { path, drivers } = given(diskBy(inventory, driver), what);
      return { what, drivers, pci: functionOf(inventory, path, what) };
    }),
    {
      what: "network device",
      drivers: nic.driver === null ? [] : [nic.driver],
      pci: functionOf(inventory, nic.path, "network device"),
    },
  ];
}

/** The first disk that a driver of that name is a part of the way to. */
export function diskBy(inventory: Inventory, driver: string): BlockDevice | undefined {
  return inventory.block.find(({ drivers }) => drivers.includes(driver));
}

/** The nearest PCI function above a place in the tree of devices. */
function functionOf({ pci }: Inventory, path: string, what: string): PciFunction {
  const above = pci.filter((one) => one.path !== "" && path.startsWith(`${one.path}/`));
  return given(
    above.toSorted((one, other) => other.path.length - one.path.length)[0],
    `${what} on PCI`,
  );
}

function isVirtual({ vendor, subsystemVendor, subsystemDevice }: PciFunction): boolean {
  return vendor === "1af4" || vendor === "1b36" ||
    (subsystemVendor === "1af4" && subsystemDevice === "1100");
}

function id({ vendor, device }: PciFunction): string {
  return `${vendor}:${device}`;
}

function pciId(pci: PciFunction): string {
  return `${id(pci)} (subsystem ${pci.subsystemVendor}:${pci.subsystemDevice})`;
}

function usbId({ vendor, device }: { vendor: string | null; device: string | null }): string {
  return `${vendor}:${device}`;
}
