import { assertEquals } from "@std/assert";
import { EXIT } from "../suites/exit_status.ts";
import { statusOf } from "./bench_run.ts";

const RUN = { result: { claims: [] }, agreement: null };

Deno.test("statusOf() tells first of a host that is not as it was", () => {
  for (const sound of [true, false]) {
    for (const interrupted of [true, false]) {
      const status = statusOf({ ...RUN, restored: false, sound, interrupted });
      assertEquals(status, EXIT.hostNotRestored);
    }
  }
});

Deno.test("statusOf() tells of Ctrl-C, then of a defect, then of the claims", () => {
  const status = (sound: boolean, interrupted: boolean) =>
    statusOf({ ...RUN, restored: true, sound, interrupted });
  assertEquals(status(false, true), EXIT.interrupted);
  assertEquals(status(false, false), EXIT.harnessFailed);
  assertEquals(status(true, false), EXIT.harnessFailed);
});
