import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { levelsOf } from "./drift_level.ts";
import type { Draw } from "./drift_segment.ts";

function drawsOf(ratios: readonly number[], width = 0): Draw[] {
  return ratios.map((ratio, night) => ({
    night,
    figure: { ratio, low: ratio * (1 - width), high: ratio * (1 + width) },
  }));
}

const STEADY = [0.98, 1.01, 1, 0.99, 1.02, 1, 0.97, 1.03, 1, 1];

Deno.test("levelsOf() has Student's interval of two means when noise is plain", () => {
  const [before, after] = [drawsOf([0.97, 1, 1.03]), drawsOf([0.873, 0.9, 0.927])];
  const { change } = levelsOf({ before, after, others: [] });
  assertAlmostEquals(change.ratio, 0.9, 1e-9);
  // 4.604 is Student's t at 0.01 with 4 degrees of freedom.
  const deviation = Math.sqrt((Math.log(0.97) ** 2 + Math.log(1.03) ** 2) / 2);
  const reach = 4.604 * deviation * Math.sqrt(2 / 3);
  assertAlmostEquals(Math.log(change.high / change.ratio), reach, 2e-3);
  assertAlmostEquals(change.low * change.high, change.ratio ** 2, 1e-9);
});

Deno.test("levelsOf() lets one outlier move nothing by much", () => {
  const after = drawsOf([0.9, 0.9]);
  const { change } = levelsOf({ before: drawsOf([...STEADY, 40]), after, others: [] });
  assert(Math.abs(change.ratio - 0.9) < 0.02);
  assert(change.high - change.low < 0.15);
});

Deno.test("levelsOf() tells how many nights each level rests on", () => {
  const { before, after } = levelsOf({
    before: drawsOf(STEADY),
    after: drawsOf([1, 2]),
    others: [],
  });
  assertEquals([before.nights, after.nights], [10, 2]);
});

Deno.test("levelsOf() never has an interval of no width", () => {
  const same = { before: drawsOf([1, 1, 1, 1]), after: drawsOf([1, 1]), others: [] };
  const { low, high } = levelsOf(same).change;
  assert(low < 1 && 1 < high);
});

Deno.test("levelsOf() takes nights to differ at least as their own intervals say", () => {
  const width = (within: number): number => {
    const ones = [1, 1, 1, 1];
    const { change } = levelsOf({
      before: drawsOf(ones, within),
      after: drawsOf(ones),
      others: [],
    });
    return change.high - change.low;
  };
  assert(width(0.2) > 5 * width(0));
});

Deno.test("levelsOf() learns the noise from others, and no level", () => {
  const [before, after] = [drawsOf([1, 1.001]), drawsOf([0.9, 0.901])];
  const alone = levelsOf({ before, after, others: [] });
  const beside = levelsOf({ before, after, others: drawsOf([4, 5, 6, 7, 5, 4, 6]) });
  assertEquals(beside.change.ratio, alone.change.ratio);
  assert(beside.change.high > alone.change.high);
});
