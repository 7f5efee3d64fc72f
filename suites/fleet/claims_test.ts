import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type Verdict, VERDICTS } from "../result.ts";
import type { HostSays } from "./claim_words.ts";
import { combineHosts, judgeFleet } from "./claims.ts";
import type { ClaimDigest } from "./digest.ts";
import { CLAIM, OTHER_CLAIM, sampleClaim, sampleDigest } from "./testing/sample_digests.ts";

/** What so many hosts say of one claim. */
function hosts(count: number, said: Verdict | Partial<ClaimDigest>, model = "0123"): HostSays[] {
  return Array.from({ length: count }, (_, index) => (
    { host: `h${index}`, model, modelName: `${model}9000`, claim: sampleClaim(CLAIM, said) }
  ));
}

const BY_CHANCE = { verdict: "refuted", byChance: true } as const;

const CASES: readonly [string, readonly HostSays[], Verdict, RegExp][] = [
  [
    "every deciding host confirms it",
    [...hosts(12, "confirmed"), ...hosts(2, "untested")],
    "confirmed",
    /^confirmed by all 12 hosts that decide it, of 14; h0: it is confirmed here$/,
  ],
  [
    "one host saw a counterexample",
    [...hosts(2000, "confirmed"), ...hosts(1, "refuted")],
    "refuted",
    /^refuted by 1 of 2001 hosts that decide it; h0: it is refuted here$/,
  ],
  [
    "the error rate may explain who refutes it",
    [...hosts(39, "confirmed"), ...hosts(1, BY_CHANCE)],
    "inconclusive",
    /^1 of 40 hosts that tried it refutes it, which the error rate of 1 % a verdict may explain;/,
  ],
  [
    "the error rate may explain who confirms it",
    [...hosts(1, BY_CHANCE).map(confirming), ...hosts(10, "inconclusive")],
    "inconclusive",
    /^1 of 11 hosts that tried it confirms it, which the error rate of 1 % a verdict may explain;/,
  ],
  [
    "the error rate may explain who confirms it where checks broke on the others",
    [...hosts(1, BY_CHANCE).map(confirming), ...hosts(9, "error")],
    "inconclusive",
    /^1 of 10 hosts that tried it confirms it, which the error rate of 1 % a verdict may explain;/,
  ],
  [
    "one confirms it by figures and the others cannot measure it",
    [...hosts(1, BY_CHANCE).map(confirming), ...hosts(9, "untested")],
    "confirmed",
    /^confirmed by the one host that decides it, of 10; h0: it is refuted here$/,
  ],
  [
    "more confirm it than the error rate explains",
    [...hosts(3, BY_CHANCE).map(confirming), ...hosts(20, "inconclusive")],
    "confirmed",
    /^confirmed by all 3 hosts that decide it, of 23; /,
  ],
  [
    "more refute it than the error rate explains",
    [...hosts(39, "confirmed"), ...hosts(3, BY_CHANCE)],
    "refuted",
    /^refuted by 3 of 42 hosts that decide it; /,
  ],
  [
    "one saw it and checks broke on more than the error rate explains",
    [...hosts(1, "confirmed"), ...hosts(3, { verdict: "error", because: "a control failed" })],
    "inconclusive",
    /^1 of 4 hosts that tried it confirms it, and 3 could not tell, more than the error rate of 1 % a verdict explains; h0: it is confirmed here; h0: a control failed$/,
  ],
  [
    "many saw it and more of them could not tell than the error rate explains",
    [...hosts(18, "confirmed"), ...hosts(2, "inconclusive"), ...hosts(1, "error")],
    "inconclusive",
    /^18 of 21 hosts that tried it confirm it, and 3 could not tell, /,
  ],
  [
    "many saw it and the error rate may explain those that could not tell",
    [...hosts(18, "confirmed"), ...hosts(1, "inconclusive"), ...hosts(1, "error")],
    "confirmed",
    /^confirmed by all 18 hosts that decide it, of 20; /,
  ],
  [
    "one saw a counterexample and checks broke on the others",
    [...hosts(1, "refuted"), ...hosts(9, "error")],
    "refuted",
    /^refuted by the one host that decides it, of 10; /,
  ],
  [
    "every deciding host refutes it by figures",
    [...hosts(2, BY_CHANCE), ...hosts(3, "error")],
    "refuted",
    /^refuted by both hosts that decide it, of 5; /,
  ],
  [
    "no host decides it and some measured it",
    [...hosts(1, "inconclusive"), ...hosts(2, "error"), ...hosts(3, "untested")],
    "inconclusive",
    /^1 inconclusive, 3 untested, 2 error of 6 hosts; inconclusive on h0: it is inconclusive here$/,
  ],
  [
    "no host decides it and its check broke on one",
    [...hosts(1, "error"), ...hosts(3, "untested")],
    "error",
    /^3 untested, 1 error of 4 hosts; error on h0: it is error here$/,
  ],
  [
    "every host lacks the same",
    hosts(3, "untested"),
    "untested",
    /^on all 3 hosts: it is untested here$/,
  ],
  [
    "every host lacks something else",
    ["kvm", "gpu", "docker"].flatMap((lack) => hosts(1, { verdict: "untested", because: lack })),
    "untested",
    /^3 untested of 3 hosts; untested, for example on h0: kvm$/,
  ],
  [
    "most hosts lack the same",
    [...hosts(2, "untested"), ...hosts(1, { verdict: "untested", because: "no KVM" })],
    "untested",
    /^3 untested of 3 hosts; untested most often, on 2 hosts: it is untested here$/,
  ],
  ["it is a matter of taste", hosts(3, "editorial"), "editorial", /^on all 3 hosts: /],
];
function confirming(one: HostSays): HostSays {
  return { ...one, claim: { ...one.claim, verdict: "confirmed" } };
}

for (const [when, says, verdict, because] of CASES) {
  Deno.test(`combineHosts() says ${verdict} when ${when}`, () => {
    const found = combineHosts(says, says.length);
    assertEquals(found.verdict, verdict);
    assertMatch(found.because, because);
  });
}

Deno.test("combineHosts() tells makes apart when all of one confirm and all of another refute", () => {
  const says = [...hosts(3, "confirmed", "a"), ...hosts(1, "refuted", "b")];
  assertStringIncludes(
    combineHosts(says, says.length).because,
    "; confirmed by all 3 hosts of the make a9000; refuted by the one host of the make b9000; ",
  );
});

Deno.test("combineHosts() tells namesakes apart by their digits", () => {
  const namesake = (one: HostSays): HostSays => ({ ...one, modelName: "X" });
  const says = [...hosts(1, "confirmed", "a1"), ...hosts(1, "refuted", "b2")].map(namesake);
  assertStringIncludes(combineHosts(says, 2).because, "the one host of the make X [b2]");
});

const OF_FIVE: readonly [readonly HostSays[], RegExp][] = [
  [hosts(1, "confirmed"), /^confirmed by the one of 5 hosts that judged it; h0: /],
  [hosts(1, "refuted"), /^refuted by the one of 5 hosts that judged it; h0: /],
  [hosts(3, "confirmed"), /^confirmed by all 3 hosts that judged it, of 5; /],
  [
    [...hosts(2, "confirmed"), ...hosts(1, "untested")],
    /^confirmed by both hosts that decide it, of 3 that judged it, of 5; /,
  ],
  [
    [...hosts(2, "confirmed"), ...hosts(1, "refuted")],
    /^refuted by 1 of 3 hosts that judged it, of 5; /,
  ],
  [hosts(3, "untested"), /^3 untested, 2 not judged of 5 hosts; untested on 3 hosts: /],
  [hosts(1, "error"), /^1 error, 4 not judged of 5 hosts; error on h0: /],
];
for (const [says, because] of OF_FIVE) {
  Deno.test(`combineHosts() tells of hosts that did not judge it: ${because.source}`, () => {
    assertMatch(combineHosts(says, 5).because, because);
  });
}

const anyHost = fc.record({
  host: fc.string(),
  model: fc.constantFrom("a", "b"),
  modelName: fc.constant("X9000"),
  claim: fc.record({
    id: fc.constant(CLAIM),
    verdict: fc.constantFrom(...VERDICTS),
    because: fc.string(),
    reading: fc.constant("literally"),
    byChance: fc.boolean(),
    lacks: fc.constant([]),
  }),
});
const manyHosts = fc.array(anyHost, { minLength: 1, maxLength: 60 });

/** A host that says so of what it saw. */
function saying(one: HostSays, verdict: Verdict): HostSays {
  return { ...one, claim: { ...one.claim, verdict, byChance: false } };
}

const isDecided = (verdict: Verdict) => verdict === "confirmed" || verdict === "refuted";

Deno.test("combineHosts() says of one host what it says itself", () => {
  fc.assert(fc.property(anyHost, (host) => {
    assertEquals(combineHosts([host], 1).verdict, host.claim.verdict);
  }));
});

Deno.test("combineHosts() never confirms what any host refutes", () => {
  fc.assert(fc.property(manyHosts, (says) => {
    fc.pre(says.some(({ claim }) => claim.verdict === "refuted"));
    assertEquals(combineHosts(says, says.length).verdict === "confirmed", false);
  }));
});

Deno.test("combineHosts() confirms nothing by sight when more could not tell than chance explains", () => {
  const triers = fc.array(anyHost, { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(triers, triers, (seen, untold) => {
    const says = [
      ...seen.map((one) => saying(one, "confirmed")),
      ...untold.map((one) => saying(one, "error")),
    ];
    const { verdict } = combineHosts(says, says.length);
    assertEquals(verdict === "confirmed", untold.length === 1);
  }));
});

Deno.test("combineHosts() decides the same when a host is added that did not try", () => {
  fc.assert(fc.property(manyHosts, anyHost, (says, other) => {
    const { verdict } = combineHosts(says, says.length);
    fc.pre(isDecided(verdict) && ["untested", "editorial"].includes(other.claim.verdict));
    assertEquals(combineHosts([...says, other], says.length + 1).verdict, verdict);
  }));
});

Deno.test("combineHosts() decides only by hosts that decide", () => {
  fc.assert(fc.property(manyHosts, (says) => {
    const open = says.filter(({ claim }) => !isDecided(claim.verdict));
    fc.pre(open.length > 0);
    assertEquals(isDecided(combineHosts(open, says.length).verdict), false);
  }));
});

Deno.test("judgeFleet() names what all hosts lack when that is one thing", () => {
  const lacking = (...lacks: ClaimDigest["lacks"][number][]) =>
    ({ verdict: "untested", lacks }) as const;
  const fleet = ["a", "b"].map((hostname, index) => ({
    name: hostname,
    digest: sampleDigest({
      hostname,
      claims: { [CLAIM]: lacking("kvm"), [OTHER_CLAIM]: index === 0 ? lacking("gpu") : lacking() },
    }),
  }));
  const { claims, coverage } = judgeFleet(fleet, []);
  const lacks = new Map(claims.map((claim) => [claim.id, claim.lacks]));
  assertEquals([lacks.get(CLAIM), lacks.get(OTHER_CLAIM)], ["kvm", null]);
  const missing = coverage.missing.map(({ requirement, decides }) => [requirement, decides]);
  assertEquals(missing, [["kvm", 1], ["gpu", 0]]);
});

Deno.test("judgeFleet() judges no claim that no host speaks of", () => {
  const digest = sampleDigest({ hostname: "a", claims: { [CLAIM]: "confirmed" } });
  const { claims } = judgeFleet([{ name: "a", digest }], []);
  assertEquals(claims.map(({ id, counts }) => [id, counts.confirmed]), [[CLAIM, 1]]);
});
