import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Run, Segment, type Side } from "./drift_segment.ts";

/** For each night the ratios of its runs; few different ones, so that there are ties. */
const nights = fc.array(
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
  { minLength: 1, maxLength: 20 },
);

function runOf(night: number, ratio: number): Run {
  return { night, figure: { ratio, low: null, high: null } };
}

function segmentOf(nights: readonly (readonly number[])[], lent: readonly number[]): Segment {
  const segment = new Segment(5, lent.map((ratio) => runOf(-1, ratio)));
  nights.forEach((ratios, night) => {
    for (const ratio of ratios) segment.add(runOf(night, ratio));
  });
  return segment;
}

/** How far one run keeps another from lying to one side: wholly, by half, or not. */
function keeps(newer: number, older: number, side: Side): number {
  if (newer === older) return 0.5;
  return (older > newer) === (side === "up") ? 1 : 0;
}

Deno.test("Segment.splits() counts what comparing each newer run with each older one would", () => {
  const side = fc.constantFrom<Side>("up", "down");
  fc.assert(
    fc.property(nights, fc.array(fc.integer({ min: 1, max: 9 })), side, (all, lent, side) => {
      const expected = [1, 2, 3, 4, 5].filter((count) => count < all.length).map((count) => {
        const newer = all.slice(-count).flat();
        const older = [...lent, ...all.slice(0, -count).flat()];
        const against = newer.flatMap((one) => older.map((other) => keeps(one, other, side)));
        return {
          ...{ nights: count, since: all.length - count, nightsBefore: all.length - count },
          ...{ few: newer.length, many: older.length },
          against: against.reduce((sum, one) => sum + one, 0),
        };
      });
      assertEquals(segmentOf(all, lent).splits(side), expected);
    }),
  );
});

Deno.test("Segment.ratiosOf() has the runs of one of the newest nights, none of a missing one", () => {
  const segment = segmentOf([[1], [2, 3]], []);
  assertEquals([0, 1, 2].map((night) => segment.ratiosOf(night)), [[1], [2, 3], []]);
});
