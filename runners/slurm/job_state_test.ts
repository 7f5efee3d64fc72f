import { assertEquals } from "@std/assert";
import { parseJobState } from "./job_state.ts";
import { isLiving, SLURM_JOB_STATES } from "./slurm_records.ts";

Deno.test("parseJobState() reads every state, as a word and as a list", () => {
  for (const state of SLURM_JOB_STATES) {
    assertEquals(parseJobState(state), state);
    assertEquals(parseJobState([state]), state);
  }
});

Deno.test("parseJobState() puts COMPLETING before the state that the job ends in", () => {
  assertEquals(parseJobState(["TIMEOUT", "COMPLETING"]), "COMPLETING");
  assertEquals(parseJobState(["RUNNING", "CONFIGURING"]), "RUNNING");
});

Deno.test("parseJobState() knows the base state of a flag that stands alone", () => {
  assertEquals(parseJobState("CONFIGURING"), "RUNNING");
  assertEquals(parseJobState("REQUEUED"), "PENDING");
});

Deno.test("parseJobState() says of a state that it does not know that it is unknown", () => {
  assertEquals(parseJobState("REVOKED"), "UNKNOWN");
  assertEquals(parseJobState(["PERPLEXED"]), "UNKNOWN");
  for (const value of [null, undefined, "", [], [1], 3]) assertEquals(parseJobState(value), null);
});

Deno.test("isLiving() is true for what goes on, and for what is unknown", () => {
  const goingOn = SLURM_JOB_STATES.filter((state) => isLiving(state));
  assertEquals(goingOn, ["PENDING", "RUNNING", "SUSPENDED", "COMPLETING"]);
  assertEquals(isLiving("UNKNOWN"), true);
});
