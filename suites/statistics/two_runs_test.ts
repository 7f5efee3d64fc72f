import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ratioOf } from "./ratios.ts";
import { compareRuns, type Measurement, PRACTICAL_FACTOR } from "./two_runs.ts";

/** Forty blocks around a ratio, beside a control around another. */
function measured(ratio: number, { noise = 0.001, control = 1, n = 40 } = {}): Measurement {
  const around = (middle: number) =>
    Array.from({ length: n }, (_, block) => middle * (1 + noise * Math.sin(block * 12.9898)));
  const name = { workload: "w", arm: "x" };
  return { ratio: ratioOf(name, around(ratio)), control: ratioOf(name, around(control)) };
}

Deno.test("compareRuns() parts ratios that are more than the practical factor apart", () => {
  const found = compareRuns(measured(0.9), measured(0.95));
  assert(found.kind === "parted");
  assertEquals(found.higher, "b");
  assert(found.quotient.low > PRACTICAL_FACTOR && found.quotient.high < 0.96 / 0.89);
  assertEquals(compareRuns(measured(0.95), measured(0.9)), {
    kind: "parted",
    higher: "a",
    quotient: { low: 1 / found.quotient.high, high: 1 / found.quotient.low },
  });
});

Deno.test("compareRuns() calls ratios alike where the quotient cannot be far from 1", () => {
  assertEquals(compareRuns(measured(0.9), measured(0.905)).kind, "alike");
});

Deno.test("compareRuns() cannot tell from intervals that overlap but are wide", () => {
  const noisy = measured(0.9, { noise: 0.1 });
  const found = compareRuns(noisy, noisy);
  assert(found.kind === "cannot-tell");
  assertEquals(found.why, { reason: "too-wide", sides: [] });
});

Deno.test("compareRuns() cannot tell from intervals that are apart, but perhaps by little", () => {
  assertEquals(compareRuns(measured(0.9), measured(0.918)).kind, "cannot-tell");
});

Deno.test("compareRuns() says which run has too few blocks", () => {
  const found = compareRuns(measured(0.9, { n: 5 }), measured(0.5));
  assert(found.kind === "cannot-tell");
  assertEquals(found.why, { reason: "too-few", sides: ["a"] });
});

Deno.test("compareRuns() believes no difference that an uneven run may explain", () => {
  const uneven = measured(0.95, { control: 1.04 });
  const found = compareRuns(measured(0.9), uneven);
  assert(found.kind === "cannot-tell");
  assertEquals(found.why, { reason: "control", sides: ["b"] });
  const without = compareRuns({ ...uneven, control: null }, measured(0.9));
  assert(without.kind === "cannot-tell");
  assertEquals(without.why.sides, ["a"]);
});

Deno.test("compareRuns() says of two sides the mirror image of what it says of the other order", () => {
  const ratio = fc.double({ min: 0.2, max: 1.2, noNaN: true });
  const noise = fc.double({ min: 0, max: 0.05, noNaN: true });
  fc.assert(fc.property(ratio, ratio, noise, (one, other, noise) => {
    const [a, b] = [measured(one, { noise }), measured(other, { noise })];
    const [forth, back] = [compareRuns(a, b), compareRuns(b, a)];
    assertEquals(forth.kind, back.kind);
    if (forth.kind !== "parted" || back.kind !== "parted") return;
    assert(forth.higher !== back.higher);
    assertEquals(forth.higher, one < other ? "b" : "a");
  }));
});
