import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fewestToExclude, median, medianInterval, wealth } from "./confidence_sequence.ts";

const values = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { maxLength: 60 });
const sideError = fc.constantFrom(0.001, 0.01, 0.05, 0.2);

/** The chance that a fair coin ever reaches the bound within `looks` tosses; exact, not simulated. */
function chanceOfExclusion(looks: number, error: number): number {
  let chances = [1];
  let excluded = 0;
  for (let n = 1; n <= looks; n++) {
    const fewest = fewestToExclude(n, error) ?? Infinity;
    const next = Array.from(
      { length: n + 1 },
      (_, k) => ((chances[k] ?? 0) + (chances[k - 1] ?? 0)) / 2,
    );
    excluded += next.slice(Math.min(fewest, n + 1)).reduce((sum, chance) => sum + chance, 0);
    chances = next.map((chance, k) => k >= fewest ? 0 : chance);
  }
  return excluded;
}

Deno.test("wealth() is a fair game: it stays the same on average over the next fair toss", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(200), (n, hits) => {
    fc.pre(hits <= n);
    const now = wealth(n, hits);
    assertAlmostEquals((wealth(n + 1, hits + 1) + wealth(n + 1, hits)) / 2, now, now * 1e-9);
  }));
});

for (const error of [0.001, 0.05]) {
  Deno.test(`fewestToExclude() errs on a fair coin less than ${error} over 400 looks`, () => {
    const chance = chanceOfExclusion(400, error);
    assert(chance <= error, `it errs with ${chance}`);
    assert(chance > error / 4, `it wastes its error: ${chance}`);
  });
}

Deno.test("fewestToExclude() needs 11 equal signs when the error is 0.001", () => {
  assertEquals([0, 10, 11, 12].map((n) => fewestToExclude(n, 0.001)), [null, null, 11, 12]);
});

Deno.test("fewestToExclude() needs a smaller share of signs when n grows", () => {
  const shares = [20, 40, 80, 160, 320].map((n) => (fewestToExclude(n, 0.001) ?? n) / n);
  assertEquals(shares, [...shares].sort((a, b) => b - a));
  assert((shares.at(-1) ?? 1) < 0.65);
});

Deno.test("fewestToExclude() grows by none or one when one value comes", () => {
  for (let n = 11; n < 300; n++) {
    const step = (fewestToExclude(n + 1, 0.001) ?? 0) - (fewestToExclude(n, 0.001) ?? 0);
    assert(step === 0 || step === 1, `${step} at ${n}`);
  }
});

Deno.test("medianInterval() has no end when the values are too few", () => {
  assertEquals(medianInterval(Array(10).fill(1), 0.001), { low: null, high: null });
});

Deno.test("medianInterval() is the range when n just suffices", () => {
  const eleven = [5, 3, 8, 1, 9, 11, 2, 10, 4, 7, 6];
  assertEquals(medianInterval(eleven, 0.001), { low: 1, high: 11 });
});

Deno.test("medianInterval() keeps a candidate when values equal it", () => {
  const ties = [...Array(30).fill(0.95), ...Array(10).fill(1.2)];
  assertEquals(medianInterval(ties, 0.001).low, 0.95);
});

Deno.test("medianInterval() excludes exactly the candidates that lose the bet", () => {
  fc.assert(fc.property(values, sideError, fc.nat(), (list, error, pick) => {
    fc.pre(list.length > 0);
    const candidate = list[pick % list.length] ?? 0;
    const above = list.filter((value) => value > candidate).length;
    const { low } = medianInterval(list, error);
    assertEquals(low !== null && candidate < low, wealth(list.length, above) >= 1 / error);
  }));
});

Deno.test("medianInterval() ignores the order of the values", () => {
  fc.assert(fc.property(values, sideError, (list, error) => {
    assertEquals(medianInterval(list.toReversed(), error), medianInterval(list, error));
  }));
});

Deno.test("medianInterval() scales when the values are scaled", () => {
  fc.assert(fc.property(values, sideError, (list, error) => {
    const { low, high } = medianInterval(list, error);
    const scaled = medianInterval(list.map((value) => 4 * value), error);
    assertEquals(scaled, { low: low && 4 * low, high: high && 4 * high });
  }));
});

Deno.test("medianInterval() is no narrower when the error is smaller, and holds the median", () => {
  fc.assert(fc.property(values, (list) => {
    const { low, high } = medianInterval(list, 0.001);
    if (low === null || high === null) return;
    const wide = medianInterval(list, 0.05);
    const middle = median(list) ?? NaN;
    assert(low <= (wide.low ?? NaN) && (wide.high ?? NaN) <= high);
    assert(low <= middle && middle <= high);
  }));
});

Deno.test("medianInterval() moves no end down when a value moves up", () => {
  fc.assert(fc.property(values, fc.nat(), sideError, (list, pick, error) => {
    fc.pre(list.length > 0);
    const before = medianInterval(list, error);
    const raised = list.with(pick % list.length, 2e3);
    const after = medianInterval(raised, error);
    assert((after.low ?? 0) >= (before.low ?? 0) && (after.high ?? 0) >= (before.high ?? 0));
  }));
});

Deno.test("median() is the middle, or the mean of the two middles", () => {
  assertEquals([[], [3], [3, 1], [9, 1, 2]].map(median), [null, 3, 2, 2]);
});

Deno.test("median() and medianInterval() throw when a value is not finite", () => {
  for (const wrong of [NaN, Infinity, -Infinity]) {
    assertThrows(() => median([1, wrong]), TypeError, "not a finite number");
    assertThrows(() => medianInterval([1, wrong], 0.05), TypeError, "not a finite number");
  }
});
