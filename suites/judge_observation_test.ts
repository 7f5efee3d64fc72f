import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { CLAIMS } from "./claims/claims.ts";
import { PROBES } from "./checks.ts";
import type { Evidence } from "./evidence.ts";
import { judgeClaim } from "./judge.ts";
import { judgeObservation } from "./judge_observation.ts";
import { type ObservationName, OBSERVATIONS, observationsOf } from "./observations.ts";
import type { Control, Observation } from "./result.ts";
import { checksOf, observes, observesPhysical, partsOf, refutedBy } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";

const NAMES = Object.keys(OBSERVATIONS) as ObservationName[];
const HELD: readonly Control[] = [
  { kind: "positive", what: "the granted one opens", held: true, seen: "opened" },
  { kind: "negative", what: "a missing one does not", held: true, seen: "ENOENT" },
];

function seenAs(change: (name: ObservationName) => Partial<Observation>): Evidence {
  return {
    probes: PROBES.map((name) => ({
      name,
      startedAt: "2026-01-01T00:00:00.000Z",
      durationSeconds: 1,
      observations: observationsOf(name).map((name): Observation => ({
        name,
        value: true,
        seen: `seen: ${name}`,
        controls: HELD,
        absence: null,
        ...change(name),
      })),
    })),
    experiments: [],
    bareMetal: true,
    cpuModel: "Example CPU",
    environment: "bare metal",
    gpus: [],
    baseline: null,
    thresholds: { high: 0.95, medium: 0.5 },
    absent: {},
  };
}

type ObservationRule = Parameters<typeof judgeObservation>[0];

function verdictOn(part: ReturnType<typeof observes>, change: Partial<Observation>): string {
  return judgeObservation(part as ObservationRule, seenAs(() => change)).verdict;
}

const PART = observes("guest-view/own-kernel");

Deno.test("judgeObservation() confirms and refutes by the value, in the observation's own words", () => {
  assertEquals(verdictOn(PART, { value: true }), "confirmed");
  assertEquals(verdictOn(PART, { value: false }), "refuted");
  const refuted = judgeObservation(PART as ObservationRule, seenAs(() => ({ value: false })));
  assertEquals(refuted.because, "seen: guest-view/own-kernel");
});

const OPEN: [string, Partial<Observation>, string][] = [
  ["a control failed", { controls: HELD.map((c) => ({ ...c, held: false })) }, "inconclusive"],
  ["there is no negative control", { controls: HELD.slice(0, 1) }, "inconclusive"],
  ["there is no positive control", { controls: HELD.slice(1) }, "inconclusive"],
  ["there is no control", { controls: [] }, "inconclusive"],
  ["there is neither value nor reason", { value: null }, "inconclusive"],
  [
    "something is missing",
    { value: null, absence: { verdict: "untested", because: "no docker", lacks: "docker" } },
    "untested",
  ],
  [
    "it broke",
    { value: true, absence: { verdict: "error", because: "garbage", lacks: null } },
    "error",
  ],
];
for (const [when, change, expected] of OPEN) {
  Deno.test(`judgeObservation() is ${expected} where ${when}`, () => {
    assertEquals(verdictOn(PART, change), expected);
  });
}

Deno.test("judgeObservation() calls it an error when the probe ran and did not report", () => {
  const evidence = seenAs(() => ({}));
  const probes = evidence.probes.map((probe) => ({ ...probe, observations: [] }));
  const part = judgeObservation(PART as ObservationRule, { ...evidence, probes });
  assertEquals(part.verdict, "error");
  assertStringIncludes(part.because, OBSERVATIONS["guest-view/own-kernel"]);
});

Deno.test("judgeObservation() counts, and compares counts with each other's observation", () => {
  const kernels = observes("device-path/guest-kernels", { equals: 2 });
  assertEquals(verdictOn(kernels, { value: 2 }), "confirmed");
  assertEquals(verdictOn(kernels, { value: 1 }), "refuted");
  assertEquals(verdictOn(kernels, { value: true }), "refuted");
  const small = observes("attack-surface/guest-calls", {
    belowHalfOf: "attack-surface/container-calls",
  });
  const calls = (guest: number, container: number) =>
    judgeObservation(
      small as ObservationRule,
      seenAs((name) => ({ value: name === "attack-surface/guest-calls" ? guest : container })),
    ).verdict;
  assertEquals([calls(49, 100), calls(50, 100), calls(51, 100)], [
    "confirmed",
    "refuted",
    "refuted",
  ]);
});

Deno.test("judgeObservation() asks for a physical device where the claim is about one", () => {
  const part = observesPhysical("device-path/native-kernels", { equals: 1 }) as ObservationRule;
  const evidence = { ...seenAs(() => ({ value: 1 })), environment: "inside a KVM guest" };
  assertEquals(judgeObservation(part, evidence).verdict, "confirmed");
  const inside = judgeObservation(part, { ...evidence, bareMetal: false });
  assertEquals([inside.verdict, inside.lacks], ["untested", "bare-metal"]);
});

Deno.test("judgeObservation() takes a counterexample that was not found for no proof", () => {
  const part = refutedBy("guest-view/hotplug-pcie");
  assertEquals(verdictOn(part, { value: true }), "refuted");
  assertEquals(verdictOn(part, { value: false }), "inconclusive");
});

const OBSERVED = CLAIMS.map(({ id }) => id).filter((id) => {
  const rule = ruleOf(id);
  return rule !== undefined && partsOf(rule).some(({ kind }) => kind === "observation");
});

Deno.test("no claim can be confirmed while any one of its observations has a failed control", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OBSERVED),
      fc.nat(),
      fc.constantFrom<Observation["value"]>(true, false, 0, 1, 2, 400),
      (id, pick, value) => {
        const own = namesOf(id);
        const broken = own[pick % own.length];
        const evidence = seenAs((name) => ({
          value,
          controls: name === broken ? HELD.map((c) => ({ ...c, held: false })) : HELD,
        }));
        return judgeClaim(id, evidence).verdict !== "confirmed";
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("every observation rule can come out both ways, whatever its other parts are", () => {
  for (const id of OBSERVED) {
    const values: Observation["value"][] = [true, false, 0, 1, 2];
    const parts = new Set(
      values.flatMap((value) =>
        judgeClaim(
          id,
          seenAs((name) => ({ value: name.endsWith("container-calls") ? 1.5 : value })),
        )
          .parts?.filter(({ name }) => name in OBSERVATIONS).map(({ name, verdict }) =>
            `${name} ${verdict}`
          ) ?? []
      ),
    );
    for (const name of namesOf(id)) {
      if (name === "attack-surface/container-calls") continue;
      const confirmed = parts.has(`${name} confirmed`);
      assertEquals(confirmed, !onlyRefutes(id, name), `${id}: ${name} confirms`);
      assertEquals(parts.has(`${name} refuted`), true, `${id}: ${name} cannot be refuted`);
    }
  }
});

function onlyRefutes(id: string, name: string): boolean {
  const rule = ruleOf(id);
  return rule !== undefined &&
    partsOf(rule).some((part) =>
      part.kind === "observation" && part.observation === name && part.onlyRefutes
    );
}

function namesOf(id: string): ObservationName[] {
  const rule = ruleOf(id);
  return (rule === undefined ? [] : partsOf(rule)).flatMap((part) =>
    part.kind === "observation" ? [part.observation] : []
  );
}

Deno.test("every observation that a rule names exists, and every check is one of the listed ones", () => {
  for (const id of OBSERVED) {
    assertEquals(namesOf(id).filter((name) => !NAMES.includes(name)), [], id);
    const rule = ruleOf(id);
    assertEquals(rule !== undefined && checksOf(rule).length > 0, true, id);
  }
});
