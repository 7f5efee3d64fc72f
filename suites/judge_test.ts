import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { CLAIMS } from "./claims/claims.ts";
import type { Evidence } from "./evidence.ts";
import { combine, judgeClaim, judgeClaims } from "./judge.ts";
import type { ClaimPart, ClaimVerdict, Sample } from "./result.ts";
import { judgePerformance } from "./judge_performance.ts";
import { inBand, type PerformancePart, type RatioRange } from "./rules/rule.ts";
import { type ArmCase, gpuExperiment, storageExperiment } from "./testing/experiments.ts";
import { gpuEvidence } from "./testing/gpus.ts";

const CONTAINER = "11.3/io-performance/container";

function evidenceOf(
  cases: Readonly<Record<string, ArmCase>>,
  options: Parameters<typeof storageExperiment>[1] = {},
): Evidence {
  return {
    probes: [],
    experiments: [storageExperiment(cases, options)],
    bareMetal: true,
    cpuModel: "Example CPU",
    environment: "bare metal",
    gpus: [],
    baseline: null,
    thresholds: { high: 0.95, medium: 0.5 },
    absent: {},
  };
}

function judged(id: string, cases: Readonly<Record<string, ArmCase>>): ClaimVerdict {
  return judgeClaim(id, evidenceOf(cases));
}

Deno.test("judgeClaim() confirms a band that holds on every workload", () => {
  const verdict = judged(CONTAINER, {});
  assertEquals(verdict.verdict, "confirmed");
  assertMatch(
    verdict.because,
    /seq-read: container reaches 1\.0\d\d \[.*\] of native in 30 blocks/,
  );
});

Deno.test("judgeClaim() refutes a band by one workload outside it, and shows the truth", () => {
  const verdict = judged(CONTAINER, { container: { ratio: 0.8 } });
  assertEquals(verdict.verdict, "refuted");
  assertStringIncludes(verdict.because, "outside the high band (at least 0.950)");
});

const BANDS: [string, number, string][] = [
  ["11.3/io-performance/vm", 0.7, "confirmed"],
  ["11.3/io-performance/vm", 0.99, "refuted"],
  ["11.3/io-performance/vm", 0.3, "refuted"],
  ["05.4.1/overhead/virtualized", 0.7, "confirmed"],
  ["11.3/io-performance/vm", 0.95, "inconclusive"],
];
for (const [id, ratio, expected] of BANDS) {
  Deno.test(`judgeClaim() finds ${id} ${expected} at a ratio of ${ratio}`, () => {
    assertEquals(judged(id, { "vm-virtio": { ratio } }).verdict, expected);
  });
}

Deno.test("judgeClaim() never confirms a claim of which other parts were not measured", () => {
  const verdict = judged("11.3/latency/container", {});
  assertEquals(verdict.verdict, "untested");
  assertStringIncludes(verdict.because, "gpu-latency: the experiment was not run");
});

Deno.test("judgeClaim() refutes by a counterexample even where other parts were not measured", () => {
  const verdict = judged("11.3/latency/container", { container: { ratio: 0.4 } });
  assertEquals(verdict.verdict, "refuted");
});

Deno.test("judgeClaim() is inconclusive when the control is not equal, whatever the arm says", () => {
  fc.assert(fc.property(
    fc.oneof(
      fc.double({ min: 0.2, max: 0.93, noNaN: true }),
      fc.double({ min: 1.07, max: 5, noNaN: true }),
    ),
    fc.double({ min: 0.05, max: 3, noNaN: true }),
    (control, ratio) => {
      const cases = { "native-again": { ratio: control }, container: { ratio } };
      const { verdict } = judged(CONTAINER, cases);
      return verdict === "inconclusive";
    },
  ));
});

Deno.test("judgeClaim() takes a degraded arm's figures for no verdict", () => {
  const degraded = "TCG emulates the CPU";
  const verdict = judged("11.3/io-performance/vm", { "vm-virtio": { ratio: 0.7, degraded } });
  assertEquals(verdict.verdict, "inconclusive");
  assertStringIncludes(verdict.because, "TCG emulates the CPU (seen: vm-virtio reaches 0.7");
});

Deno.test("judgeClaim() names what is missing", () => {
  const verdict = judged(CONTAINER, { container: { missing: "docker was not found" } });
  assertEquals([verdict.verdict, verdict.because], [
    "untested",
    "seq-read, seq-write, rand-read, rand-write: docker was not found",
  ]);
});

Deno.test("combine() lets what several parts say stand once", () => {
  const part = (name: string, because: string): ClaimPart => ({
    name,
    verdict: "untested",
    because,
  });
  const cure = "Docker is down. Start it.";
  const because = (...parts: ClaimPart[]) => combine(parts).because;
  assertEquals(
    because(part("seq-read", cure), part("rand-read", "slow"), part("seq-write", cure)),
    "seq-read, seq-write: Docker is down. Start it; rand-read: slow",
  );
  const observed = part("container-view/same-kernel", cure);
  assertEquals(because(observed, part("container-view/namespaces", cure)), cure);
  assertEquals(because(part("seq-read", cure), observed), cure);
});

Deno.test("judgeClaim() calls it an error when an arm could not be prepared", () => {
  const verdict = judged(CONTAINER, { container: { broken: "docker import crashed" } });
  assertEquals(verdict.verdict, "error");
});

Deno.test("judgeClaim() calls it an error when runs fail, whichever arm they are of", () => {
  for (const arm of ["container", "native", "native-again"]) {
    const verdict = judged(CONTAINER, { [arm]: { failures: 2 } });
    assertEquals(verdict.verdict, "error", arm);
    assertStringIncludes(verdict.because, `2 of 30 runs of ${arm} failed`);
  }
});

Deno.test("judgeClaim() is inconclusive on too few blocks", () => {
  const verdict = judgeClaim(CONTAINER, evidenceOf({}, { blocks: 3, stopped: "budget" }));
  assertEquals(verdict.verdict, "inconclusive");
  assertStringIncludes(verdict.because, "budget");
});

Deno.test("judgeClaim() asks for a physical device where the claim is about one", () => {
  const evidence = { ...evidenceOf({}), bareMetal: false, environment: "inside a KVM guest" };
  assertEquals(judgeClaim("09.4.1/io-performance/physical", evidence).verdict, "untested");
  assertEquals(judgeClaim("09.4.1/io-performance/physical", evidenceOf({})).verdict, "confirmed");
});

Deno.test("judgeClaim() orders arms: virtio against emulated devices", () => {
  const id = "05.2.1/fact/virtio-faster";
  const slow = { "vm-nvme": { ratio: 0.5 }, "vm-ahci": { ratio: 0.4 } };
  assertEquals(judged(id, { ...slow, "vm-virtio": { ratio: 0.8 } }).verdict, "confirmed");
  assertEquals(judged(id, { ...slow, "vm-virtio": { ratio: 0.45 } }).verdict, "refuted");
  assertEquals(judged(id, { ...slow, "vm-virtio": { ratio: 0.5 } }).verdict, "inconclusive");
});

Deno.test("judgeClaim() does not call an arm faster that is exactly as fast", () => {
  const evidence = evidenceOf({}, { noise: 0 });
  assertEquals(judgeClaim("05.2.1/fact/virtio-faster", evidence).verdict, "refuted");
});

Deno.test("judgeClaim() orders no arms where the control's own reference fails", () => {
  const cases = { "vm-nvme": { ratio: 0.5 }, "vm-ahci": { ratio: 0.4 }, native: { failures: 9 } };
  assertEquals(judged("05.2.1/fact/virtio-faster", cases).verdict, "error");
});

function withSamples(change: (sample: Sample) => Sample[]): Evidence {
  const evidence = evidenceOf({});
  const experiments = evidence.experiments.map((experiment) => ({
    ...experiment,
    samples: experiment.samples.flatMap(change),
  }));
  return { ...evidence, experiments };
}

Deno.test("judgeClaim() decides nothing on blocks that the control was not run in", () => {
  const early = withSamples((sample) =>
    sample.arm === "native-again" && sample.block >= 8 ? [] : [sample]
  );
  const { verdict, because } = judgeClaim(CONTAINER, early);
  assertEquals(verdict, "inconclusive");
  assertStringIncludes(because, "did not run in 22 of the 30 blocks");
});

Deno.test("judgeClaim() takes runs without a value for failed ones", () => {
  const gaps = withSamples((sample) =>
    sample.arm === "container" && sample.block % 5 === 0 ? [{ ...sample, value: null }] : [sample]
  );
  assertEquals(judgeClaim(CONTAINER, gaps).verdict, "error");
});

Deno.test("judgeClaim() judges every claim, and without evidence decides none", () => {
  const nothing = { ...evidenceOf({}), experiments: [] };
  const verdicts = judgeClaims(CLAIMS.map(({ id }) => id), nothing);
  assertEquals(verdicts.length, 259);
  assert(verdicts.every(({ verdict }) => verdict === "untested" || verdict === "editorial"));
  assert(verdicts.every(({ because }) => because.length > 0));
});

Deno.test("judgeClaim() says why an experiment gave nothing", () => {
  const absent = {
    storage: { verdict: "error" as const, because: "the disk is full", lacks: null },
  };
  const verdict = judgeClaim(CONTAINER, { ...evidenceOf({}), experiments: [], absent });
  assertEquals([verdict.verdict, verdict.because], ["error", "storage: the disk is full"]);
});

Deno.test("judgeClaim() names what would decide a part that is open", () => {
  const lacksOf = (id: string, name: string) =>
    judged(id, {}).parts?.find((part) => part.name === name)?.lacks;
  assertEquals(lacksOf("02.1.2/gpu-count/gpu-cluster", "fleet/twenty-gpus-or-more"), "fleet");
  assertEquals(lacksOf("11.3/gpu-performance/vm", "gpu-transfer"), "gpu");
});

const HALF: RatioRange = { atLeast: 0.35, below: 0.65 };

function besides(
  cases: Readonly<Record<string, ArmCase>>,
  { band = HALF, holds = "inside" }: Partial<Pick<PerformancePart, "band" | "holds">> = {},
): ClaimPart {
  const arms = { arm: "container-beside", band, workloads: ["n-body"] };
  const experiments = [gpuExperiment("contention", cases)];
  const part: PerformancePart = { ...inBand("contention", arms), holds };
  const [judged] = judgePerformance(part, gpuEvidence({ experiments }));
  if (judged === undefined) throw new Error("no part");
  return judged;
}

const RANGES: [ratio: number, inside: string, outside: string][] = [
  [0.5, "confirmed", "refuted"],
  [0.2, "refuted", "confirmed"],
  [0.99, "refuted", "confirmed"],
  [0.35, "inconclusive", "inconclusive"],
  [0.65, "inconclusive", "inconclusive"],
];
for (const [ratio, inside, outside] of RANGES) {
  Deno.test(`judgePerformance() knows whether ${ratio} lies inside or outside a range`, () => {
    const cases = { "container-beside": { ratio } };
    assertEquals(besides(cases).verdict, inside);
    assertEquals(besides(cases, { holds: "outside" }).verdict, outside);
  });
}

Deno.test("judgePerformance() says of a range what it is, and of no threshold that it moves it", () => {
  const { because } = besides({ "container-beside": { ratio: 0.5 } });
  assertStringIncludes(because, "in the range that the claim names (0.350 to 0.650)");
  const open = besides({ "container-beside": { ratio: 0.35 } });
  assertStringIncludes(open.because, "straddles a bound of the range that the claim names");
});

Deno.test("judgePerformance() calls no arm outside a band where the control is not equal", () => {
  const cases = { "container-beside": { ratio: 0.8 }, "native-again": { ratio: 0.8 } };
  const part = besides(cases, { band: "high", holds: "outside" });
  assertEquals(part.verdict, "inconclusive");
  assertEquals(
    besides({ "container-beside": { missing: "none" } }, { holds: "outside" }).verdict,
    "untested",
  );
});

Deno.test("judgePerformance() uses no block that was set aside, and says how many were", () => {
  const aside = [2, 5];
  const { because, n, verdict } = besides({ "container-beside": { ratio: 0.5, aside } });
  assertEquals([n, verdict], [28, "confirmed"]);
  assertStringIncludes(because, "in 28 blocks (2 more were set aside: the GPU was throttled)");
});

Deno.test("judgePerformance() decides nothing where most blocks were set aside", () => {
  const aside = Array.from({ length: 16 }, (_, block) => block);
  const all = { "container-beside": { ratio: 0.5, aside }, native: { aside } };
  const { because, verdict } = besides(all);
  assertEquals(verdict, "inconclusive");
  assertStringIncludes(because, "16 of 30 blocks were set aside");
});

Deno.test("judgePerformance() decides nothing where the arm itself brings the disturbance", () => {
  const aside = [1, 3, 5, 7, 9, 11, 13, 15];
  const one = besides({ "container-beside": { ratio: 0.5, aside } });
  assertEquals(one.verdict, "inconclusive");
  assertStringIncludes(one.because, "disturbed alone in 8 blocks and native in 0");
  const both = { "container-beside": { ratio: 0.5, aside }, native: { aside } };
  assertEquals(besides(both).verdict, "confirmed");
});
