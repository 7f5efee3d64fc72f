import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { hodgesLehmann, ratioOfBlock, reportFidelity } from "./fidelity.ts";

/** Ratios that lie evenly around one. */
function around(middle: number, spread: number): number[] {
  return Array.from({ length: 41 }, (_, i) => middle * Math.exp(spread * (i - 20) / 20));
}

Deno.test("ratioOfBlock() is the seam's figure over the direct one, whatever drifts steadily", async () => {
  for (let block = 0; block < 20; block++) {
    let drift = 1;
    const way = (figure: number) => () => Promise.resolve(figure * (drift *= 1.1));
    assertAlmostEquals(await ratioOfBlock(way(100), way(97)), 0.97, 1e-9);
  }
});

Deno.test("hodgesLehmann() has the middle of what is symmetric within its interval", () => {
  const { middle, low, high } = hodgesLehmann(around(0.9, 0.05));
  assertAlmostEquals(middle, 0.9, 1e-9);
  assert(low < middle && middle < high);
  assertAlmostEquals(middle / low, high / middle, 1e-9);
});

Deno.test("reportFidelity() passes what is within 2 %, and nothing that is not known", () => {
  assertEquals(reportFidelity("test", around(1, 0.01)), 0);
  assertEquals(reportFidelity("test", around(0.97, 0.01)), 1);
  assertEquals(reportFidelity("test", around(1, 0.2)), 1);
  assertEquals(reportFidelity("test", []), 1);
});
