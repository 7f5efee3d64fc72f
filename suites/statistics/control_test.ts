import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Ratio } from "../result.ts";
import { controlMargin, judgeControl } from "./control.ts";
import { ratioOf } from "./ratios.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };
const CONTROL = { workload: "read", arm: "native-again" };

function around(center: number, spread: number, n = 20): Ratio {
  const blocks = Array.from({ length: n }, (_, i) => center + spread * (2 * i / (n - 1) - 1));
  return ratioOf(CONTROL, blocks);
}

Deno.test("judgeControl() says equal when the interval reaches 1 and keeps within the margin", () => {
  const control = judgeControl(around(1, 0.02), 0.95);
  assertEquals(control.outcome, "equal");
  assert(control.because.includes("reaches 1 and keeps within 0.950 to 1.053"));
});

Deno.test("judgeControl() says unequal when the interval excludes 1", () => {
  assertEquals(judgeControl(around(1.1, 0.02), 0.95).outcome, "unequal");
  assertEquals(judgeControl(around(0.9, 0.02), 0.95).outcome, "unequal");
});

Deno.test("judgeControl() takes a drift of a thousandth for none, and of half a hundredth for one", () => {
  assertEquals(judgeControl(around(0.999, 0.0005), 0.95).outcome, "equal");
  assertEquals(judgeControl(around(1.001, 0.0005), 0.95).outcome, "equal");
  assertEquals(judgeControl(around(0.995, 0.0005), 0.95).outcome, "unequal");
  assertEquals(judgeControl(around(1.005, 0.0005), 0.95).outcome, "unequal");
});

Deno.test("judgeControl() says undecided when the interval is too wide or missing", () => {
  assertEquals(judgeControl(around(1, 0.3), 0.95).outcome, "undecided");
  const few = judgeControl(around(1, 0.02, 4), 0.95);
  assertEquals([few.outcome, few.low, few.high], ["undecided", null, null]);
  assert(few.because.startsWith("4 blocks are too few"));
});

Deno.test("judgeControl() says equal to a noisy control when the margin is wide", () => {
  assertEquals(judgeControl(around(1, 0.3), 0.6).outcome, "equal");
});

Deno.test("controlMargin() is the finest threshold when the arm is near a threshold", () => {
  assertEquals(controlMargin({ low: 0.97, high: 1.01 }, THRESHOLDS), 0.95);
  assertEquals(controlMargin({ low: 0.3, high: 1.2 }, THRESHOLDS), 0.95);
});

Deno.test("controlMargin() is the gap to the nearest threshold when the arm is far off", () => {
  assertAlmostEquals(controlMargin({ low: 0.25, high: 0.3 }, THRESHOLDS), 0.6);
  assertAlmostEquals(controlMargin({ low: 0.3, high: 0.6 }, THRESHOLDS), 0.6 / 0.95);
  assertAlmostEquals(controlMargin({ low: 0.65, high: 0.7 }, THRESHOLDS), 0.5 / 0.65);
});

Deno.test("controlMargin() never lets a control that keeps it carry the arm over a threshold", () => {
  const positive = fc.double({ min: 0.01, max: 3, noNaN: true });
  fc.assert(fc.property(positive, positive, (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const margin = controlMargin({ low, high }, THRESHOLDS);
    assert(margin <= THRESHOLDS.high);
    for (const threshold of [0.95, 0.5]) {
      if (margin === THRESHOLDS.high) continue;
      if (low >= threshold) assert(low * margin >= threshold * (1 - 1e-12));
      if (high < threshold) assert(high / margin <= threshold * (1 + 1e-12));
    }
  }));
});
