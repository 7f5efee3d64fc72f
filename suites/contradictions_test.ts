import { assert, assertEquals } from "@std/assert";
import { CLAIMS } from "./claims/claims.ts";
import { findContradictions } from "./contradictions.ts";
import { judgeClaims } from "./judge.ts";
import { partsOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";
import { storageExperiment } from "./testing/experiments.ts";

const CLAIM_VERDICTS = judgeClaims(CLAIMS.map(({ id }) => id), {
  probes: [],
  experiments: [storageExperiment({ "vm-virtio": { ratio: 0.7 } })],
  bareMetal: true,
  cpuModel: "Example CPU",
  environment: "bare metal",
  gpus: [],
  baseline: null,
  thresholds: { high: 0.95, medium: 0.5 },
  absent: {},
});

Deno.test("findContradictions() pairs the claims that put one arm into two bands", () => {
  const pairs = findContradictions(CLAIM_VERDICTS).map(({ ids }) => ids.join(" | "));
  assert(pairs.includes("10.3.1/overhead/vm | 11.3/io-performance/vm"));
  assert(pairs.includes("03.3.2/io-performance/sandbox | 10.3.1/overhead/sandbox"));
  assert(pairs.every((pair) => !pair.includes("/container")));
});

Deno.test("findContradictions() tells which side the evidence took", () => {
  const found = findContradictions(CLAIM_VERDICTS);
  const vm = found.find(({ ids }) => ids.includes("11.3/io-performance/vm"));
  assertEquals(vm?.evidenceTook, "11.3/io-performance/vm");
  const sandbox = found.find(({ ids }) => ids.includes("11.3/io-performance/sandbox"));
  assertEquals(sandbox?.evidenceTook, null);
});

Deno.test("findContradictions() takes no range, and nothing that lies outside, for a band", () => {
  const parts = CLAIMS.flatMap(({ id }) => partsOf(ruleOf(id) ?? { kind: "editorial" }))
    .filter((part) => part.kind === "performance" && part.arm === "container-beside");
  const said = parts.map((part) => JSON.stringify(part));
  assert(said.some((part) => part.includes(`"atLeast":0.35`)));
  assert(said.some((part) => part.includes(`"outside"`)));
  const found = findContradictions(CLAIM_VERDICTS);
  assert(found.every(({ because }) => !because.includes("container-beside")));
});

Deno.test("findContradictions() speaks only of claims that were judged", () => {
  assertEquals(findContradictions(CLAIM_VERDICTS.slice(0, 1)), []);
});
