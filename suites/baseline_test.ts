import { assertEquals } from "@std/assert";
import { baselineOf } from "./baseline.ts";
import type { RunDescription } from "./result.ts";
import { gpuExperiment, storageExperiment } from "./testing/experiments.ts";
import { sampleFindings } from "./testing/findings.ts";
import { sampleGpu } from "./testing/gpus.ts";

const RUN: RunDescription = {
  ...{ version: "0", startedAt: "2026-01-01T00:00:00.000Z", endedAt: null, durationSeconds: 1 },
  ...{ seed: 1, selection: [], budgetSeconds: null, thresholds: { high: 0.95, medium: 0.5 } },
  ...{ dryRun: null, notes: [] },
};
const { host } = sampleFindings();
const GPUS = [sampleGpu()];
const RESULT = {
  host: { ...host, gpus: GPUS },
  run: RUN,
  experiments: [gpuExperiment("gpu-transfer", {}, { blocks: 12 }), storageExperiment({})],
};

Deno.test("baselineOf() keeps the experiments on GPUs with the native arms alone", () => {
  const { experiments, gpus, bareMetal, source } = baselineOf(RESULT, "results/metal");
  assertEquals(experiments.map(({ name }) => name), ["gpu-transfer"]);
  assertEquals([gpus, bareMetal, source], [GPUS, true, "results/metal"]);
  const [{ arms, samples, ratios } = { arms: [], samples: [], ratios: [] }] = experiments;
  assertEquals(arms.map(({ name }) => name), ["native", "native-again"]);
  assertEquals(new Set(samples.map(({ arm }) => arm)), new Set(["native", "native-again"]));
  assertEquals([samples.length, ratios.length], [12 * 3 * 2, 3]);
});

Deno.test("baselineOf() tells where a result comes from, and whether it was made by hand", () => {
  const dryRun = { fixture: "f", recordedAt: "", recordedOn: "", synthetic: true };
  const made = { ...RESULT, run: { ...RUN, dryRun } };
  assertEquals(baselineOf(made, "x").synthetic, true);
  const replayed = { ...RESULT, run: { ...RUN, dryRun: { ...dryRun, synthetic: false } } };
  assertEquals([baselineOf(replayed, "x").synthetic, baselineOf(RESULT, "x").synthetic], [
    false,
    false,
  ]);
});

Deno.test("baselineOf() knows no GPU where the driver told none", () => {
  assertEquals(baselineOf({ ...RESULT, host: { ...host, gpus: null } }, "x").gpus, []);
});
