import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { chanceOfAtLeast } from "./binomial.ts";

Deno.test("chanceOfAtLeast() is the complement of none", () => {
  for (const trials of [1, 2, 40, 2000]) {
    const expected = 1 - 0.99 ** trials;
    assertAlmostEquals(chanceOfAtLeast(1, { trials, each: 0.01 }), expected, 1e-12);
  }
});

Deno.test("chanceOfAtLeast() agrees with exact arithmetic", () => {
  // Sums of binomial coefficients as whole numbers.
  assertAlmostEquals(chanceOfAtLeast(3, { trials: 42, each: 0.01 }), 0.008583853799733, 1e-12);
  assertAlmostEquals(chanceOfAtLeast(30, { trials: 2000, each: 0.01 }), 0.021256171404082, 1e-12);
});

Deno.test("chanceOfAtLeast() is certain of none, and excludes more than all", () => {
  assertEquals(chanceOfAtLeast(0, { trials: 5, each: 0.01 }), 1);
  assertEquals(chanceOfAtLeast(6, { trials: 5, each: 0.01 }), 0);
});

Deno.test("chanceOfAtLeast() falls as more are asked for", () => {
  const trials = fc.integer({ min: 1, max: 3000 });
  fc.assert(fc.property(trials, fc.nat(3000), (trials, count) => {
    const more = chanceOfAtLeast(count + 1, { trials, each: 0.01 });
    const fewer = chanceOfAtLeast(count, { trials, each: 0.01 });
    assert(more <= fewer && more >= 0);
  }));
});
