import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { ThresholdRange, VerdictRange } from "../result.ts";
import { boundsOf } from "./bands.ts";
import { decide, isIn, ratioOf } from "./comparison.ts";
import { reachOf } from "./control.ts";
import { bothStay, eitherStays, stopsOf, verdictRange } from "./verdict_range.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };

const within = ({ above, atMost }: ThresholdRange, threshold: number): boolean =>
  (above === null || threshold > above) && (atMost === null || threshold <= atMost);

const ratioOfBlocks = (blocks: readonly number[]) => ratioOf({ workload: "w", arm: "a" }, blocks);

Deno.test("verdictRange() holds exactly the thresholds under which a comparison is decided alike", () => {
  const around = (center: number, spread: number) =>
    fc.array(fc.double({ min: center - spread, max: center + spread, noNaN: true }), {
      minLength: 10,
      maxLength: 14,
    });
  const arm = fc.tuple(
    fc.double({ min: 0.2, max: 1.1, noNaN: true }),
    fc.double({ min: 0, max: 0.1, noNaN: true }),
  )
    .chain(([center, spread]) => around(center, spread));
  const control = fc.double({ min: 0.001, max: 0.4, noNaN: true }).chain((spread) =>
    around(1, spread)
  );
  const threshold = fc.double({ min: 0.02, max: 0.98, noNaN: true });
  fc.assert(
    fc.property(arm, control, threshold, (blocks, controlBlocks, other) => {
      const [ratio, check] = [ratioOfBlocks(blocks), ratioOfBlocks(controlBlocks)];
      const bounds = boundsOf(ratio);
      const found = decide(ratio, check, THRESHOLDS);
      if (bounds === null || found.kind !== "band") return;
      const stays = (tried: typeof THRESHOLDS) => isIn(decide(ratio, check, tried), found.band);
      const reach = reachOf(check);
      const range = verdictRange(stays, THRESHOLDS, stopsOf(bounds, reach === null ? [] : [reach]));
      for (const name of ["high", "medium"] as const) {
        const tried = { ...THRESHOLDS, [name]: other };
        if (tried.high <= tried.medium || !within(range[name], other)) continue;
        assert(stays(tried), `${name} ${other} is in ${JSON.stringify(range[name])}`);
      }
      assert(within(range.high, THRESHOLDS.high) && within(range.medium, THRESHOLDS.medium));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("verdictRange() ends where a stop ends it, on either side of it", () => {
  const at = (low: number, high: number, inclusive: boolean) =>
    verdictRange(
      ({ high: t }) => inclusive ? low <= t && t <= high : low < t && t < high,
      THRESHOLDS,
      [0.9, 0.97],
    ).high;
  const near = (value: number | null, wanted: number) =>
    value !== null && Math.abs(value - wanted) < 1e-6;
  for (const inclusive of [true, false]) {
    const { above, atMost } = at(0.9, 0.97, inclusive);
    assert(near(above, 0.9) && near(atMost, 0.97));
    assertEquals(within({ above, atMost }, 0.9), inclusive);
    assertEquals(within({ above, atMost }, 0.97), inclusive);
  }
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
