import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Evidence } from "./evidence.ts";
import { judgeAcross } from "./judge_across.ts";
import type { Baseline, ClaimPart, GpuDescription } from "./result.ts";
import type { AcrossPart } from "./rules/rule.ts";
import { type ArmCase, gpuExperiment, type MadeOptions } from "./testing/experiments.ts";
import { guestEvidence, sampleBaseline, sampleGpu } from "./testing/gpus.ts";

const MEDIUM: AcrossPart = {
  ...{ kind: "across", experiment: "gpu-transfer", band: "medium", workloads: ["on-device"] },
};
const LAUNCH: AcrossPart = { ...MEDIUM, experiment: "gpu-latency", workloads: ["launch"] };

interface Side extends MadeOptions {
  readonly cases?: Readonly<Record<string, ArmCase>>;
}

function judged(
  { here = {}, there = {}, rule = MEDIUM, evidence = {} }: {
    readonly here?: Side;
    readonly there?: Side;
    readonly rule?: AcrossPart;
    readonly evidence?: Partial<Evidence>;
  },
): ClaimPart {
  const [ours, theirs] = [here, there].map(({ cases = {}, ...options }) =>
    gpuExperiment(
      rule.experiment === "gpu-latency" ? "gpu-latency" : "gpu-transfer",
      cases,
      options,
    )
  );
  if (ours === undefined || theirs === undefined) throw new Error("no experiment");
  const [part] = judgeAcross(rule, guestEvidence(ours, theirs, evidence));
  if (part === undefined) throw new Error("no part");
  return part;
}

const RATIOS: [value: number, verdict: string][] = [
  [700, "confirmed"],
  [300, "refuted"],
  [1000, "refuted"],
  [500, "inconclusive"],
  [950, "inconclusive"],
];
for (const [value, verdict] of RATIOS) {
  Deno.test(`judgeAcross() is ${verdict} where the guest has ${value} of 1000`, () => {
    assertEquals(judged({ here: { value } }).verdict, verdict);
  });
}

Deno.test("judgeAcross() takes a shorter time for better", () => {
  const there = { noise: 0 };
  const part = judged({ here: { ...there, value: 1000 / 0.7 }, there, rule: LAUNCH });
  assertEquals(part.verdict, "confirmed");
  assertEquals(part.ratio?.toFixed(1), "0.7");
});

Deno.test("judgeAcross() says where both sides come from, with interval and n", () => {
  const { because, low = 1, high = 0, n } = judged({ here: { value: 700, blocks: 20 } });
  assertStringIncludes(because, "this guest reaches 0.70");
  assertStringIncludes(
    because,
    "of bare metal (results/metal, another boot), in at least 20 runs of each",
  );
  assertEquals([low < 0.7 && 0.7 < high, n], [true, 20]);
});

Deno.test("judgeAcross() gives an interval that holds the quotient of any two runs", () => {
  fc.assert(fc.property(
    fc.double({ min: 0.1, max: 3, noNaN: true }),
    fc.double({ min: 0, max: 0.4, noNaN: true }),
    (ratio, noise) => {
      const part = judged({ here: { value: 1000 * ratio, noise }, there: { noise } });
      return (part.low ?? 0) <= ratio * 1.001 && ratio <= (part.high ?? 0) * 1.001;
    },
  ));
});

const EVIDENCE: Record<string, [Partial<Evidence>, lacks: string | undefined, says: string]> = {
  "on bare metal": [
    { bareMetal: true, environment: "bare metal" },
    "gpu-guest",
    "is no guest (bare metal)",
  ],
  "in a container of no guest": [{ environment: "in a container" }, "gpu-guest", "is no guest"],
  "in a container of a guest": [
    { environment: "in a container, inside a KVM guest" },
    "gpu-guest",
    "run cellproof in the guest itself",
  ],
  "without a GPU": [{ gpus: [] }, "gpu", "no NVIDIA GPU"],
  "whose driver does not tell": [{ gpus: null }, undefined, "does not tell"],
  "without a baseline": [{ baseline: null }, "baseline", "--baseline RESULT"],
  "with a GPU divided by MIG": [
    { gpus: [sampleGpu({ mig: true })] },
    "baseline",
    "of no whole GPU",
  ],
  "whose only GPU is lost": [
    { gpus: [sampleGpu({ lost: "GPU is lost" })] },
    "baseline",
    "does not tell its UUID, here",
  ],
};
for (const [words, [evidence, lacks, says]] of Object.entries(EVIDENCE)) {
  Deno.test(`judgeAcross() compares nothing ${words}`, () => {
    const part = judged({ here: { value: 700 }, evidence });
    assertEquals([part.verdict, part.lacks], ["untested", lacks]);
    assertStringIncludes(part.because, says);
  });
}

const BASELINES: Record<string, [Partial<Baseline>, says: string]> = {
  "is of a guest": [{ bareMetal: false, environment: "inside a guest" }, "not of bare metal"],
  "has no GPU": [{ gpus: [] }, "of no whole GPU"],
  "is of another model": [
    { gpus: [sampleGpu({ pciIds: "10de:eeee", name: "NVIDIA X8000" })] },
    "of another GPU (NVIDIA X8000, here NVIDIA X9000)",
  ],
  "is of the same name with other ids": [{ gpus: [sampleGpu({ pciIds: "10de:eeee" })] }, "another"],
  "does not know its model": [{ gpus: [sampleGpu({ pciIds: null, name: null })] }, "unknown name"],
  "measured another model beside it": [
    { gpus: [sampleGpu({ pciIds: "10de:eeee" }), sampleGpu()] },
    "of another GPU",
  ],
  "is of another GPU of the model": [
    { gpus: [sampleGpu({ uuid: "GPU-2" })] },
    "of another GPU of the same model (GPU-2, here GPU-00000000",
  ],
  "is of a GPU without a UUID": [{ gpus: [sampleGpu({ uuid: null })] }, "in the baseline results"],
  "is of a divided GPU": [{ gpus: [sampleGpu({ mig: true })] }, "in the baseline results"],
  "lacks the experiment": [{ experiments: [] }, "has no gpu-transfer"],
};
for (const [words, [changes, says]] of Object.entries(BASELINES)) {
  Deno.test(`judgeAcross() compares nothing where the baseline ${words}`, () => {
    const there = gpuExperiment("gpu-transfer", {});
    const baseline = { ...sampleBaseline([there]), ...changes };
    const part = judged({ here: { value: 700 }, evidence: { baseline } });
    assertEquals([part.verdict, part.lacks], ["untested", "baseline"]);
    assertStringIncludes(part.because, says);
  });
}

const VGPU = { name: "NVIDIA X9000-24Q", uuid: "GPU-3", virtualizationMode: "vgpu" };
const VGPUS: [words: string, Partial<GpuDescription>, verdict: string][] = [
  ["with its GPU's ids", {}, "confirmed"],
  ["named after its GPU", { pciIds: null }, "confirmed"],
  ["named after its GPU by an older driver", { pciIds: null, name: "GRID X9000-4C" }, "confirmed"],
  ["named after another", { pciIds: null, name: "NVIDIA X8000-24Q" }, "untested"],
];
for (const [words, changes, verdict] of VGPUS) {
  Deno.test(`judgeAcross() is ${verdict} for a vGPU ${words}`, () => {
    const gpus = [sampleGpu({ ...VGPU, ...changes })];
    assertEquals(judged({ here: { value: 700 }, evidence: { gpus } }).verdict, verdict);
  });
}

Deno.test("judgeAcross() compares a vGPU with no host of another processor", () => {
  const part = judged({
    here: { value: 700 },
    evidence: { gpus: [sampleGpu(VGPU)], cpuModel: "Another" },
  });
  assertEquals([part.verdict, part.lacks], ["untested", "baseline"]);
  assertStringIncludes(part.because, "(host-passthrough): Example CPU, here Another");
});

const ONE_SIDED: Record<string, [Side, verdict: string, says: string]> = {
  "whose control is not equal": [
    { cases: { "native-again": { ratio: 0.6 } } },
    "inconclusive",
    "A/A control",
  ],
  "without its control": [
    { cases: { "native-again": { missing: "no samples" } } },
    "untested",
    "no samples",
  ],
  "with too few runs": [{ blocks: 11 }, "inconclusive", "needs at least 12 blocks"],
  "with no runs": [{ blocks: 0 }, "inconclusive", "no run can be set against one"],
  "of which most were set aside": [
    { cases: { native: { aside: Array.from({ length: 20 }, (_, block) => block) } } },
    "inconclusive",
    "20 of 30 blocks were set aside",
  ],
};
for (const [words, [side, verdict, says]] of Object.entries(ONE_SIDED)) {
  Deno.test(`judgeAcross() is ${verdict} where either side is one ${words}`, () => {
    for (const which of ["here", "there"] as const) {
      const sides = { here: { value: 700 }, there: {} };
      const part = judged({ ...sides, [which]: { ...sides[which], ...side } });
      assertEquals(part.verdict, verdict, which);
      assertStringIncludes(part.because, says);
    }
  });
}

Deno.test("judgeAcross() calls runs that failed here an error, and those of the baseline a lack", () => {
  const failing = { cases: { native: { failures: 5 } } };
  assertEquals(judged({ here: { value: 700, ...failing } }).verdict, "error");
  const part = judged({ here: { value: 700 }, there: failing });
  assertEquals([part.verdict, part.lacks], ["untested", "baseline"]);
  assertStringIncludes(
    part.because,
    "in the baseline results/metal: 5 of 30 runs of native failed",
  );
});

Deno.test("judgeAcross() has no figure where no run has one", () => {
  const part = judged({ here: { blocks: 0 } });
  assertEquals([part.ratio, part.low, part.high], [undefined, undefined, undefined]);
});

Deno.test("judgeAcross() says that a baseline was made by hand", () => {
  const there = gpuExperiment("gpu-transfer", {});
  const baseline = { ...sampleBaseline([there]), synthetic: true };
  for (const value of [300, 500, 700]) {
    assertStringIncludes(judged({ here: { value }, evidence: { baseline } }).because, "SYNTHETIC");
  }
});

Deno.test("judgeAcross() compares no work that another version called by the same name", () => {
  const there = gpuExperiment("gpu-transfer", {});
  for (const change of [{ title: "a larger copy" }, { better: "smaller" as const }]) {
    const workloads = there.workloads.map((workload) => ({ ...workload, ...change }));
    const baseline = sampleBaseline([{ ...there, workloads }]);
    const part = judged({ here: { value: 700 }, evidence: { baseline } });
    assertEquals([part.verdict, part.lacks], ["untested", "baseline"]);
    assertStringIncludes(part.because, "did other work");
  }
});

Deno.test("judgeAcross() compares the GPUs that were measured, whichever others there are", () => {
  const others = [
    sampleGpu({ uuid: "GPU-5", lost: "GPU is lost" }),
    sampleGpu({ uuid: "GPU-6", mig: true }),
    sampleGpu({ virtualizationMode: "pass-through" }),
    sampleGpu({ uuid: "GPU-7" }),
  ];
  assertEquals(judged({ here: { value: 700 }, evidence: { gpus: others } }).verdict, "confirmed");
});
