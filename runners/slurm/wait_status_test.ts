import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FAILED_TASKS, SIGNALLED } from "./slurm_samples.ts";
import { parseWaitStatus } from "./wait_status.ts";

Deno.test("parseWaitStatus() reads how a job ended from every version", () => {
  for (const [version, { exit_code }] of Object.entries(FAILED_TASKS)) {
    assertEquals(parseWaitStatus(exit_code), { kind: "exited", status: 9 }, version);
  }
  assertEquals(parseWaitStatus(SIGNALLED), { kind: "signalled", signal: 15 });
});

Deno.test("parseWaitStatus() takes the status of wait(2) apart", () => {
  fc.assert(fc.property(fc.nat(255), fc.integer({ min: 1, max: 126 }), (status, signal) => {
    assertEquals(parseWaitStatus(status << 8), { kind: "exited", status });
    assertEquals(parseWaitStatus(signal), { kind: "signalled", signal });
    assertEquals(parseWaitStatus(signal | 0x80), { kind: "signalled", signal });
  }));
});

Deno.test("parseWaitStatus() makes no exit with 0 of what tells no end", () => {
  const none = { set: false, infinite: false, number: 0 };
  const untold = { status: ["PENDING"], return_code: none, signal: { id: none, name: "" } };
  for (const value of [null, undefined, "0:0", -1, 0.5, 2 ** 32 - 2, 0x7f, none, {}, untold]) {
    assertEquals(parseWaitStatus(value), null);
  }
});
