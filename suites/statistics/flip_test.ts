import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { VERDICTS } from "../result.ts";
import type { Verdict } from "../result.ts";
import { type Drift, driftsIn } from "./drift.ts";
import { type Flip, flipsIn, isSuspectVerdict, type VerdictNight } from "./flip.ts";
import { randomOf, uniform } from "./random.ts";

/** One letter a night, as in "CCR": confirmed, refuted, inconclusive, untested, error, none. */
const LETTERS: Readonly<Record<string, Verdict | null>> = {
  ...{ C: "confirmed", R: "refuted", I: "inconclusive", U: "untested", E: "error" },
  "-": null,
};

/** Nights without second runs; one that is written twice in parentheses has both: "C(RR)". */
function nightsOf(text: string, byRatio = false): VerdictNight[] {
  return (text.match(/\(..\)|./g) ?? []).map((night) => {
    const [first = "-", second = "-"] = night.replace(/[()]/g, "");
    return { first: LETTERS[first] ?? null, second: LETTERS[second] ?? null, byRatio };
  });
}

function flips(text: string): string[] {
  return flipsIn(nightsOf(text)).map(({ night, since, from, to }) =>
    `${since}-${night} ${from} ${to}`
  );
}

const QUIET = "C".repeat(20);

Deno.test("flipsIn() has a flip that the second run of the night bears out", () => {
  assertEquals(flips(`${QUIET}(RR)RRR`), ["20-20 confirmed refuted"]);
  assertEquals(flips(`${QUIET}(RC)CCC`), []);
});

Deno.test("flipsIn() has a flip that the next night bears out where there is no second run", () => {
  assertEquals(flips(`${QUIET}RRRR`), ["20-21 confirmed refuted"]);
  assertEquals(flips(`${QUIET}R-R`), ["20-22 confirmed refuted"]);
  assertEquals(flips(`${QUIET}RCCC`), []);
});

Deno.test("flipsIn() has a flip to what decides nothing, whichever that is, and none back", () => {
  assertEquals(flips(`${QUIET}IE`), ["20-21 confirmed error"]);
  assertEquals(flips(`${QUIET}IIII(CC)CCC`), ["20-21 confirmed inconclusive"]);
  assertEquals(flips("UUUU(CC)CCC"), []);
});

Deno.test("flipsIn() has a flip by way of an open verdict, from the decided one", () => {
  assertEquals(flips(`${QUIET}UUUU(RR)`), [
    "20-21 confirmed untested",
    "24-24 confirmed refuted",
  ]);
});

Deno.test("flipsIn() has a claim that goes to and fro once", () => {
  assertEquals(flips(QUIET + "(RR)(CC)".repeat(40)).length, 1);
  assertEquals(flips(QUIET + "RRCC".repeat(20)).length, 1);
});

Deno.test("flipsIn() has a flip back that stays, once chance would hardly do it", () => {
  const [there, back, ...more] = flips(`${QUIET}${"R".repeat(5)}${"C".repeat(30)}`);
  assertEquals(there, "20-21 confirmed refuted");
  assert(back?.startsWith("25-") && back.endsWith("refuted confirmed"));
  assertEquals(more, []);
});

Deno.test("flipsIn() has a flip of a claim that slipped before, after some more nights", () => {
  const [flip, ...more] = flips(`${QUIET}R${QUIET}${"R".repeat(9)}`);
  assertEquals(flip, "41-45 confirmed refuted");
  assertEquals(more, []);
});

Deno.test("flipsIn() has a flip by a ratio as soon as the ratio is known to have changed", () => {
  const figure = (ratio: number) => ({ ratio, low: null, high: null });
  const drifts = driftsIn(
    [...Array(30).fill(1), ...Array(8).fill(0.9)].map((ratio, night) => ({
      first: figure(ratio * (1 + 0.001 * (night % 5))),
      second: null,
    })),
  );
  assertEquals(drifts.map(({ since }) => since), [30]);
  const [flip, ...more] = flipsIn(nightsOf(`${"C".repeat(30)}RRRRRRRR`, true), drifts);
  assertEquals([flip?.since, flip?.night], [30, drifts[0]?.night]);
  assertEquals(more, []);
  assertEquals(flipsIn(nightsOf(`RR${QUIET}${QUIET}`, true), drifts), []);
});

for (const to of ["refuted", "inconclusive"]) {
  Deno.test(`flipsIn() has a flip by figures to ${to} that lasts longer than chance would have it`, () => {
    const letter = to.charAt(0).toUpperCase();
    const flipped = (nights: number): Flip[] =>
      flipsIn(nightsOf("C".repeat(30) + letter.repeat(nights), true));
    assertEquals(flipped(4), []);
    const [flip, ...more] = flipped(60);
    assertEquals([flip?.since, flip?.night, flip?.from, flip?.to], [30, 34, "confirmed", to]);
    assertEquals(more, []);
  });
}

Deno.test("flipsIn() counts a night once, however many runs bear it out", () => {
  const nights = nightsOf(`${"C".repeat(30)}${"(RR)".repeat(4)}`, true);
  assertEquals(flipsIn(nights), []);
  assertEquals(flipsIn([...nights, ...nightsOf("R", true)]).length, 1);
});

Deno.test("flipsIn() has none by figures that lie at a threshold", () => {
  const random = randomOf(["flip_test"]);
  const nights = Array.from({ length: 300 }, () => uniform(random));
  const text = nights.map((one) => one < 0.6 ? "C" : one < 0.8 ? "R" : "I").join("");
  assertEquals(flipsIn(nightsOf(text, true)), []);
});

Deno.test("flipsIn() waits for the night that shows the ratio's change", () => {
  const level = { ratio: 1, low: 1, high: 1, nights: 9 };
  const drift: Drift = {
    ...{ night: 23, since: 20, before: level, after: level, change: level, confirmed: true },
  };
  const [flip] = flipsIn(nightsOf(`${QUIET}RRRRRR`, true), [drift]);
  assertEquals([flip?.since, flip?.night], [20, 23]);
});

Deno.test("flipsIn() never changes its mind, and never flips to what stands", () => {
  const verdict = fc.constantFrom(...VERDICTS, null);
  const night = fc.record({ first: verdict, second: verdict, byRatio: fc.constant(false) });
  fc.assert(fc.property(fc.array(night), fc.nat(60), (nights, count) => {
    const flips = flipsIn(nights);
    assertEquals(flipsIn(nights.slice(0, count)), flips.filter(({ night }) => night < count));
    for (const { from, to, since, night } of flips) assert(from !== to && since <= night);
  }));
});

Deno.test("isSuspectVerdict() asks for a second run where it could bear out a flip", () => {
  assert(isSuspectVerdict(nightsOf(`${QUIET}R`)));
  assert(isSuspectVerdict(nightsOf(`${QUIET}E`)));
  assert(!isSuspectVerdict(nightsOf(`${QUIET}C`)));
  assert(!isSuspectVerdict(nightsOf(`${QUIET}-`)));
  assert(!isSuspectVerdict(nightsOf(`${QUIET}R`, true)));
  assert(isSuspectVerdict(nightsOf(`${QUIET}${QUIET}RRRR`, true)));
  assert(!isSuspectVerdict(nightsOf(`${QUIET}(RR)CR`)));
  assert(!isSuspectVerdict(nightsOf("UUUUC")));
  assert(!isSuspectVerdict([]));
});
