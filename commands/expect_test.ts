import { assertEquals, assertThrows } from "@std/assert";
import { sampleResult } from "../reports/testing/sample_result.ts";
import { UsageProblem } from "../problem.ts";
import { INTERRUPTED_NOTE } from "../suites/cut_short.ts";
import { agreementOf, faultOf, type Waiver } from "../suites/expectations.ts";
import { EXIT, exitStatus } from "../suites/exit_status.ts";
import { renewExpectations } from "../suites/renew_expectations.ts";
import type { Result } from "../suites/result.ts";

const NOW = new Date("2026-06-15T12:00:00Z");
const FRESH = { earlier: null, waiver: null, now: NOW };
const WAIVER: Waiver = { id: "11.3/latency/vm", reason: "known", expires: "2026-07-01" };

function only(selector: string, result = sampleResult()): Result {
  return { ...result, claims: result.claims.filter(({ id }) => id.startsWith(selector)) };
}

function withRun(change: Partial<Result["run"]>, result = sampleResult()): Result {
  return { ...result, run: { ...result.run, ...change } };
}

Deno.test("renewExpectations() makes expectations that their own result agrees with", () => {
  const result = sampleResult();
  const { expectations, carried, expired } = renewExpectations(result, FRESH);
  assertEquals([faultOf(expectations), carried, expired], [null, 0, []]);
  const selected = result.claims.map(({ id }) => id);
  const agreement = agreementOf(expectations, { claims: result.claims, selected, now: NOW });
  assertEquals(new Set(agreement.claims.map(({ outcome }) => outcome)), new Set(["kept" as const]));
  assertEquals(exitStatus(result.claims, { hostRestored: true, agreement }), EXIT.ok);
});

Deno.test("renewExpectations() keeps the verdicts that a partial result lacks, in order", () => {
  const earlier = renewExpectations(sampleResult(), FRESH).expectations;
  const { claims, ...rest } = only("11.3/latency/vm");
  const refuted = { ...rest, claims: claims.map((one) => ({ ...one, verdict: "error" as const })) };
  const { expectations, carried } = renewExpectations(refuted, { ...FRESH, earlier });
  assertEquals(carried, 258);
  assertEquals(Object.keys(expectations.claims), Object.keys(earlier.claims));
  assertEquals(expectations.claims, { ...earlier.claims, "11.3/latency/vm": "error" });
});

Deno.test("renewExpectations() refuses to mix thresholds or hosts in one file", () => {
  const earlier = renewExpectations(sampleResult(), FRESH).expectations;
  const others: Result[] = [
    withRun({ thresholds: { high: 0.9, medium: 0.5 } }),
    withRun({ dryRun: null }),
    { ...sampleResult(), host: { ...sampleResult().host, hostname: "another" } },
  ];
  for (const other of others) {
    const renew = (result: Result) => renewExpectations(result, { ...FRESH, earlier });
    assertThrows(() => renew(only("11.3", other)), UsageProblem, "of another host");
    // A result of all claims leaves nothing to mix with.
    assertEquals(renew(other).carried, 0);
  }
});

Deno.test("renewExpectations() keeps waivers, and drops those that have expired", () => {
  const earlier = renewExpectations(sampleResult(), { ...FRESH, waiver: WAIVER }).expectations;
  const renew = (now: string) =>
    renewExpectations(sampleResult(), { earlier, waiver: null, now: new Date(now) });
  const last = renew("2026-07-01T23:59:00Z");
  assertEquals([last.expectations.waivers, last.expired], [[WAIVER], []]);
  const after = renew("2026-07-02T00:00:00Z");
  assertEquals([after.expectations.waivers, after.expired], [[], [WAIVER]]);
});

Deno.test("renewExpectations() replaces the waiver of the same claim", () => {
  const earlier = renewExpectations(sampleResult(), { ...FRESH, waiver: WAIVER }).expectations;
  const waiver = { ...WAIVER, reason: "still known", expires: "2026-08-01" };
  const { expectations } = renewExpectations(sampleResult(), { earlier, waiver, now: NOW });
  assertEquals(expectations.waivers, [waiver]);
});

const REFUSED: [string, Result, Waiver | null][] = [
  ["did not finish", withRun({ endedAt: null }), null],
  ["did not finish, but was interrupted", withRun({ notes: [INTERRUPTED_NOTE] }), null],
  ["judged no claim", { ...sampleResult(), claims: [] }, null],
  ["would have expired", sampleResult(), { ...WAIVER, expires: "2026-06-14" }],
  ["is none", sampleResult(), { ...WAIVER, id: "11.3/latency/vn" }],
  ["no reason", sampleResult(), { ...WAIVER, reason: "" }],
  ["no date", sampleResult(), { ...WAIVER, expires: "2027-02-29" }],
];
for (const [condition, result, waiver] of REFUSED) {
  Deno.test(`renewExpectations() refuses what ${condition}`, () => {
    const renew = () => renewExpectations(result, { ...FRESH, waiver });
    assertThrows(renew, UsageProblem, condition.split(",")[0]);
  });
}
