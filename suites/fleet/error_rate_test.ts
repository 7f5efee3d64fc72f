import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mayBeChance } from "./error_rate.ts";

/** So many of so many that tried, and whether the error rate explains them. */
const CASES: readonly [number, number, boolean][] = [
  [0, 1, true],
  [1, 1, false],
  [1, 2, true],
  [2, 3, false],
  [2, 15, false],
  [2, 16, true],
  [31, 2000, true],
  [32, 2000, false],
];
for (const [count, tried, expected] of CASES) {
  Deno.test(`mayBeChance() is ${expected} when it is ${count} of ${tried}`, () => {
    assertEquals(mayBeChance(count, tried), expected);
  });
}

Deno.test("mayBeChance() is true of no more exceptions where it is false of fewer", () => {
  fc.assert(fc.property(fc.nat(60), fc.nat(60), (count, more) => {
    if (mayBeChance(count, 60)) return;
    assertEquals(mayBeChance(Math.min(60, count + more), 60), false);
  }));
});
