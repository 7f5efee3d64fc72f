import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { liveHost } from "../../runners/seam/live.ts";
import { observationsOf } from "../observations.ts";
import { Places } from "../places.ts";
import { readControlMachines } from "./control_machines.ts";
import { collectHostInventory, observe, QUESTIONS } from "./host_inventory.ts";
import { disk, inventoryOf, linkOf, pciFunction, usbDevice } from "./sample_inventory.ts";

const EMPTY = inventoryOf({});
const MACHINES = { allTrue: EMPTY, noneTrue: EMPTY, empty: EMPTY };
const GUEST = { bareMetal: false, environment: "inside a KVM guest", machines: MACHINES };
const METAL = { bareMetal: true, environment: "bare metal", machines: MACHINES };

function question(name: string) {
  const found = QUESTIONS.find((question) => question.name.endsWith(`/${name}`));
  assert(found !== undefined, name);
  return found;
}

Deno.test("QUESTIONS asks for every observation of the probe, each once", () => {
  assertEquals(QUESTIONS.map(({ name }) => name).sort(), observationsOf("host-inventory").sort());
});

Deno.test("readControlMachines() makes machines that answer as they must", async () => {
  const host = await liveHost();
  try {
    const machines = await readControlMachines(host);
    for (const { name, ask, control } of QUESTIONS) {
      if (control === null) continue;
      assertEquals(ask(machines.allTrue).value, true, name);
      assertEquals(ask(machines[control.machine]).value, control.answer, name);
    }
  } finally {
    await host.close();
  }
});

Deno.test("observe() has failed controls where the machines are not read", () => {
  const block = [disk("sda")];
  const { value, controls } = observe(
    question("storage-transports"),
    inventoryOf({ block }),
    METAL,
  );
  assertEquals([value, controls.map(({ held }) => held)], [true, [false, false]]);
});

Deno.test("observe() leaves a rate open in a guest, and says what is shown there", () => {
  const usb = [usbDevice("usb1", 10_000, null)];
  const inGuest = observe(question("usb-5-10-20-gbit/s"), inventoryOf({ usb }), GUEST);
  assertEquals([inGuest.value, inGuest.absence?.lacks], [null, "bare-metal"]);
  assertStringIncludes(inGuest.seen, "usb1 10 Gbit/s");
  const onMetal = observe(question("usb-5-10-20-gbit/s"), inventoryOf({ usb }), METAL);
  assertEquals(onMetal.value, true);
});

Deno.test("observe() is inconclusive where the reading is in doubt", () => {
  const links = { currentLink: linkOf(2.5, 16), greatestLink: linkOf(32, 16) };
  const pci = [pciFunction("0000:00:01.0/0000:01:00.0", links)];
  const allTrue = inventoryOf({ pci: [pciFunction("0000:00:01.0/0000:01:00.0")] });
  const { absence } = observe(
    question("pcie-high-and-at-most-32-gb/s"),
    inventoryOf({ pci }),
    { ...METAL, machines: { ...MACHINES, allTrue } },
  );
  assertEquals(absence?.verdict, "inconclusive");
});

Deno.test("observe() is an error where nothing is found, on a made-up machine neither", () => {
  const { absence } = observe(question("usb-tree"), EMPTY, METAL);
  assertEquals(absence?.verdict, "error");
});

Deno.test("collectHostInventory() observes this host, with controls that hold", async () => {
  const host = await liveHost();
  const places = new Places({
    host,
    tools: [],
    cacheFolder: "/nowhere",
    target: "/nowhere",
    image: null,
    bootId: "x",
    environment: "inside a KVM guest",
    cpuModel: "a processor",
    bareMetal: false,
    say: () => {},
  });
  try {
    const { observations, readings } = await collectHostInventory(places);
    assertEquals(observations.map(({ name }) => name), observationsOf("host-inventory"));
    assertEquals(Object.keys(readings), ["host-inventory.txt", "host-inventory.json"]);
    for (const { name, value, seen, controls, absence } of observations) {
      assert(seen.endsWith("."), name);
      assertEquals(value === null, absence !== null, name);
      if (value === null) continue;
      assert(controls.some(({ kind }) => kind === "positive"), name);
      assert(controls.some(({ kind }) => kind === "negative"), name);
      assertEquals(controls.filter(({ held }) => !held), [], name);
    }
  } finally {
    await host.close();
  }
});
