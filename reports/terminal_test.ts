import { assert, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { terminalSummary } from "./terminal.ts";
import { hostileResult } from "./testing/hostile_result.ts";
import { sampleResult } from "./testing/sample_result.ts";

Deno.test("terminalSummary() summarizes the sample", async (t) => {
  await assertSnapshot(t, terminalSummary(sampleResult(), "results/x/report.html"));
});

Deno.test("terminalSummary() lets no control character through", () => {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/.test(terminalSummary(hostileResult(), null)));
});

Deno.test("terminalSummary() says when a run did not finish", () => {
  const { run, ...rest } = sampleResult();
  const text = terminalSummary({ ...rest, run: { ...run, endedAt: null, dryRun: null } }, null);
  assertStringIncludes(text, "did not finish");
});
