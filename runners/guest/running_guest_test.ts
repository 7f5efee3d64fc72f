import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import { buildGuest, prepareGuestKernel } from "./guest_image.ts";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { startGuest, tryMachine } from "./running_guest.ts";
import { SCRIPTED_GUEST, SCRIPTED_MACHINE, scriptedQemu } from "../testing/scripted_guest.ts";

const CACHE = new URL("../../.cache", import.meta.url).pathname;
const GREETING = '{"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 22}}}}';
const READY = [GREETING, '{"return": {}, "id": 0}'];

Deno.test("startGuest() makes QMP ready, and execute() finds its reply among the rest", async () => {
  const { host, sent } = scriptedQemu({
    lines: [
      ...READY,
      "guest: one",
      '{"event": "STOP", "timestamp": {}}',
      '{"return": "of another", "id": 9}',
      '{"error": {"class": "GenericError", "desc": "no"}, "id": 1}',
      '{"return": {"running": true}, "id": 2}',
      "guest: two",
    ],
  });
  const guest = await startGuest(host, SCRIPTED_GUEST, SCRIPTED_MACHINE);
  assertEquals(guest.version, "7.2.22");
  assertEquals(await guest.execute("device_add", { id: "x" }), { refused: "GenericError: no" });
  assertEquals(await guest.isRunning(), true);
  assertEquals(await guest.waitForLine(/./, 1), "one");
  assertEquals(await guest.waitForLine(/./, 1, 1), "two");
  await guest.waitForEvent("STOP", {}, 1);
  assertEquals(sent.map((line) => JSON.parse(line).execute), [
    ...["qmp_capabilities", "device_add", "query-status"],
  ]);
});

Deno.test("RunningGuest tells why QEMU ended, and ends it once", async () => {
  const { host, stops } = scriptedQemu({
    lines: [...READY, "garbage"],
    end: { status: 1, stderr: "bad image" },
  });
  const guest = await startGuest(host, SCRIPTED_GUEST, SCRIPTED_MACHINE);
  const wait = () => guest.waitForLine(/x/, 5);
  await assertRejects(wait, Problem, "QEMU exited with status 1: bad image");
  await assertRejects(wait, Problem, "bad image");
  await guest.end();
  assertEquals(stops(), 1);
});

Deno.test("RunningGuest goes on after a report that did not come in time", async () => {
  const lines = [...READY, null, "guest: late"];
  const guest = await startGuest(scriptedQemu({ lines }).host, SCRIPTED_GUEST, SCRIPTED_MACHINE);
  await assertRejects(() => guest.waitForLine(/late/, 5), Problem, "longer than 5 s");
  assertEquals(await guest.waitForLine(/late/, 5), "late");
});

Deno.test("startGuest() ends a QEMU that it cannot talk to", async () => {
  const refusal = '{"error": {"class": "CommandNotFound", "desc": "odd"}, "id": 0}';
  const { host, stops } = scriptedQemu({ lines: [GREETING, refusal] });
  await assertRejects(
    () => startGuest(host, SCRIPTED_GUEST, SCRIPTED_MACHINE),
    Problem,
    "CommandNotFound: odd",
  );
  assertEquals(stops(), 1);
});

Deno.test("Real guests are talked to while they run, and leave nothing (slow)", async (t) => {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    const kernel = await prepareGuestKernel(host, CACHE);
    const payload = { programs: [], libraries: [] };
    const guest = await buildGuest(host, { kernel, payload, folder });

    await t.step("a script's lines come while QEMU answers", async () => {
      const script = "echo up; cat /sys/class/net/*/address; while :; do sleep 1; done";
      const running = await startGuest(host, guest, { ...SCRIPTED_MACHINE, script });
      await running.waitForLine(/^up$/, 30);
      assertEquals(await running.isRunning(), true);
      const none = await running.execute("device_add", { driver: "cellproof-none" });
      assertStringIncludes(none.refused ?? "", "not a valid device model name");
      assertStringIncludes(await processesOf(host, folder), "qemu-system");
      await running.end();
      await assertRejects(() => running.waitForLine(/down/, 5), Problem);
      assertEquals(await processesOf(host, folder), "");
    });
    await t.step("startGuest() tells that there is no QEMU, or none to start it", async () => {
      const launcher = ["cellproof-no-such-launcher"];
      const start = () => startGuest(host, guest, { ...SCRIPTED_MACHINE, launcher });
      await assertRejects(start, MissingTool, "there is no");
    });
    await t.step("a guest that panics says so", async () => {
      const initramfs = `${folder}/no-archive`;
      await host.writeText(initramfs, "no archive");
      const running = await startGuest(host, { ...guest, initramfs }, SCRIPTED_MACHINE);
      await assertRejects(() => running.waitForLine(/up/, 30), Problem, "Unable to mount root fs");
      assertEquals(await processesOf(host, folder), "");
    });
    await t.step("tryMachine() opens what is there, and refuses what is not", async () => {
      const open = (path: string) =>
        tryMachine(host, guest, { ...SCRIPTED_MACHINE, devices: [{ model: "virtio-blk", path }] });
      const { command, reply } = await open(guest.initramfs);
      assertEquals(command.status, 0);
      assert(reply !== null);
      const absent = await open(`${folder}/absent`);
      assertEquals([absent.command.status, absent.reply], [1, null]);
      assertStringIncludes(absent.command.stderr, "No such file");
    });
  } finally {
    await host.close();
  }
});

/** Command lines that name the folder. */
async function processesOf(host: Host, folder: string): Promise<string> {
  const { stdout } = await host.run({ argv: ["pgrep", "-af", folder], timeoutSeconds: 10 });
  return stdout;
}
