/**
 * Interrupts, and what sysfs and procfs show.
 *
 * @module
 */
import type { Interrupt, Inventory } from "../../runners/inventory/inventory.ts";
import { positive } from "../probe.ts";
import type { Control } from "../result.ts";
import { count, few, open, type Reading } from "./reading.ts";

/** Interrupts of processors and of interrupt controllers themselves, numbered all the same. */
const NO_DEVICE = /(^| )(timer|cascade|arch_timer|riscv-timer|arm-pmu|vgic|kvm guest [vp]timer)$/;

/** "each device interrupt is routed to processors, and they are spread over several" */
export function interruptsSpread({ interrupts, processors }: Inventory): Reading {
  if (processors !== null && processors < 2) {
    return open("This machine has one processor, so there is nothing to spread interrupts over");
  }
  const device = interrupts.filter(({ description }) => !NO_DEVICE.test(description));
  if (device.length === 0) return open("/proc/interrupts shows no interrupt of a device here");
  // The kernel never gives an interrupt no processor: an empty list was not read.
  const untold = device.filter(({ allowed }) => allowed.length === 0);
  if (untold.length === device.length) {
    return open("/proc/irq does not tell here where interrupts go");
  }
  if (untold.length > 0) {
    const because = `/proc/irq does not tell where these go: ${few(untold.map(described))}`;
    return { ...open(because), inDoubt: true };
  }
  const told = device.filter(({ effective }) => effective.length > 0);
  if (told.length === 0) return open("This kernel does not tell to which processor interrupts go");
  const shares = new Map<number, number>();
  for (const { effective } of told) {
    for (const each of effective) shares.set(each, (shares.get(each) ?? 0) + 1);
  }
  const spread = [...shares].sort(([one], [other]) => one - other).map(([processor, share]) =>
    `processor ${processor} ${share}`
  );
  const seen = `${count(device.length, "interrupt")} of devices, each routed; to ${few(spread)}`;
  return { value: shares.size > 1, seen: `${seen}${busiest(told)}` };
}

function described({ number, description }: Interrupt): string {
  return `${number} (${description})`;
}

/** The interrupt that came most often, as an example of where one goes. */
function busiest(told: readonly Interrupt[]): string {
  const total = ({ counts }: Interrupt) => counts.reduce((sum, each) => sum + each, 0);
  const [most] = told.toSorted((one, other) => total(other) - total(one));
  if (most === undefined || total(most) === 0) return "";
  return `; the busiest, ${described(most)}, goes to ${few(most.effective.map(String))}`;
}

/** "device state is shown by sysfs and procfs" */
export function sysfsProcfs(inventory: Inventory): Reading {
  const sysfs = [
    ...inventory.block.map(({ name, sizeBytes }) => sizeBytes && `${name} has ${sizeBytes} bytes`),
    ...inventory.network.map(({ name, state }) => state && `${name} is ${state}`),
    ...inventory.pci.map(({ address, driver }) => driver && `${address} has the driver ${driver}`),
  ].filter((text) => typeof text === "string");
  const procfs = inventory.interrupts.map(({ number, counts }) =>
    `interrupt ${number} came ${count(counts.reduce((sum, each) => sum + each, 0), "time")}`
  );
  const missing = [...sysfs.length ? [] : ["sysfs"], ...procfs.length ? [] : ["procfs"]];
  const seen = missing.length === 0
    ? `sysfs shows ${few(sysfs)}; procfs shows ${few(procfs)}`
    : `No state of a device is shown by ${missing.join(" and ")}`;
  return { value: missing.length === 0, seen, controls: [sameMajors(inventory)] };
}

/** The two describe one kernel: every disk's major number in sysfs has a driver in procfs. */
function sameMajors({ block, majors }: Inventory): Control {
  const known = new Map(
    majors.filter(({ kind }) => kind === "block").map(({ major, name }) => [major, name]),
  );
  const pairs = block.flatMap(({ name, major }) =>
    major === null ? [] : [{ text: `${name} ${major} ${known.get(major)}`, held: known.has(major) }]
  );
  return positive(
    "sysfs and procfs agree on the major numbers of block devices",
    pairs.length > 0 && pairs.every(({ held }) => held),
    few(pairs.map(({ text }) => text)) || "no block device",
  );
}
