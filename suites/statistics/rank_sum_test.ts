import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { leastChanceOfOverlap, mostAgainst } from "./rank_sum.ts";

const few = fc.integer({ min: 1, max: 8 });
const many = fc.integer({ min: 1, max: 40 });

/** The overlap of every order of two small groups: for each value of the first, those above it. */
function overlaps(few: number, many: number, above = 0): number[] {
  if (few === 0) return [0];
  const next = many === 0 ? [] : overlaps(few, many - 1, above + 1);
  return [...overlaps(few - 1, many, above).map((against) => against + above), ...next];
}

/** The largest overlap of which the share of all orders that overlap no more is small enough. */
function mostByCounting([few, many]: readonly [number, number], chance: number): number {
  const all = overlaps(few, many);
  const share = (against: number) => all.filter((one) => one <= against).length / all.length;
  let most = -1;
  while (most < few * many && share(most + 1) <= chance) most++;
  return most;
}

Deno.test("mostAgainst() is what counting all orders gives", () => {
  for (const size of [[1, 5], [3, 4], [4, 3], [5, 6], [2, 9]] as const) {
    for (const chance of [1e-3, 0.01, 0.05, 0.3]) {
      const [few, many] = size;
      assertEquals(mostAgainst({ few, many }, chance), mostByCounting(size, chance));
    }
  }
});

Deno.test("mostAgainst() agrees with the tables of Mann and Whitney", () => {
  // Critical values at 0.05 on both sides together.
  const sizes = [[4, 4, 0], [5, 5, 2], [10, 10, 23], [8, 20, 41], [20, 20, 127]] as const;
  for (const [few, many, critical] of sizes) {
    assertEquals(mostAgainst({ few, many }, 0.025), critical);
  }
});

Deno.test("leastChanceOfOverlap() is never above the chance", () => {
  const chances = fc.constantFrom(1e-5, 0.01, 0.3);
  fc.assert(fc.property(few, many, fc.nat(320), chances, (few, many, against, chance) => {
    fc.pre(against <= few * many);
    const isUnlikely = against <= mostAgainst({ few, many }, chance);
    if (isUnlikely) assert(leastChanceOfOverlap({ few, many, against }) <= chance * (1 + 1e-9));
  }));
});

Deno.test("leastChanceOfOverlap() is the share of the one order that has no overlap", () => {
  // 30 choose 4 is 27,405.
  assertAlmostEquals(leastChanceOfOverlap({ few: 4, many: 26, against: 0 }) * 27_405, 1, 1e-9);
});
