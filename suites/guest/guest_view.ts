/**
 * The probe "guest-view": what a guest sees of itself, what comes and goes while it runs, and what
 * two guests may share. Two guests are booted once.
 *
 * @module
 */
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { observeDisk, observeNic, observeUsb } from "./devices.ts";
import { endGuests, type Guests, inventoryOf, setStage, startGuests } from "./guests.ts";
import { HOTPLUG_NAMES, observeHotplug } from "./hotplug.ts";
import { observeAssistance, observeDrivers, observeIds, observeKernel } from "./identity.ts";
import { observeInterrupts } from "./interrupts.ts";
import { observeLock, observeSharing } from "./sharing.ts";

type Observe = (guests: Guests) => Promise<Observation>;

/** Before the devices come and go, in the order of the guest's report. */
const STEPS: readonly (readonly [ObservationName, Observe])[] = [
  ["guest-view/own-kernel", observeKernel],
  ["guest-view/own-drivers", observeDrivers],
  ["guest-view/virtual-devices", observeIds],
  ["guest-view/vnic", observeNic],
  ["guest-view/vdisk", observeDisk],
  ["guest-view/vusb", observeUsb],
  ["guest-view/interrupts-pinned", observeInterrupts],
  ["guest-view/hardware-assisted", observeAssistance],
];

/** The lock is last: it ends the first guest. */
const LAST_STEPS: readonly (readonly [ObservationName, Observe])[] = [
  ["guest-view/two-share", observeSharing],
  ["guest-view/one-alone", observeLock],
];

/** Boots two guests and observes everything of `guest-view`. */
export async function collectGuestView(places: Places): Promise<Probed> {
  const { host, options: { bootId } } = places;
  const { guest, accelerator } = await places.bareGuest();
  const guests = await startGuests(await setStage({ host, guest, bootId, accelerator }));
  try {
    const observations: Observation[] = [];
    for (const [name, observe] of STEPS) {
      observations.push(...await attempt([name], async () => [await observe(guests)]));
    }
    observations.push(...await attempt(HOTPLUG_NAMES, () => observeHotplug(guests)));
    for (const [name, observe] of LAST_STEPS) {
      observations.push(...await attempt([name], async () => [await observe(guests)]));
    }
    return { observations, readings: await readingsOf(guests) };
  } finally {
    await endGuests(guests);
  }
}

async function readingsOf({ first }: Guests): Promise<Readonly<Record<string, unknown>>> {
  const text = `${first.lines.join("\n")}\n`;
  const [inventory] = await Promise.allSettled([inventoryOf(first)]);
  return inventory.status === "fulfilled"
    ? { "guest-report.txt": text, "guest-inventory.json": inventory.value }
    : { "guest-report.txt": text };
}
