import { assertEquals } from "@std/assert";
import { bandOf, bandsOf } from "./bands.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };

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
