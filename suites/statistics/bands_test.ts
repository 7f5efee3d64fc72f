import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ThresholdRange } from "../result.ts";
import { bandOf, bandsOf, stableThresholds } from "./bands.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };
const positive = fc.double({ min: 0.01, max: 2, noNaN: true });

Deno.test("bandOf() counts a threshold to the band above it", () => {
  assertEquals(
    [0.95, 0.949, 0.5, 0.499].map((ratio) => bandOf(ratio, THRESHOLDS)),
    ["high", "medium", "medium", "low"],
  );
});

Deno.test("bandsOf() names every band between the ends", () => {
  assertEquals(bandsOf({ low: 0.3, high: 1 }, THRESHOLDS), ["low", "medium", "high"]);
  assertEquals(bandsOf({ low: 0.3, high: 0.6 }, THRESHOLDS), ["low", "medium"]);
  assertEquals(bandsOf({ low: 0.95, high: 1.2 }, THRESHOLDS), ["high"]);
  assertEquals(bandsOf({ low: 0.9, high: 0.95 }, THRESHOLDS), ["medium", "high"]);
});

Deno.test("stableThresholds() holds exactly the thresholds that keep the band", () => {
  const within = ({ above, atMost }: ThresholdRange, threshold: number) =>
    (above === null || threshold > above) && (atMost === null || threshold <= atMost);
  fc.assert(fc.property(positive, positive, positive, positive, (a, b, c, d) => {
    const bounds = { low: Math.min(a, b), high: Math.max(a, b) };
    const other = { medium: Math.min(c, d), high: Math.max(c, d) };
    const [band, ...rest] = bandsOf(bounds, THRESHOLDS);
    if (band === undefined || rest.length > 0) return;
    const { high, medium } = stableThresholds(bounds, band);
    const stays = bandsOf(bounds, other).join() === band;
    assertEquals(within(high, other.high) && within(medium, other.medium), stays);
    assert(within(high, THRESHOLDS.high) && within(medium, THRESHOLDS.medium));
  }));
});
