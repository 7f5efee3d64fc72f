import { assertEquals } from "@std/assert";
import type { Experiment, Sample } from "../result.ts";
import { findingsOf } from "./findings.ts";

function sample(value: number | null, details: Sample["details"]): Sample {
  return {
    workload: "on-device",
    arm: "native",
    block: 0,
    order: 0,
    argv: [],
    status: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    durationSeconds: 1,
    value,
    details,
    failure: value === null ? "it failed" : null,
    load: null,
  };
}

function experiment(...samples: Sample[]): Experiment {
  return {
    name: "gpu-transfer",
    title: "copies",
    reference: "native",
    control: "native-again",
    workloads: [{ name: "on-device", title: "copy", unit: "B/s", better: "larger" }],
    arms: [],
    samples,
    ratios: [],
    stopped: "decided",
  };
}

Deno.test("findingsOf() names what reaches less than half of what the device can do", () => {
  const slow = experiment(sample(3e11, { ceiling: 1e12 }));
  assertEquals(findingsOf([slow, slow]), [
    "Natively, on-device reaches 0.300 of what the device can do by its own figures.",
  ]);
});

Deno.test("findingsOf() says nothing of what is fast, failed or without a ceiling", () => {
  const quiet = [
    sample(8e11, { ceiling: 1e12 }),
    sample(null, { ceiling: 1e12 }),
    sample(1e11, {}),
  ];
  assertEquals(quiet.flatMap((one) => findingsOf([experiment(one)])), []);
  assertEquals(findingsOf([experiment()]), []);
});
