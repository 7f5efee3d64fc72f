import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { ThresholdRange, VerdictRange } from "../result.ts";
import { bandsOf } from "./bands.ts";
import { bothStay, eitherStays, verdictRange } from "./verdict_range.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };

const within = ({ above, atMost }: ThresholdRange, threshold: number): boolean =>
  (above === null || threshold > above) && (atMost === null || threshold <= atMost);

Deno.test("verdictRange() holds exactly the thresholds that keep an interval in its band", () => {
  const ratio = fc.double({ min: 0.01, max: 1.5, noNaN: true });
  const threshold = fc.double({ min: 0.02, max: 0.98, noNaN: true });
  fc.assert(fc.property(ratio, ratio, threshold, (a, b, other) => {
    const bounds = { low: Math.min(a, b), high: Math.max(a, b) };
    const [band, ...rest] = bandsOf(bounds, THRESHOLDS);
    if (band === undefined || rest.length > 0) return;
    const stays = (tried: typeof THRESHOLDS): boolean => bandsOf(bounds, tried).join() === band;
    const range = verdictRange(stays, THRESHOLDS, [bounds.low, bounds.high]);
    for (const name of ["high", "medium"] as const) {
      const tried = { ...THRESHOLDS, [name]: other };
      const isNearBound = [a, b].some((bound) => Math.abs(bound - other) < 0.002);
      if (isNearBound || tried.high <= tried.medium) continue;
      assertEquals(within(range[name], other), stays(tried));
    }
  }));
});

Deno.test("verdictRange() finds where a verdict changes between the bounds", () => {
  const { high } = verdictRange((tried) => tried.high < 0.973, THRESHOLDS, [0.96, 0.99]);
  assert(high.atMost !== null && high.atMost > 0.971 && high.atMost < 0.973);
  assertEquals(high.above, null);
});

Deno.test("verdictRange() refuses a verdict that does not hold now", () => {
  assertThrows(() => verdictRange(() => false, THRESHOLDS, []), TypeError);
});

Deno.test("bothStay() narrows, eitherStays() widens, and an open end stays open in one of them", () => {
  const any = { above: null, atMost: null };
  const one: VerdictRange = { high: { above: null, atMost: 0.97 }, medium: any };
  const other: VerdictRange = { high: { above: 0.9, atMost: 0.96 }, medium: any };
  assertEquals(bothStay(one, other).high, { above: 0.9, atMost: 0.96 });
  assertEquals(eitherStays(one, other).high, { above: null, atMost: 0.97 });
});
