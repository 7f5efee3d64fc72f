import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Evidence } from "./evidence.ts";
import { judgeLevel } from "./judge_level.ts";
import type { ClaimPart } from "./result.ts";
import type { LevelPart } from "./rules/rule.ts";
import { type ArmCase, gpuExperiment, type MadeOptions } from "./testing/experiments.ts";
import { gpuEvidence, sampleGpu } from "./testing/gpus.ts";

const HALF_OF_LINK: LevelPart = {
  ...{ kind: "level", experiment: "gpu-transfer", workloads: ["host-to-device"] },
  ...{ atLeast: 0.5, below: null, of: "linkBytesPerSecond", gpus: "any", needsBareMetal: false },
};
const ONE_TO_TWO: LevelPart = { ...HALF_OF_LINK, of: null, atLeast: 900, below: 1100 };
const LINK = { details: { linkBytesPerSecond: 1600 } };
const BOTH: Readonly<Record<string, ArmCase>> = { "native": LINK, "native-again": LINK };

function judged(
  cases: Readonly<Record<string, ArmCase>>,
  { rule = HALF_OF_LINK, evidence = {}, ...options }: MadeOptions & {
    readonly rule?: LevelPart;
    readonly evidence?: Partial<Evidence>;
  } = {},
): ClaimPart {
  const experiments = [gpuExperiment("gpu-transfer", cases, options)];
  const [part] = judgeLevel(rule, gpuEvidence({ experiments, ...evidence }));
  if (part === undefined) throw new Error("no part");
  return part;
}

Deno.test("judgeLevel() confirms a share of what the link carries, with figures and bounds", () => {
  const { verdict, because, n } = judged(BOTH);
  assertEquals([verdict, n], ["confirmed", 30]);
  assertStringIncludes(because, "of the link's capacity in 30 blocks");
  assertStringIncludes(because, "which is at least 0.500");
});

const FIGURES: [value: number, rule: LevelPart, verdict: string][] = [
  [700, HALF_OF_LINK, "refuted"],
  [800, HALF_OF_LINK, "inconclusive"],
  [950, HALF_OF_LINK, "confirmed"],
  [1000, ONE_TO_TWO, "confirmed"],
  [850, ONE_TO_TWO, "refuted"],
  [1200, ONE_TO_TWO, "refuted"],
  [1100, ONE_TO_TWO, "inconclusive"],
  [900, ONE_TO_TWO, "inconclusive"],
];
for (const [value, rule, verdict] of FIGURES) {
  Deno.test(`judgeLevel() is ${verdict} at ${value} where ${rule.atLeast} is the least`, () => {
    assertEquals(judged(BOTH, { value, rule }).verdict, verdict);
  });
}

Deno.test("judgeLevel() never decides where the two native arms disagree, or one is between", () => {
  fc.assert(fc.property(
    fc.constantFrom("native", "native-again"),
    fc.constantFrom(0.5, 0.7, 1.1, 1.6),
    (arm, ratio) => judged({ [arm]: { ratio } }, { rule: ONE_TO_TWO }).verdict === "inconclusive",
  ));
  const apart = { "native": { ratio: 0.5 }, "native-again": { ratio: 2 } };
  assertEquals(judged(apart, { rule: ONE_TO_TWO }).verdict, "inconclusive");
});

const WITHOUT_WHOLE: Record<string, Readonly<Record<string, number>>> = {
  "is not told": {},
  "is 0": { linkBytesPerSecond: 0 },
  "is negative": { linkBytesPerSecond: -1 },
  "is infinite": { linkBytesPerSecond: Infinity },
  "is no number": { linkBytesPerSecond: NaN },
};
for (const [words, details] of Object.entries(WITHOUT_WHOLE)) {
  Deno.test(`judgeLevel() decides nothing where the link's capacity ${words} in either arm`, () => {
    for (const arm of ["native", "native-again"]) {
      const { verdict, because } = judged({ ...BOTH, [arm]: { details } });
      assertEquals(verdict, "inconclusive");
      assertStringIncludes(because, "not every run tells the link's capacity");
    }
  });
}

Deno.test("judgeLevel() leaves untested what no run tells the whole of", () => {
  const guest = judged({}, { evidence: { bareMetal: false } });
  assertEquals([guest.verdict, guest.lacks], ["untested", "bare-metal"]);
  assertStringIncludes(guest.because, "no run tells the link's capacity");
  const metal = judged({}, { evidence: { bareMetal: true } });
  assertEquals([metal.verdict, metal.lacks], ["untested", undefined]);
  assertEquals(judged({}, { rule: ONE_TO_TWO }).verdict, "confirmed");
});

Deno.test("judgeLevel() says what is missing: an arm, values, blocks", () => {
  const missing = { ...BOTH, "native-again": { missing: "no CUDA samples" } };
  assertEquals(judged(missing).verdict, "untested");
  assertEquals(judged({ ...BOTH, "native-again": { ...LINK, failures: 30 } }).verdict, "error");
  const few = judged(BOTH, { blocks: 10 });
  assertEquals(few.verdict, "inconclusive");
  assertStringIncludes(few.because, "an interval needs at least 11 blocks");
});

Deno.test("judgeLevel() decides nothing where the control never ran", () => {
  const made = gpuExperiment("gpu-transfer", BOTH);
  const samples = made.samples.filter(({ arm }) => arm === "native");
  const experiments = [{ ...made, samples }];
  const [part] = judgeLevel(HALF_OF_LINK, gpuEvidence({ experiments }));
  assertEquals(part?.verdict, "inconclusive");
  assertStringIncludes(part?.because ?? "", "natively again no figure");
});

Deno.test("judgeLevel() counts the runs that gave a figure", () => {
  const { verdict, n } = judged({ ...BOTH, "native": { ...LINK, failures: 1 } });
  assertEquals([verdict, n], ["confirmed", 29]);
});

Deno.test("judgeLevel() uses no figure of a block that was set aside, and says so", () => {
  const disturbed = { ...BOTH, "native": { ...LINK, aside: [3, 4] } };
  const { verdict, because, n } = judged(disturbed);
  assertEquals([verdict, n], ["confirmed", 28]);
  assertStringIncludes(because, "(2 more were set aside: the GPU was throttled)");
});

const HOSTS: [words: string, about: LevelPart["gpus"], count: number | null, verdict: string][] = [
  ["one GPU, about one", "one", 1, "confirmed"],
  ["two GPUs, about one", "one", 2, "untested"],
  ["one GPU, about several", "several", 1, "untested"],
  ["two GPUs, about several", "several", 2, "confirmed"],
  ["GPUs that are not told, about one", "one", null, "untested"],
  ["GPUs that are not told, about several", "several", null, "untested"],
  ["GPUs that are not told, about any", "any", null, "confirmed"],
];
for (const [words, about, count, verdict] of HOSTS) {
  Deno.test(`judgeLevel() is ${verdict} on a host with ${words}`, () => {
    const gpus = count === null ? null : Array.from({ length: count }, () => sampleGpu());
    const rule = { ...HALF_OF_LINK, gpus: about };
    assertEquals(judged(BOTH, { rule, evidence: { gpus } }).verdict, verdict);
  });
}

Deno.test("judgeLevel() asks for a physical device where the claim is about one", () => {
  const rule = { ...HALF_OF_LINK, needsBareMetal: true };
  const evidence = { bareMetal: false, environment: "inside a KVM guest" };
  const part = judged(BOTH, { rule, evidence });
  assertEquals([part.verdict, part.lacks], ["untested", "bare-metal"]);
  assertEquals(judged(BOTH, { rule }).verdict, "confirmed");
});
