import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { clockFault, isoTime, staleness, usualStart } from "./clocks.ts";
import type { HostTold } from "./fleet_result.ts";
import { sampleDigest } from "./testing/sample_digests.ts";

const NOW = new Date("2026-01-02T12:00:00.000Z");
const USUAL = new Date("2026-01-02T03:00:00.000Z");

function fault(told: Partial<HostTold>, usual: Date | null = USUAL): string {
  const digest = sampleDigest({ hostname: "x", told });
  return clockFault(digest, { window: null, now: NOW, usual }) ?? "";
}

Deno.test("clockFault() tells of a time in the future", () => {
  assertEquals(fault({ endedAt: "2026-01-02T12:04:00.000Z" }), "");
  assertMatch(fault({ endedAt: "2026-01-02T12:06:00.000Z" }), /which lies in the future/);
});

Deno.test("clockFault() tells of an old result without calling its clock wrong", () => {
  assertEquals(fault({ startedAt: "2026-01-01T15:30:00.000Z" }), "");
  assertMatch(
    fault({ startedAt: "2026-01-01T14:00:00.000Z" }),
    /most others about 2026-01-02T03:00:00.000Z: it is of another time, or its clock is wrong\.$/,
  );
});

Deno.test("clockFault() holds nothing against a result when no time is usual", () => {
  assertEquals(fault({ startedAt: "2020-01-01T00:00:00.000Z" }, null), "");
});

Deno.test("clockFault() tells of a time that is none", () => {
  for (
    const none of ["yesterday", "9", "2026-01-02", "2026-01-02 03:00:00Z", "2026-13-02T03:00:00Z"]
  ) {
    assertEquals(fault({ startedAt: none }), `It tells a time that is none: "${none}".`);
  }
});

Deno.test("clockFault() tells of an end before the beginning", () => {
  const told = { startedAt: "2026-01-02T03:00:00.000Z", endedAt: "2026-01-02T02:59:59.000Z" };
  assertMatch(
    fault(told),
    /^By its clock it ended at .*59\.000Z, before it began at .*00\.000Z\.$/,
  );
});

Deno.test("isoTime() reads times that name their zone, and no others", () => {
  const noon = Date.UTC(2026, 0, 2, 12);
  assertEquals(isoTime("2026-01-02T12:00:00.000Z"), noon);
  assertEquals(isoTime("2026-01-02T21:00:00+09:00"), noon);
  assertEquals(["", "12", "2026", "2026-01-02T12:00:00", "zzz"].map(isoTime), Array(5).fill(null));
});

Deno.test("staleness() does not depend on how far a node's clock is off", () => {
  const [from, until] = [Date.UTC(2026, 0, 2, 3), Date.UTC(2026, 0, 2, 4)];
  const anyHours = fc.integer({ min: -48, max: 48 });
  fc.assert(
    fc.property(fc.integer({ min: -1e5, max: 1e5 }), anyHours, anyHours, (off, job, run) => {
      const at = (hours: number) => new Date(from + (off + hours) * 3_600_000);
      const digest = sampleDigest({ hostname: "x", told: { startedAt: at(run).toISOString() } });
      const window = { from: new Date(from), until: new Date(until), begun: at(job) };
      assertEquals(staleness(digest, window) !== null, job - run > 1);
    }),
  );
});

const anyTime = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") });

Deno.test("staleness() calls no result stale that was begun after its job, whatever the login clock", () => {
  fc.assert(fc.property(anyTime, anyTime, anyTime, fc.nat(1e6), (from, until, begun, later) => {
    const startedAt = new Date(begun.getTime() + later).toISOString();
    const digest = sampleDigest({ hostname: "x", told: { startedAt } });
    assertEquals(staleness(digest, { from, until, begun }), null);
  }));
});

Deno.test("staleness() still knows a result of another day when the login clock went back", () => {
  const [from, until] = [new Date("2026-01-02T03:00:00Z"), new Date("2026-01-02T02:00:00Z")];
  const isStale = (startedAt: string, begun: Date | null) =>
    staleness(sampleDigest({ hostname: "x", told: { startedAt } }), { from, until, begun }) !==
      null;
  for (const begun of [from, null]) {
    assertEquals(isStale("2026-01-01T00:00:00Z", begun), true);
    assertEquals(isStale("2026-01-02T02:30:00Z", begun), false);
  }
});

Deno.test("clockFault() blames the login node's clock where that went back", () => {
  const window = { from: NOW, until: USUAL, begun: null };
  const told = { startedAt: "2026-01-02T05:00:00.000Z", endedAt: "2026-01-02T06:00:00.000Z" };
  const digest = sampleDigest({ hostname: "x", told });
  assertMatch(
    clockFault(digest, { window, now: NOW, usual: null }) ?? "",
    /^The clock of the login node, .* is wrong itself: the fleet began at 2026-01-02T12:00:00\.000Z by it, and ended at 2026-01-02T03/,
  );
});

Deno.test("clockFault() says nothing of the times that a dry run replays", () => {
  const ground = { version: "1", thresholds: { high: 0.9, medium: 0.5 }, kind: "dry-run" } as const;
  const digest = sampleDigest({
    hostname: "x",
    ground,
    told: { startedAt: "2030-01-01T00:00:00Z" },
  });
  assertEquals(clockFault(digest, { window: null, now: NOW, usual: USUAL }), null);
});

Deno.test("usualStart() is the median when most began together, and else null", () => {
  const at = (startedAt: string) => sampleDigest({ hostname: startedAt, told: { startedAt } });
  const together = ["2026-01-02T03:00:00.000Z", "2026-01-02T04:00:00.000Z"].map(at);
  assertEquals(usualStart([...together, at("2025-01-01T00:00:00.000Z")])?.getTime(), +USUAL);
  const apart = [
    "2026-01-01T03:00:00.000Z",
    "2026-01-02T04:00:00.000Z",
    "2026-01-03T04:00:00.000Z",
  ];
  assertEquals(usualStart(apart.map(at)), null);
  assertEquals(usualStart([]), null);
});
