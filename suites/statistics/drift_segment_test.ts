import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Draw, Segment, type Side } from "./drift_segment.ts";

/** The ratio of each night; few different ones, so that there are ties. */
const ratio = fc.integer({ min: 1, max: 9 });
const nights = fc.array(ratio, { minLength: 1, maxLength: 20 });

function drawOf(night: number, ratio: number): Draw {
  return { night, figure: { ratio, low: null, high: null } };
}

function segmentOf(nights: readonly number[], lent: readonly number[]): Segment {
  const segment = new Segment(5, lent.map((ratio) => drawOf(-1, ratio)));
  nights.forEach((ratio, night) => segment.add(drawOf(night, ratio)));
  return segment;
}

/** How far one night keeps another from lying to one side: wholly, by half, or not. */
function keeps(newer: number, older: number, side: Side): number {
  if (newer === older) return 0.5;
  return (older > newer) === (side === "up") ? 1 : 0;
}

const side = fc.constantFrom<Side>("up", "down");

Deno.test("Segment.splits() counts what comparing each newer night with each older one would", () => {
  fc.assert(
    fc.property(nights, fc.array(ratio), side, (all, lent, side) => {
      const expected = [1, 2, 3, 4, 5].filter((few) => few < all.length).map((few) => {
        const newer = all.slice(-few);
        const older = [...lent, ...all.slice(0, -few)];
        const against = newer.flatMap((one) => older.map((other) => keeps(one, other, side)));
        return {
          ...{ since: all.length - few, nightsBefore: all.length - few },
          ...{ few, many: older.length },
          against: against.reduce((sum, one) => sum + one, 0),
        };
      });
      assertEquals(segmentOf(all, lent).splits(side), expected);
    }),
  );
});

Deno.test("Segment.replaceNewest() leaves what the other figure alone would have made", () => {
  fc.assert(fc.property(nights, fc.array(ratio), ratio, (all, lent, other) => {
    const segment = segmentOf(all, lent);
    segment.replaceNewest({ ratio: other, low: null, high: null });
    const expected = segmentOf([...all.slice(0, -1), other], lent);
    assertEquals(segment.splits("up"), expected.splits("up"));
    assertEquals([segment.draws, segment.usual()], [expected.draws, expected.usual()]);
  }));
});
