import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Verdict } from "../result.ts";
import type { ClaimDigest } from "./digest.ts";
import type { Contender, Machine } from "./duplicates.ts";
import { CLAIM, OTHER_CLAIM, sampleDigest } from "./testing/sample_digests.ts";
import { voicesAmong } from "./voices.ts";

type Said = Verdict | Partial<ClaimDigest> | null;

/** A machine whose results say these things of one claim, the first one of them counting most. */
function machine(name: string, said: readonly Said[], namesake: Machine | null = null): Machine {
  const [first, ...others] = said.map((one, index): Contender => ({
    name: `${name}${index}`,
    digest: sampleDigest({ hostname: name, claims: one === null ? {} : { [CLAIM]: one } }),
    ...{ node: null, isInDoubt: false },
  }));
  if (first === undefined) throw new RangeError("a machine has a result");
  return { results: [first, ...others], followers: [], namesake };
}

/** Who speaks of the claim, and what is said. */
function heard(...machines: readonly Machine[]): string[] {
  return [...voicesAmong(machines)].flatMap(([name, claims]) =>
    claims.map(({ verdict }) => `${name} ${verdict}`)
  );
}

const byChance = (verdict: Verdict) => ({ verdict, byChance: true });

const CASES: Record<string, readonly [said: readonly Said[], heard: string]> = {
  "the later one was not asked": [[null, "refuted"], "m1 refuted"],
  "the later one could not try": [["untested", byChance("refuted")], "m1 refuted"],
  "the later one decided": [["confirmed", "refuted"], "m0 confirmed"],
  "the later one decided by figures": [[byChance("confirmed"), "refuted"], "m0 confirmed"],
  "the later one could not tell what had been observed": [["error", "refuted"], "m1 refuted"],
  "the later one could not tell by figures": [
    ["inconclusive", byChance("refuted")],
    "m0 inconclusive",
  ],
  "what was observed was decided again before the later one could not tell": [
    ["inconclusive", byChance("confirmed"), "refuted"],
    "m0 inconclusive",
  ],
  "none could try": [["untested", "untested"], "m0 untested"],
};
for (const [when, [said, expected]] of Object.entries(CASES)) {
  Deno.test(`voicesAmong() lets the right result speak when ${when}`, () => {
    assertEquals(heard(machine("m", said)), [expected]);
  });
}

Deno.test("voicesAmong() hears every refutation of what may be two machines", () => {
  const later = machine("m", ["confirmed"]);
  assertEquals(heard(later, machine("n", ["refuted"], later)), ["n0 refuted"]);
  assertEquals(heard(later, machine("n", ["confirmed", "refuted"], later)), ["m0 confirmed"]);
  assertEquals(heard(later, machine("n", ["refuted"])), ["m0 confirmed", "n0 refuted"]);
});

Deno.test("voicesAmong() lets each result speak of what it alone was asked", () => {
  const { results: [full], ...rest } = machine("m", ["refuted"]);
  const digest = sampleDigest({ hostname: "m", claims: { [OTHER_CLAIM]: "confirmed" } });
  const results = [{ ...full, name: "narrow", digest }, full] as const;
  assertEquals(heard({ ...rest, results }), ["narrow confirmed", "m0 refuted"]);
});

Deno.test("voicesAmong() gives one machine one voice on each claim, whatever its results say", () => {
  const said = fc.constantFrom<Said>(null, "confirmed", "refuted", "inconclusive", "untested");
  const results = fc.array(said, { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(results, results, (ours, theirs) => {
    const later = machine("m", ours);
    const asked = [...ours, ...theirs].some((one) => one !== null);
    assertEquals(heard(later, machine("n", theirs, later)).length, Number(asked));
  }));
});
