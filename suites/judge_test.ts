import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { CLAIMS } from "./claims/claims.ts";
import type { Evidence } from "./evidence.ts";
import { combine, judgeClaim, judgeClaims } from "./judge.ts";
import type { ClaimPart, ClaimVerdict, Sample } from "./result.ts";
import { type ArmCase, storageExperiment } from "./testing/experiments.ts";

const CONTAINER = "11.3/io-performance/container";

function evidenceOf(
  cases: Readonly<Record<string, ArmCase>>,
  options: Parameters<typeof storageExperiment>[1] = {},
): Evidence {
  return {
    probes: [],
    experiments: [storageExperiment(cases, options)],
    bareMetal: true,
    environment: "bare metal",
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
  assertStringIncludes(verdict.because, 'waits for the check "gpu-latency"');
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
  const { parts } = judged("10.3.1/overhead/container", {});
  assertEquals(parts?.find(({ name }) => name === "gpu-transfer")?.lacks, "gpu");
});
