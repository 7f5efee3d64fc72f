import { assertEquals, assertThrows } from "@std/assert";
import type { Sample } from "../result.ts";
import { type Measured, pairsOf, ratioOf, ratiosOf, usedSamples } from "./ratios.ts";

type Value = readonly [arm: string, block: number, value: number | null];

function measured(values: readonly Value[], better: "larger" | "smaller" = "larger"): Measured {
  const samples = values.map(([arm, block, value], order): Sample => ({
    ...{ workload: "read", arm, block, order, value, argv: ["fio"], status: 0, details: {} },
    ...{ startedAt: "2024-01-01T00:00:00Z", durationSeconds: 1, load: null },
    failure: value === null ? "fio crashed" : null,
  }));
  const arms = ["native", "container"].map((name) => ({
    ...{ name, title: name, missing: null, lacks: null, broken: null, degraded: null },
  }));
  const workloads = [{ name: "read", title: "read", unit: "B/s" as const, better }];
  return { reference: "native", workloads, arms, samples };
}

Deno.test("ratiosOf() pairs within a block when the order of the samples is any", () => {
  const values: Value[] = [["container", 1, 30], ["native", 0, 10], ["container", 0, 5], [
    "native",
    1,
    40,
  ]];
  for (const order of [values, values.toReversed()]) {
    const [ratio] = ratiosOf(measured(order));
    assertEquals(ratio?.blocks, [0.5, 0.75]);
    assertEquals([ratio?.n, ratio?.ratio, ratio?.low, ratio?.high], [2, 0.625, null, null]);
  }
});

Deno.test("ratiosOf() inverts when smaller is better", () => {
  const [ratio] = ratiosOf(measured([["native", 0, 2], ["container", 0, 8]], "smaller"));
  assertEquals(ratio?.ratio, 0.25);
});

Deno.test("ratiosOf() has a ratio of no blocks when an arm never ran", () => {
  const [ratio] = ratiosOf(measured([["native", 0, 2]]));
  assertEquals(ratio, ratioOf({ workload: "read", arm: "container" }, []));
  assertEquals([ratio?.n, ratio?.ratio], [0, null]);
});

Deno.test("pairsOf() drops and counts a pair when a value is null", () => {
  const [pairs] = pairsOf(measured([
    ...[["native", 0, 2], ["container", 0, null], ["native", 1, null], [
      "container",
      1,
      1,
    ]] as const,
    ...[["native", 2, 2], ["container", 2, 1], ["native", 3, 2]] as const,
  ]));
  assertEquals([pairs?.blocks, pairs?.dropped], [[0.5], 2]);
});

Deno.test("ratiosOf() lets failed runs widen the interval, as if they had been slow or fast", () => {
  const values = (failed: number): Value[] =>
    Array.from({ length: 12 }, (_, block): Value[] => [
      ["native", block, 2],
      ["container", block, block < failed ? null : 2 + block],
    ]).flat();
  const [all] = ratiosOf(measured(values(0)));
  const [some] = ratiosOf(measured(values(1)));
  assertEquals([all?.low, some?.n, some?.low, some?.high], [1, 11, null, null]);
});

for (const wrong of [0, -1, NaN, Infinity]) {
  Deno.test(`ratiosOf() throws when a value is ${wrong}`, () => {
    const experiment = measured([["native", 0, 2], ["container", 0, wrong]]);
    assertThrows(() => ratiosOf(experiment), TypeError, "container on read, block 0 is");
  });
}

Deno.test("ratiosOf() throws when a ratio overflows", () => {
  const experiment = measured([["native", 0, 1e-300], ["container", 0, 1e300]]);
  assertThrows(() => ratiosOf(experiment), TypeError, "the ratio of container on read");
});

Deno.test("ratiosOf() throws when a block holds two samples of one arm", () => {
  const experiment = measured([["native", 0, 2], ["native", 0, 3]]);
  assertThrows(() => ratiosOf(experiment), TypeError, "two samples of native on read, block 0");
});

Deno.test("ratiosOf() throws when a sample names an unknown arm", () => {
  assertThrows(() => ratiosOf(measured([["mig", 0, 2]])), TypeError, "unknown: mig on read");
});

function setAside(experiment: Measured, arm: string, blocks: readonly number[]): Measured {
  const samples = experiment.samples.map((sample) =>
    sample.arm === arm && blocks.includes(sample.block)
      ? { ...sample, setAside: "the GPU was throttled" }
      : sample
  );
  return { ...experiment, samples };
}

const THREE_BLOCKS = measured([0, 1, 2].flatMap((block): Value[] => [
  ["native", block, 2],
  ["container", block, block === 1 ? null : 1 + block],
]));

for (const arm of ["native", "container"]) {
  Deno.test(`pairsOf() takes a whole block out when the sample of ${arm} is set aside`, () => {
    const [pairs] = pairsOf(setAside(THREE_BLOCKS, arm, [0, 1]));
    assertEquals([pairs?.blocks, pairs?.dropped], [[1.5], 0]);
    assertEquals(ratiosOf(setAside(THREE_BLOCKS, arm, [0, 1, 2]))[0]?.n, 0);
  });
}

Deno.test("usedSamples() leaves the same block of another workload", () => {
  const [first] = setAside(THREE_BLOCKS, "native", [0]).samples;
  const other = THREE_BLOCKS.samples.map((sample) => ({ ...sample, workload: "write" }));
  const used = usedSamples([...first === undefined ? [] : [first], ...other]);
  assertEquals(used, other);
});
