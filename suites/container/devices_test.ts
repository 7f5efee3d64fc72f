import { assertEquals } from "@std/assert";
import { parseInventory } from "../../runners/inventory/inventory.ts";
import { drivers, identities, observeDevices, observeDrivers } from "./devices.ts";

const PCI = "lrwxrwxrwx 1 0 0 0 Nov 22 23:46";

/** An inventory with one PCI function of the given vendor and driver. */
function inventory(vendor: string, driver: string): ReturnType<typeof parseInventory> {
  const at = "../../../devices/pci0000:00/0000:00:02.0";
  return parseInventory([
    "== devices",
    `${PCI} ./pci/devices/0000:00:02.0 -> ${at}`,
    `${PCI} ./pci/devices/0000:00:02.0/driver -> ../../../bus/pci/drivers/${driver}`,
    "== pci",
    "./0000:00:02.0/class:0x010000",
    `./0000:00:02.0/vendor:0x${vendor}`,
    "./0000:00:02.0/device:0x1042",
    "== end",
    "",
  ].join("\n"));
}

const NONE = parseInventory("== end\n");
const HOST = inventory("1af4", "virtio-pci");

Deno.test("identities() and drivers() name devices by bus and address", () => {
  assertEquals([...identities(HOST)], [["pci 0000:00:02.0", "1af4:1042"]]);
  assertEquals([...drivers(HOST)], [["pci 0000:00:02.0", "virtio-pci"]]);
});

Deno.test("observeDevices() and observeDrivers() tell what differs", () => {
  const cases = [
    { inside: HOST, devices: true, drivers: true },
    { inside: inventory("8086", "virtio-pci"), devices: false, drivers: true },
    { inside: inventory("1af4", "vfio-pci"), devices: true, drivers: false },
    { inside: NONE, devices: false, drivers: false },
  ];
  for (const { inside, devices, drivers } of cases) {
    const inventories = { host: HOST, again: HOST, inside, covered: NONE };
    assertEquals(observeDevices(inventories).value, devices);
    assertEquals(observeDrivers(inventories).value, drivers);
  }
});

Deno.test("observeDevices() has no controls that hold when the inventory never changes", () => {
  const { controls } = observeDevices({ host: HOST, again: NONE, inside: HOST, covered: HOST });
  assertEquals(controls.map(({ held }) => held), [false, false]);
});

Deno.test("observeDevices() says nothing of a host without devices", () => {
  const { value } = observeDevices({ host: NONE, again: NONE, inside: NONE, covered: NONE });
  assertEquals(value, null);
});
