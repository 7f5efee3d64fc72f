import { assertEquals } from "@std/assert";
import type { Verdict } from "../../suites/result.ts";
import type { Nights } from "../history/nights.ts";
import { type HostSummary, stateOf as siteStateOf, summaryOf } from "./host_summary.ts";
import { startOf } from "./testing/made_history.ts";
import { madeRun } from "./testing/made_run.ts";

/** Nights of one claim, as its first runs judged it. */
function nightsOf(...verdicts: readonly (Verdict | null)[]): Nights {
  return {
    nights: verdicts.map((_, night) => ({ first: madeRun(night), second: null })),
    series: [],
    claims: [{
      claim: "x",
      nights: verdicts.map((first) => ({ first, second: null, byRatio: false })),
    }],
  };
}

const SINCE: readonly (readonly [string, readonly (Verdict | null)[], number, boolean])[] = [
  ["ever since the first night that decided it", ["untested", "refuted", "refuted"], 1, false],
  ["since the first night after it was confirmed", ["confirmed", "refuted", "refuted"], 1, true],
  ["across nights that left it open", ["confirmed", "refuted", "inconclusive", "refuted"], 1, true],
  ["across nights that did not ask", ["refuted", null, "refuted"], 0, false],
  ["before a night that did not ask", ["confirmed", "refuted", null], 1, true],
  ["before a night that could not try", ["refuted", "untested"], 0, false],
];
for (const [words, verdicts, night, wasConfirmed] of SINCE) {
  Deno.test(`summaryOf() says that a claim is refuted ${words}`, () => {
    const { refuted } = summaryOf(nightsOf(...verdicts), []);
    assertEquals(refuted.map(({ since, wasConfirmed }) => [since.startedAt, wasConfirmed]), [
      [startOf(night), wasConfirmed],
    ]);
  });
}

Deno.test("summaryOf() lists no claim that the newest night to try it did not refute", () => {
  for (const last of ["confirmed", "inconclusive", "error"] as const) {
    assertEquals(summaryOf(nightsOf("refuted", last), []).refuted, []);
    assertEquals(summaryOf(nightsOf("refuted", last, null), []).refuted, []);
  }
});

Deno.test("summaryOf() tells of a run after the newest night that is not counted", () => {
  const nights = nightsOf("confirmed");
  assertEquals(summaryOf(nights, [madeRun(0)]).later, null);
  const later = summaryOf(nights, [madeRun(0), madeRun(5, { endedAt: null })]).later;
  assertEquals(later?.startedAt, startOf(5));
});

function stateOf(summary: HostSummary, now: Date) {
  return siteStateOf({ summary, fleets: [] }, now);
}

const after = (night: number) => new Date(startOf(night));

Deno.test("stateOf() calls a host silent after three of its usual gaps, and at least 36 hours", () => {
  const daily = summaryOf(nightsOf("confirmed", "confirmed", "confirmed"), []);
  assertEquals(stateOf(daily, after(4)).kind, "no-change");
  assertEquals(stateOf(daily, after(6)), { kind: "silent", since: startOf(2) });
  const weekly = { ...daily, usualGapSeconds: 7 * 86_400 };
  assertEquals(stateOf(weekly, after(20)).kind, "no-change");
  assertEquals(stateOf({ ...daily, usualGapSeconds: 60 }, after(3)).kind, "no-change");
});

Deno.test("stateOf() does not know how a host is when its newest night has not come yet", () => {
  const summary = summaryOf(nightsOf("confirmed", "confirmed", "confirmed"), []);
  assertEquals(stateOf(summary, after(1)), { kind: "ahead", startedAt: startOf(2) });
});

Deno.test("stateOf() says that the hardware is another for as long as there are few nights of it", () => {
  const stateAfter = (nights: number) => {
    const verdicts = Array.from({ length: nights }, () => "confirmed" as const);
    return stateOf(summaryOf(nightsOf(...verdicts), [], "fedcba9876543210"), after(nights)).kind;
  };
  assertEquals([1, 2, 6, 7].map(stateAfter), [
    ...["new-hardware", "new-hardware", "new-hardware"],
    "no-change",
  ]);
});

Deno.test("stateOf() says what one night, or none, cannot tell", () => {
  assertEquals(stateOf(summaryOf(nightsOf("confirmed"), []), after(0)).kind, "first-night");
  assertEquals(stateOf(summaryOf(nightsOf(), []), after(0)).kind, "no-night");
});
