import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { normal } from "./calibrate_noise.ts";
import {
  type Drift,
  driftsIn,
  type Figure,
  isSuspectRatio,
  type RatioNight,
  suspicionIn,
} from "./drift.ts";
import { randomOf } from "./random.ts";

const NOTHING: RatioNight = { first: null, second: null };

function figure(ratio: number): Figure {
  return { ratio, low: 0.99 * ratio, high: 1.01 * ratio };
}

function nightOf(first: number, second: number | null = null): RatioNight {
  return { first: figure(first), second: second === null ? null : figure(second) };
}

/** Nights around `ratio` with normal noise; each with a second run where `both` says so. */
function around(
  ratio: number,
  count: number,
  { deviation = 0.01, both = false, key = "drift" as string | number } = {},
): RatioNight[] {
  const random = randomOf([key, ratio, count]);
  const next = (): number => ratio * Math.exp(deviation * normal(random));
  return Array.from({ length: count }, () => nightOf(next(), both ? next() : null));
}

function placesOf(drifts: readonly Drift[]): number[][] {
  return drifts.map(({ night, since }) => [night, since]);
}

const STEP = [...around(1, 30), ...around(0.9, 30, { both: true })];

/** Histories with a step or two, nights without figures, and now and then an outlier. */
const history = fc.array(
  fc.record({
    level: fc.constantFrom(1, 1, 0.8, 1.3),
    nights: fc.integer({ min: 1, max: 40 }),
    key: fc.nat(),
  }),
  { minLength: 1, maxLength: 4 },
).map((parts) =>
  parts.flatMap(({ level, nights, key }) =>
    around(level, nights, { both: key % 2 === 0, key }).map((night, index) =>
      (index + key) % 17 === 0 ? NOTHING : night
    )
  )
);

Deno.test("driftsIn() finds a step once, where it is, with its size", () => {
  const drifts = driftsIn(STEP);
  assertEquals(placesOf(drifts), [[32, 30]]);
  const [drift] = drifts;
  assert(drift !== undefined && drift.confirmed);
  assert(drift.change.low < 0.9 && 0.9 < drift.change.high && drift.change.high < 0.95);
  assertAlmostEquals(drift.before.ratio, 1, 0.01);
  assertAlmostEquals(drift.after.ratio, 0.9, 0.01);
  assertEquals([drift.before.nights, drift.after.nights], [30, 3]);
});

Deno.test("driftsIn() finds a step without second runs, too", () => {
  assertEquals(placesOf(driftsIn([...around(1, 30), ...around(0.9, 30)])), [[32, 30]]);
});

Deno.test("driftsIn() takes a night for one draw: a second run like the first adds nothing", () => {
  fc.assert(fc.property(history, (nights) => {
    const once = nights.map(({ first }): RatioNight => ({ first, second: null }));
    const twice = nights.map(({ first }): RatioNight => ({ first, second: first }));
    assertEquals(placesOf(driftsIn(twice)), placesOf(driftsIn(once)));
  }));
  const huge = [...around(1, 50), nightOf(0.6, 0.6)];
  assertEquals(driftsIn(huge), []);
});

Deno.test("driftsIn() finds the way back as soon, although the new level is young", () => {
  const nights = [
    ...around(1, 30),
    ...around(0.9, 3, { both: true }),
    ...around(1, 9, { both: true }),
  ];
  assertEquals(placesOf(driftsIn(nights)), [[32, 30], [35, 33]]);
});

Deno.test("driftsIn() finds a slow drift in the end", () => {
  const nights = around(1, 90).map(({ first }, night) =>
    nightOf((first?.ratio ?? NaN) * 0.998 ** night)
  );
  const drifts = driftsIn(nights);
  assert(drifts.length >= 1 && drifts.every(({ change }) => change.high < 1));
});

Deno.test("driftsIn() says nothing of a step smaller than the margin", () => {
  const nights = [
    ...around(1, 60, { deviation: 0.001 }),
    ...around(0.985, 30, { deviation: 0.001 }),
  ];
  assertEquals(driftsIn(nights), []);
  assertEquals(driftsIn(nights, { margin: 0.005 }).length, 1);
});

for (const ratio of [0.5, 1e300, 1e-300]) {
  Deno.test(`driftsIn() says nothing of one night at ${ratio} that the second run does not bear out`, () => {
    const quiet = around(1, 40);
    const nights = [...quiet, nightOf(ratio, 1), ...quiet];
    assertEquals(driftsIn(nights), []);
    const later = [...nights, ...around(0.9, 5, { both: true })];
    assertEquals(placesOf(driftsIn(later)), [[83, 81]]);
  });
}

Deno.test("driftsIn() says nothing of values that are all the same, nor of no nights", () => {
  fc.assert(fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.nat(80), (ratio, n) => {
    assertEquals(driftsIn(Array(n).fill(nightOf(ratio, ratio))), []);
  }));
  assertEquals(driftsIn([]), []);
});

Deno.test("driftsIn() says nothing before seven runs, whatever they are", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0.01, max: 100, noNaN: true })), (ratios) => {
    assertEquals(driftsIn(ratios.slice(0, 8).map((ratio) => nightOf(ratio))), []);
  }));
});

Deno.test("driftsIn() never changes its mind: more nights only add to what was found", () => {
  fc.assert(fc.property(history, fc.nat(160), (nights, count) => {
    const early = driftsIn(nights.slice(0, count));
    assertEquals(early, driftsIn(nights).filter(({ night }) => night < count));
  }));
});

Deno.test("driftsIn() finds no change twice: each begins after the one before was found to begin", () => {
  fc.assert(fc.property(history, (nights) => {
    const drifts = driftsIn(nights);
    drifts.forEach(({ since, night, change }, index) => {
      assert(since <= night && since > (drifts[index - 1]?.since ?? 0));
      assert(change.low > 1.02 || change.high < 1 / 1.02);
    });
  }));
});

Deno.test("driftsIn() finds the same when all ratios are scaled", () => {
  const scale = (one: Figure | null, by: number): Figure | null =>
    one && { ratio: by * one.ratio, low: by * (one.low ?? NaN), high: by * (one.high ?? NaN) };
  fc.assert(fc.property(history, fc.constantFrom(0.25, 2, 1024), (nights, by) => {
    const scaled = nights.map(({ first, second }) => ({
      first: scale(first, by),
      second: scale(second, by),
    }));
    assertEquals(placesOf(driftsIn(scaled)), placesOf(driftsIn(nights)));
  }));
});

Deno.test("driftsIn() skips nights without a figure, and figures that cannot be", () => {
  const wrong = fc.constantFrom(0, -1, NaN, Infinity, -Infinity).map((ratio) =>
    nightOf(ratio, ratio)
  );
  const skipped = fc.oneof(fc.constant(NOTHING), wrong);
  fc.assert(fc.property(history, fc.nat(), skipped, (nights, at, night) => {
    const index = at % nights.length;
    const moved = (place: number): number => place < index ? place : place + 1;
    const expected = placesOf(driftsIn(nights)).map((places) => places.map(moved));
    assertEquals(placesOf(driftsIn(nights.toSpliced(index, 0, night))), expected);
  }));
});

Deno.test("isSuspectRatio() asks for a second run where the first lies off, and not where it does not", () => {
  const quiet = around(1, 40);
  assert(isSuspectRatio([...quiet, nightOf(0.9)]));
  assert(isSuspectRatio([...quiet, nightOf(1.1)]));
  assert(!isSuspectRatio([...quiet, nightOf(1.001)]));
  assert(!isSuspectRatio([...quiet, NOTHING]));
  assert(!isSuspectRatio([nightOf(1), nightOf(0.5)]));
  assert(!isSuspectRatio([]));
});

Deno.test("isSuspectRatio() asks for a second run on the night after one that was borne out", () => {
  const nights = [...around(1, 30), nightOf(0.95, 0.95)];
  assertEquals(driftsIn(nights), []);
  assert(isSuspectRatio([...nights, nightOf(1)]));
});

Deno.test("suspicionIn() has the change that the last night hints at until it is shown", () => {
  assertEquals(suspicionIn(STEP.slice(0, 30)), null);
  const suspicion = suspicionIn(STEP.slice(0, 31));
  assertEquals([suspicion?.night, suspicion?.since], [30, 30]);
  assertAlmostEquals(suspicion?.change.ratio ?? NaN, 0.9, 0.02);
  assertEquals(suspicionIn(STEP.slice(0, 33)), null);
  assertEquals(suspicionIn([...STEP.slice(0, 30), nightOf(0.9, 1)]), null);
});
