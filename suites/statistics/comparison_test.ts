import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Ratio } from "../result.ts";
import { BANDS } from "./bands.ts";
import { blocksToExclude, decide, fewestBlocks, isIn, isOpen, isOutside } from "./comparison.ts";
import { ratioOf } from "./ratios.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };

function around(center: number, spread = 0.01, n = 20): Ratio {
  const blocks = Array.from({ length: n }, (_, i) => center + spread * (2 * i / (n - 1) - 1));
  return ratioOf({ workload: "read", arm: "container" }, blocks);
}

const EVEN = around(1);

for (const [center, band] of [[1, "high"], [0.8, "medium"], [0.3, "low"]] as const) {
  Deno.test(`decide() says ${band} when every block is near ${center}`, () => {
    const comparison = decide(around(center), EVEN, THRESHOLDS);
    assert(isIn(comparison, band) && !isOpen(comparison));
    assertEquals(BANDS.filter((other) => isOutside(comparison, other)).length, 2);
  });
}

Deno.test("decide() straddles and proposes no number when the blocks lie evenly about 0.95", () => {
  const comparison = decide(around(0.95, 0.03), EVEN, THRESHOLDS);
  assertEquals(comparison.kind, "straddles");
  if (comparison.kind !== "straddles") return;
  assertEquals([comparison.bands, comparison.excluded], [["medium", "high"], ["low"]]);
  assertEquals(comparison.blocksNeeded, null);
  assert(isOutside(comparison, "low") && !isOutside(comparison, "high"));
});

Deno.test("decide() proposes more blocks when most of them lie on one side", () => {
  const comparison = decide(around(0.96, 0.02), EVEN, THRESHOLDS);
  assert(comparison.kind === "straddles" && comparison.blocksNeeded !== null);
  assert(comparison.blocksNeeded > 20 && comparison.blocksNeeded < 80);
});

Deno.test("decide() says control-failed when native differs from native again", () => {
  const comparison = decide(around(0.8), around(1.1), THRESHOLDS);
  assert(comparison.kind === "control-failed" && comparison.control.outcome === "unequal");
  assert(!isIn(comparison, "medium") && !isOutside(comparison, "high") && isOpen(comparison));
});

Deno.test("decide() excludes nothing when the control failed and two bands remain", () => {
  const comparison = decide(around(0.5, 0.1), around(1, 0.9), THRESHOLDS);
  assertEquals(comparison.kind, "control-failed");
  assert(!isOutside(comparison, "high"));
});

Deno.test("decide() says too-few, and how many it needs, when n is small", () => {
  const comparison = decide(around(1, 0.01, 10), EVEN, THRESHOLDS);
  assertEquals(comparison, { kind: "too-few", n: 10, blocksNeeded: 11 });
});

Deno.test("decide() says too-few when the arm never ran, and fails a control that never ran", () => {
  const none = ratioOf({ workload: "read", arm: "container" }, []);
  assertEquals(decide(none, EVEN, THRESHOLDS).kind, "too-few");
  assertEquals(decide(EVEN, none, THRESHOLDS).kind, "control-failed");
});

Deno.test("decide() never calls a ratio both in a band and outside it", () => {
  const center = fc.double({ min: 0.2, max: 1.3, noNaN: true });
  const spread = fc.double({ min: 0, max: 0.15, noNaN: true });
  fc.assert(fc.property(center, spread, fc.integer({ min: 2, max: 60 }), (at, by, n) => {
    const comparison = decide(around(at, by, n), EVEN, THRESHOLDS);
    for (const band of BANDS) assert(!(isIn(comparison, band) && isOutside(comparison, band)));
  }));
});

Deno.test("blocksToExclude() is the fewest blocks when all lie on one side", () => {
  assertEquals(blocksToExclude([1, 1.1, 1], 0.95), fewestBlocks());
});

Deno.test("blocksToExclude() proposes nothing when blocks only equal the threshold", () => {
  assertEquals(blocksToExclude([0.95, 0.95], 0.95), null);
  assertEquals(blocksToExclude([], 0.95), null);
});
