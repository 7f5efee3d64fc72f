import { assertEquals } from "@std/assert";
import { mannWhitney, RULES, welch } from "./calibrate_rules.ts";

Deno.test("welch() tells apart what differs, and not what does not", () => {
  assertEquals(welch([5, 6, 7, 6], [1, 2, 3, 2]), 1);
  assertEquals(welch([1, 2, 3, 2], [5, 6, 7, 6]), -1);
  assertEquals(welch([1, 2, 3], [2, 1, 3]), 0);
});

Deno.test("mannWhitney() is significant from 4 against 4 on, as in its tables", () => {
  assertEquals(mannWhitney([4, 5, 6], [1, 2, 3]), 0);
  assertEquals(mannWhitney([5, 6, 7, 8], [1, 2, 3, 4]), 1);
  assertEquals(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8]), -1);
  assertEquals(mannWhitney([1, 1, 1, 1], [1, 1, 1, 1]), 0);
});

for (const { name, judge } of RULES) {
  Deno.test(`${name} calls a quarter of the reference's speed low`, () => {
    const native = Array.from({ length: 40 }, (_, i) => 1 + 0.001 * (i % 7));
    const arm = native.toReversed().map((value) => 0.25 * value);
    assertEquals(
      judge({ native, nativeAgain: native, arm }, { high: 0.95, medium: 0.5 }).band,
      "low",
    );
  });
}
