import { assert, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { terminalSummary } from "./terminal.ts";
import { hostileResult } from "./testing/hostile_result.ts";
import { sampleAgreement } from "./testing/sample_agreement.ts";
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

Deno.test("terminalSummary() tells what became of the expectations, and why what failed did", () => {
  const text = terminalSummary(sampleResult(), null, sampleAgreement(sampleResult()));
  assertStringIncludes(text, "\nExpectations:\n  Held to the verdicts of test-data, 2025-01-01");
  const flip =
    "  error: 11.3/latency/sandbox has flipped: refuted, expected confirmed\n      Latency, ";
  assertStringIncludes(text, flip);
});

Deno.test("terminalSummary() lists no more than some where everything differs", () => {
  const { claims, ...rest } = sampleResult();
  const others = Object.fromEntries(claims.map(({ id }) => [id, "confirmed" as const]));
  const text = terminalSummary({ ...rest, claims }, null, sampleAgreement({ claims }, { others }));
  assertStringIncludes(text, /\n {2}… and \d+ more\n/.exec(text)?.[0] ?? "no count of the others");
});
