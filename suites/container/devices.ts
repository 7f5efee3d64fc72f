/**
 * Whether a container sees the host's devices: the same ids, bound to the same drivers.
 *
 * @module
 */
import type { Inventory } from "../../runners/inventory/inventory.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";

/** Inventories taken by the same script in four places. */
export interface Inventories {
  readonly host: Inventory;
  /** Taken on the host once more. */
  readonly again: Inventory;
  /** In a container as Docker makes it. */
  readonly inside: Inventory;
  /** In a container whose /sys/bus and /sys/class are covered by an empty folder. */
  readonly covered: Inventory;
}

type Readings = ReadonlyMap<string, string>;

const SHOWN = 4;

/** The hardware's ids by bus and address; what software makes (loops, bridges) comes and goes. */
export function identities({ pci, usb, block }: Inventory): Readings {
  return new Map([
    ...pci.map((one): [string, string] => [`pci ${one.address}`, `${one.vendor}:${one.device}`]),
    ...usb.map((one): [string, string] => [`usb ${one.name}`, `${one.vendor}:${one.device}`]),
    ...block.filter(({ transport }) => transport !== "virtual" && transport !== "nbd").map(
      (one): [string, string] => [`block ${one.name}`, `${one.major}:${one.minor}`],
    ),
  ]);
}

/** Every device that is bound to a driver, with the driver. */
export function drivers({ devices }: Inventory): Readings {
  return new Map(
    devices.flatMap(({ bus, name, driver }): [string, string][] =>
      driver === null ? [] : [[`${bus} ${name}`, driver]]
    ),
  );
}

/** The container's ids against the host's. */
export function observeDevices(inventories: Inventories): Observation {
  return compare("container-view/same-devices", inventories, {
    read: identities,
    what: "PCI, USB and disk devices have the same ids",
  });
}

/** The container's drivers against the host's. */
export function observeDrivers(inventories: Inventories): Observation {
  return compare("container-view/same-drivers", inventories, {
    read: drivers,
    what: "devices are bound to the same drivers",
  });
}

function compare(
  name: "container-view/same-devices" | "container-view/same-drivers",
  { host, again, inside, covered }: Inventories,
  { read, what }: { read: (inventory: Inventory) => Readings; what: string },
): Observation {
  const own = read(host);
  if (own.size === 0) return lacking(name, "The host's sysfs lists no such device.", null);
  const unlike = differences(own, read(inside));
  const seen = unlike.length === 0
    ? `All ${own.size} ${what} inside and on the host: ${show(own)}.`
    : `Inside and on the host differ: ${
      unlike.slice(0, SHOWN).join("; ")
    } (${unlike.length} in all).`;
  return observed(name, {
    value: unlike.length === 0,
    seen,
    controls: [
      positive(
        "a second inventory of the host is the same",
        differences(own, read(again)).length === 0,
        differences(own, read(again)).join("; ") || `${own.size} readings agree`,
      ),
      negative(
        "a container whose /sys/bus and /sys/class are covered is told apart from the host",
        differences(own, read(covered)).length > 0,
        `${read(covered).size} readings there, ${own.size} on the host`,
      ),
    ],
  });
}

function differences(host: Readings, other: Readings): string[] {
  const keys = [...new Set([...host.keys(), ...other.keys()])].sort();
  return keys.filter((key) => host.get(key) !== other.get(key)).map((key) =>
    `${key}: ${other.get(key) ?? "not there"}, on the host ${host.get(key) ?? "not there"}`
  );
}

function show(readings: Readings): string {
  const shown = [...readings].slice(0, SHOWN).map(([key, value]) => `${key} ${value}`);
  return shown.join(", ") + (readings.size > SHOWN ? ", …" : "");
}
