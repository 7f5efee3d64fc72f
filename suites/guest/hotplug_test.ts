import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startGuest } from "../../runners/guest/running_guest.ts";
import {
  type Reaction,
  SCRIPTED_GUEST,
  SCRIPTED_MACHINE,
  scriptedQemu,
} from "../../runners/testing/scripted_guest.ts";
import type { QmpObject } from "../../runners/guest/qmp.ts";
import { MissingTool } from "../../problem.ts";
import type { Observation } from "../result.ts";
import { HOTPLUG_NAMES, observeHotplug } from "./hotplug.ts";

const REPORT = ["## disks", "vda cellproof own", "##", "= net/lo net/eth0 block/vda "];
const NAMES: Readonly<Record<string, readonly [string, string]>> = {
  "hot-net": ["net/eth1", "virtio_net 52:54:00:ce:11:02"],
  "hot-nvme": ["block/nvme1n1", "cellproof hot-nvme"],
  "hot-virtio": ["block/vdc", "cellproof hot-virtio"],
  "hot-usb": ["block/sdd", "cellproof hot-usb"],
};

/** QEMU and a guest as they should be. */
function good(command: string, args: QmpObject): Reaction {
  const id = String(args["id"]);
  const [node, text] = NAMES[id] ?? [];
  if (args["driver"] === "cellproof-none") return refusal("not a valid device model name");
  if (args["bus"] === "none") return refusal("Bus 'none' not found");
  if (args["driver"] === "ide-hd") return refusal("Bus 'piix.1' does not support hotplugging");
  if (command === "device_add") {
    return {
      reply: { return: {} },
      lines: reports(`+ ${node} ${text}`, `= net/lo ${node} block/vda `),
    };
  }
  if (command !== "device_del") return { reply: { return: {} } };
  const deleted = JSON.stringify({ event: "DEVICE_DELETED", data: { device: id } });
  return {
    reply: { return: {} },
    lines: [deleted, ...reports(`- ${node}`, "= net/lo block/vda ")],
  };
}

function reports(...lines: string[]): string[] {
  return lines.map((line) => `guest: ${line}`);
}

function refusal(desc: string): Reaction {
  return { reply: { error: { class: "GenericError", desc } } };
}

async function observe(
  react: (command: string, args: QmpObject) => Reaction,
): Promise<ReadonlyMap<string, Observation>> {
  const { host } = scriptedQemu({ lines: reports(...REPORT), react, hangs: true });
  const first = await startGuest(host, SCRIPTED_GUEST, SCRIPTED_MACHINE);
  const { accelerator } = SCRIPTED_MACHINE;
  const second = new MissingTool({ action: "start it", condition: "this is a test" });
  const guests = { host, bootId: "x", guest: SCRIPTED_GUEST, accelerator, first, second };
  const observations = await observeHotplug(guests);
  assertEquals(observations.map(({ name }) => name), HOTPLUG_NAMES);
  return new Map(observations.map((one) => [one.name.replace(/.*hotplug-/, ""), one]));
}

Deno.test("observeHotplug() sees devices come and go, and what QEMU refuses", async () => {
  const seen = await observe(good);
  assertEquals([...seen].map(([name, { value }]) => [name, value]), [
    ["network", true],
    ["pcie", true],
    ["virtio-disk", true],
    ["usb", true],
    ["ide-disk", false],
  ]);
  for (const { controls } of seen.values()) {
    assert(controls.every(({ held }) => held), JSON.stringify(controls));
    assertEquals(new Set(controls.map(({ kind }) => kind)).size, 2);
  }
  assertStringIncludes(seen.get("ide-disk")?.seen ?? "", "does not support hotplugging");
});

Deno.test("observeHotplug() takes no other refusal for a bus without hotplug", async () => {
  const seen = await observe((command, args) =>
    args["driver"] === "nvme" && args["bus"] !== "none"
      ? refusal("'nvme' is not a valid device model name")
      : good(command, args)
  );
  const { value, absence } = seen.get("pcie") ?? {};
  assertEquals([value, absence?.verdict], [null, "error"]);
  assertEquals(seen.get("usb")?.value, true);
});

Deno.test("observeHotplug() goes on after a device that does not come, and one that does not go", async () => {
  const silent = (command: string, args: QmpObject): Reaction => {
    const reaction = good(command, args);
    const stays = command === "device_add" ? "hot-net" : "hot-usb";
    return args["id"] === stays ? { reply: reaction.reply } : reaction;
  };
  const seen = await observe(silent);
  for (const name of ["network", "usb"]) assertEquals(seen.get(name)?.absence?.verdict, "error");
  assertEquals(seen.get("virtio-disk")?.value, true);
  assertEquals(seen.get("ide-disk")?.value, false);
});

Deno.test("observeHotplug() believes neither a QEMU that adds everything nor a guest that forgets", async () => {
  const anything = await observe((command, args) => {
    const reaction = good(command, args);
    return "error" in reaction.reply && args["driver"] !== "ide-hd"
      ? { reply: { return: {} } }
      : reaction;
  });
  assert(anything.get("pcie")?.controls.some(({ kind, held }) => kind === "negative" && !held));
  const forgets = await observe((command, args) => {
    const { reply, lines = [] } = good(command, args);
    return { reply, lines: lines.map((line) => line.replace("block/vda ", "")) };
  });
  assert(forgets.get("usb")?.controls.some(({ kind, held }) => kind === "positive" && !held));
});

Deno.test("observeHotplug() takes nothing else that comes for what was added", async () => {
  const seen = await observe((command, args) => {
    const { reply, lines = [] } = good(command, args);
    const other = (line: string): string =>
      line.replace(/ 52:.*/, " 52:54:00:12:34:56").replace(/cellproof hot-.*/, "cellproof usb");
    return { reply, lines: lines.map(other) };
  });
  for (const name of ["network", "pcie", "virtio-disk", "usb"]) {
    assertEquals(seen.get(name)?.controls.at(-1)?.held, false, name);
  }
});

Deno.test("observeHotplug() has no control of the IDE disk where no virtio disk was added", async () => {
  const seen = await observe((command, args) =>
    args["driver"] === "virtio-blk-pci" ? refusal("no such bus") : good(command, args)
  );
  const control = seen.get("ide-disk")?.controls.at(-1);
  assertEquals([control?.kind, control?.held], ["positive", false]);
});
