import { assertEquals, assertRejects } from "@std/assert";
import { startGuest } from "../../runners/guest/running_guest.ts";
import {
  SCRIPTED_GUEST,
  SCRIPTED_MACHINE,
  scriptedQemu,
} from "../../runners/testing/scripted_guest.ts";
import type { CommandRequest, Host } from "../../runners/host.ts";
import { Problem } from "../../problem.ts";
import type { Guests } from "./guests.ts";
import { observeLock } from "./sharing.ts";

const LOCK = 'Failed to get "write" lock';
const ABSENT = "Could not open: No such file or directory";

/** Guests whose host's QEMU says of each image in turn what it is told to; "" opens it. */
async function guestsWith(said: readonly string[]): Promise<Guests> {
  const react = () => ({ reply: { return: { running: true } } });
  const { host: scripted } = scriptedQemu({ lines: [], react, hangs: true });
  const left = [...said];
  const run: Host["run"] = (_: CommandRequest) => {
    const stderr = left.shift() ?? "";
    const status = stderr === "" ? 0 : 1;
    const end = { ended: "exited", startedAt: "", durationSeconds: 1 } as const;
    return Promise.resolve({ ...end, status, stdout: "", stderr });
  };
  const host: Host = { ...scripted, run };
  const first = await startGuest(host, SCRIPTED_GUEST, SCRIPTED_MACHINE);
  const second = new Problem({ action: "start it", condition: "this is a test" });
  const { accelerator } = SCRIPTED_MACHINE;
  return { host, bootId: "x", guest: SCRIPTED_GUEST, accelerator, first, second };
}

Deno.test("observeLock() tells an image that is locked from one that is not", async () => {
  const cases: [string, string[], boolean, boolean][] = [
    ["locked", [LOCK, "", ABSENT, ""], true, true],
    ["not locked", ["", "", ABSENT, ""], false, true],
    ["locked for good", [LOCK, "", ABSENT, LOCK], true, false],
    ["everything is locked", [LOCK, LOCK, LOCK, LOCK], true, false],
  ];
  for (const [name, said, value, held] of cases) {
    const found = await observeLock(await guestsWith(said));
    assertEquals([found.value, found.controls.every((one) => one.held)], [value, held], name);
  }
});

Deno.test("observeLock() takes no other failure of QEMU for an image without a lock", async () => {
  const guests = await guestsWith(["Cannot allocate memory", "", ABSENT, ""]);
  await assertRejects(() => observeLock(guests), Problem, "Cannot allocate memory");
});
