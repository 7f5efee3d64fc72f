import { assertEquals } from "@std/assert";
import { CLAIMS } from "./claims/claims.ts";
import { coverageOf, FACTS_LINE } from "./coverage.ts";
import type { ClaimPart, ClaimVerdict, MissingThing, Verdict } from "./result.ts";

const UNTESTED = "untested";

function part(name: string, lacks: ClaimPart["lacks"] | null, verdict: Verdict = UNTESTED) {
  return { name, verdict, because: "", ...(lacks ? { lacks } : {}) } satisfies ClaimPart;
}

function claim(id: string, verdict: Verdict, ...parts: ClaimPart[]): ClaimVerdict {
  return { id, verdict, because: "", reading: "", evidence: [], parts };
}

function missingOf(...parts: readonly ClaimPart[][]): readonly MissingThing[] {
  return coverageOf(parts.map((ones, i) => claim(`11.3/x/${i}`, UNTESTED, ...ones))).missing;
}

Deno.test("coverageOf() has a line for each of the 14 matrices and one for the facts", () => {
  const { matrices, missing } = coverageOf(CLAIMS.map(({ id }) => claim(id, UNTESTED)));
  assertEquals([matrices.length, matrices.at(-1)?.matrix], [15, FACTS_LINE]);
  const totals = matrices.map(({ total }) => total);
  assertEquals([totals.at(-1), totals.reduce((a, b) => a + b)], [32, 259]);
  assertEquals(missing, []);
});

Deno.test("coverageOf() counts confirmed and refuted claims as decided, and no others", () => {
  const verdicts: Verdict[] = [
    ...["confirmed", "refuted", "refuted", "inconclusive", "untested", "error", "editorial"],
  ] as Verdict[];
  const claims = verdicts.map((verdict, index) => claim(`11.3/row/${index}`, verdict));
  const lines = coverageOf([...claims, claim("03.2.1/fact/x", "confirmed")]).matrices;
  const { decided, total, verdicts: counts } = lines.find(({ matrix }) => matrix === "11.3") ?? {};
  assertEquals([decided, total, counts?.refuted, counts?.error], [3, 7, 2, 1]);
  assertEquals([lines.at(-1)?.decided, lines.at(-1)?.total], [1, 1]);
});

type Line = [requirement: string, decides: number, needed: number];

const CASES: Record<string, [parts: ClaimPart[][], expected: Line[]]> = {
  "one thing decides a claim that lacks nothing else": [
    [[part("guest-view/x", "kvm"), part("guest-view/y", "kvm")]],
    [["kvm", 1, 1]],
  ],
  "no one thing decides a claim that lacks two": [
    [[part("seq-read", "kvm"), part("fleet/x", "fleet")]],
    [["kvm", 0, 1], ["fleet", 0, 1]],
  ],
  "nothing known decides a claim of which a part lacks no one known thing": [
    [[part("seq-read", null), part("rand-read", "kvm")]],
    [["kvm", 0, 1]],
  ],
  "what is confirmed already needs nothing": [
    [[part("sandbox-view/x", "tools", "confirmed"), part("fleet/x", "fleet")]],
    [["fleet", 1, 1]],
  ],
  "the most decisive comes first, then the most needed": [
    [
      [part("x", "usb"), part("y", "root")],
      [part("x", "usb"), part("y", "pcie")],
      [part("contention", "gpu")],
    ],
    [["gpu", 1, 1], ["usb", 0, 2], ["root", 0, 1], ["pcie", 0, 1]],
  ],
  "a claim without parts lacks nothing": [[[]], []],
};
for (const [name, [parts, expected]] of Object.entries(CASES)) {
  Deno.test(`coverageOf() finds that ${name}`, () => {
    const found = missingOf(...parts).map((one): Line => [
      one.requirement,
      one.decides,
      one.needed,
    ]);
    assertEquals(found, expected);
  });
}

Deno.test("coverageOf() asks nothing for a claim that is decided", () => {
  const parts = [part("a", "kvm"), part("b", null, "refuted")];
  assertEquals(coverageOf([claim("11.3/x/y", "refuted", ...parts)]).missing, []);
});
