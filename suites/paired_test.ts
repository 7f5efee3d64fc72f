import { assert, assertEquals } from "@std/assert";
import { Problem } from "../problem.ts";
import {
  type ArmDriver,
  collectPaired,
  type Measurement,
  type PairedContext,
  type PairedPlan,
} from "./paired.ts";
import { NEW_ARM } from "./arms.ts";
import type { Arm, Sample } from "./result.ts";

type Answer = (workload: string, block: number) => number | null | Error;

/** An arm that answers from a function: a stand-in for hardware whose truth is known. */
function driver(name: string, answer: Answer, change: Partial<Arm> = {}): ArmDriver {
  const arm: Arm = { ...NEW_ARM, name, title: name, ...change };
  return {
    arm,
    measure(workload, block) {
      const value = answer(workload, block);
      if (value instanceof Error) return Promise.reject(value);
      return Promise.resolve(value === null ? null : measurement(value));
    },
  };
}

function measurement(value: number): Measurement {
  const startedAt = "2026-01-01T00:00:00.000Z";
  const details = {};
  return { argv: [], status: 0, startedAt, durationSeconds: 1, value, details, failure: null };
}

function planOf(drivers: readonly ArmDriver[], change: Partial<PairedPlan> = {}): PairedPlan {
  return {
    name: "test",
    title: "test",
    reference: "native",
    control: "native-again",
    workloads: [{ name: "w", title: "w", unit: "1/s", better: "larger" }],
    drivers,
    unavailable: [],
    judged: ["arm"],
    mostBlocks: 40,
    ...change,
  };
}

function contextOf(change: Partial<PairedContext> = {}): PairedContext {
  return {
    seed: 1,
    thresholds: { high: 0.95, medium: 0.5 },
    remainingSeconds: () => null,
    overBecause: () => "budget",
    load: () => Promise.resolve(0.5),
    keep: () => {},
    blockDone: () => {},
    progress: () => {},
    ...change,
  };
}

const steady = (value: number): Answer => (_, block) => value * (1 + 0.001 * (block % 3));
const straddling: Answer = (_, block) => block % 2 === 0 ? 94 : 96;
const NATIVES = [driver("native", steady(100)), driver("native-again", steady(100))];

Deno.test("collectPaired() stops as soon as every comparison is decided", async () => {
  const experiment = await collectPaired(
    planOf([...NATIVES, driver("arm", steady(70))]),
    contextOf(),
  );
  assertEquals(experiment.stopped, "every comparison was decided");
  assert(experiment.samples.length < 3 * 40);
  assertEquals(experiment.samples.map(({ order }) => order), experiment.samples.map((_, i) => i));
});

Deno.test("collectPaired() runs the natives as often as a comparison of two runs needs", async () => {
  const { samples } = await collectPaired(
    planOf(NATIVES, { judged: ["native-again"] }),
    contextOf(),
  );
  assertEquals(samples.length, 2 * 12);
});

Deno.test("collectPaired() goes on for blocks that were set aside", async () => {
  const throttled: ArmDriver[] = NATIVES.map((native) => ({
    ...native,
    async measure(workload, block) {
      const measured = await native.measure(workload, block);
      return measured === null || block >= 3 ? measured : { ...measured, setAside: "hot" };
    },
  }));
  const plan = planOf(throttled, { judged: ["native-again"] });
  const { samples, ratios } = await collectPaired(plan, contextOf());
  assertEquals([samples.length, ratios[0]?.n], [2 * 15, 12]);
});

Deno.test("collectPaired() runs every arm once in each block, in varying order", async () => {
  const { samples } = await collectPaired(
    planOf([...NATIVES, driver("arm", straddling)], { mostBlocks: 12 }),
    contextOf(),
  );
  const orders = new Set<string>();
  for (let block = 0; block < 12; block++) {
    const arms = samples.filter((sample) => sample.block === block).map(({ arm }) => arm);
    assertEquals(arms.toSorted(), ["arm", "native", "native-again"]);
    orders.add(arms.join());
  }
  assert(orders.size > 2);
});

const TWO_WORKLOADS = ["quick", "slow"].map((name) =>
  ({ name, title: name, unit: "1/s", better: "larger" }) as const
);

Deno.test("collectPaired() runs a degraded arm once, on one workload", async () => {
  const { samples, ratios } = await collectPaired(
    planOf([...NATIVES, driver("arm", steady(10), { degraded: "no KVM" })], {
      workloads: TWO_WORKLOADS,
    }),
    contextOf(),
  );
  assertEquals(samples.filter(({ arm }) => arm === "arm").length, 1);
  assertEquals(ratios.find(({ arm }) => arm === "arm")?.n, 1);
});

Deno.test("collectPaired() gives open workloads equal time, not equal blocks", async () => {
  const drivers = ["native", "native-again", "arm"].map((name): ArmDriver => ({
    arm: { ...NEW_ARM, name, title: name },
    measure: (workload, block) =>
      Promise.resolve({
        ...measurement(name === "arm" ? (block % 2 === 0 ? 94 : 96) : 100),
        durationSeconds: workload === "quick" ? 1 : 4,
      }),
  }));
  let left = 150;
  const { samples } = await collectPaired(
    planOf(drivers, { workloads: TWO_WORKLOADS }),
    contextOf({ remainingSeconds: () => left-- }),
  );
  const runs = (workload: string) =>
    samples.filter((sample) => sample.workload === workload).length;
  assert(runs("quick") > 3 * runs("slow"), `${runs("quick")} quick, ${runs("slow")} slow`);
});

Deno.test("collectPaired() begins no second workload before the first has an interval", async () => {
  let left = 40;
  const { ratios } = await collectPaired(
    planOf([...NATIVES, driver("arm", () => 99)], { workloads: TWO_WORKLOADS }),
    contextOf({ remainingSeconds: () => left-- }),
  );
  const own = ratios.filter(({ arm }) => arm === "arm");
  assertEquals(own.map(({ low }) => low !== null), [true, false]);
});

Deno.test("collectPaired() runs an arm only on the workloads that it is judged on", async () => {
  const { samples } = await collectPaired(
    planOf([...NATIVES, driver("arm", () => 99)], {
      workloads: TWO_WORKLOADS,
      judged: ["arm", "native-again"],
      judges: (arm, workload) => (arm === "arm") === (workload === "slow"),
    }),
    contextOf(),
  );
  const workloadsOf = (wanted: string) => [
    ...new Set(samples.filter(({ arm }) => arm === wanted).map(({ workload }) => workload)),
  ];
  assertEquals(workloadsOf("arm"), ["slow"]);
  assertEquals(workloadsOf("native-again"), ["quick", "slow"]);
});

Deno.test("collectPaired() takes figures that are printed coarsely as they come", async () => {
  const coarse = ["native", "native-again", "arm"].map((name): ArmDriver => ({
    arm: { ...NEW_ARM, name, title: name },
    measure: () =>
      Promise.resolve({
        ...measurement(100),
        details: { operations: 10, bytes: 2, seconds: 1 },
        coarse: true,
      }),
  }));
  const { samples } = await collectPaired(planOf(coarse), contextOf());
  assertEquals(samples.filter(({ failure }) => failure !== null), []);
  assertEquals(samples.some((sample) => "coarse" in sample), false);
});

Deno.test("collectPaired() gives an arm up that keeps failing, and keeps the failures", async () => {
  const broken = new Problem({ action: "run fio", condition: "it printed garbage" });
  const { samples } = await collectPaired(
    planOf([...NATIVES, driver("arm", () => broken)]),
    contextOf(),
  );
  const own = samples.filter(({ arm }) => arm === "arm");
  assertEquals(own.length, 3);
  assertEquals(own[0]?.failure, "Cannot run fio: it printed garbage.");
});

Deno.test("collectPaired() ends within its time, and says so", async () => {
  let left = 20;
  const { stopped, samples } = await collectPaired(
    planOf([...NATIVES, driver("arm", straddling)]),
    contextOf({ remainingSeconds: () => left-- }),
  );
  assertEquals(stopped, "budget");
  assert(samples.length >= 15 && samples.length <= 20);
});

Deno.test("collectPaired() ends where a run is cancelled, without a failed sample", async () => {
  const { samples, stopped } = await collectPaired(
    planOf([...NATIVES, driver("arm", (_, block) => block < 2 ? 95 : null)]),
    contextOf({ overBecause: () => "interrupted" }),
  );
  assertEquals(stopped, "interrupted");
  assertEquals(samples.filter(({ failure }) => failure !== null), []);
});

Deno.test("collectPaired() resumes after the block in which an interrupted run ended", async () => {
  const plan = planOf([...NATIVES, driver("arm", straddling)], { mostBlocks: 12 });
  const whole = await collectPaired(plan, contextOf());
  const kept: Sample[] = [];
  const earlier = whole.samples.slice(0, 10);
  const resumed = await collectPaired(
    plan,
    contextOf({ keep: (sample) => void kept.push(sample) }),
    earlier,
  );
  assertEquals(resumed.samples, [...earlier, ...kept]);
  const runs = (samples: readonly Sample[]) => samples.map(({ arm, block }) => [arm, block]);
  assertEquals(runs(kept), runs(whole.samples.slice(12)));
});

Deno.test("collectPaired() pairs no new arm with the reference of an earlier run", async () => {
  const drivers = [...NATIVES, driver("arm", steady(70))];
  const before = await collectPaired(planOf([...NATIVES, driver("arm", straddling)]), contextOf());
  const earlier = before.samples.filter(({ arm }) => arm !== "arm");
  const { samples } = await collectPaired(
    planOf(drivers, { mostBlocks: 55 }),
    contextOf(),
    earlier,
  );
  assert(samples.filter(({ arm }) => arm === "arm").every(({ block }) => block >= 40));
});

Deno.test("collectPaired() takes figures that a tool printed before for a failure", async () => {
  const details = { operations: 1000, runtimeSeconds: 0.5, latencyMeanSeconds: 1.234567e-4 };
  const stale = NATIVES.map(({ arm }): ArmDriver => ({
    arm,
    measure: () => Promise.resolve({ ...measurement(5), details }),
  }));
  const { samples } = await collectPaired(
    planOf([...stale, driver("arm", steady(5))], { mostBlocks: 2 }),
    contextOf(),
  );
  const natives = samples.filter(({ arm }) => arm !== "arm");
  assertEquals(natives.filter(({ value }) => value !== null).length, 1);
});

Deno.test("collectPaired() keeps a plan's own fields out of the result", async () => {
  const workload = { name: "w", title: "w", unit: "1/s", better: "larger", job: {} } as const;
  const plan = planOf([...NATIVES, driver("arm", steady(70))], { workloads: [workload] });
  const { workloads } = await collectPaired(plan, contextOf());
  assertEquals(workloads.map((data) => Object.keys(data)), [["name", "title", "unit", "better"]]);
});

Deno.test("collectPaired() goes on until two arms are decided against each other", async () => {
  // Both are far from the reference at once; what one loses beside the other shows later.
  const close = (value: number): Answer => (_, block) => value * (1 + 0.004 * (block % 5));
  const drivers = [...NATIVES, driver("long", steady(90)), driver("both", close(89))];
  const order = { long: { high: 1, medium: 0 }, both: { high: 1, medium: 0 } };
  const plan = planOf(drivers, { judged: ["long", "both"], stoppingThresholds: order });
  const alone = await collectPaired(plan, contextOf());
  const against = { long: "both", both: "long" };
  const paired = await collectPaired({ ...plan, against }, contextOf());
  const blocksOf = (arm: string, { samples }: typeof paired) =>
    samples.filter((sample) => sample.arm === arm).length;
  assert(blocksOf("long", paired) > blocksOf("long", alone));
  assertEquals(blocksOf("long", paired), blocksOf("both", paired));
});

Deno.test("collectPaired() gives an arm up where the one that it is judged against is broken", async () => {
  const broken = driver("both", () => new Problem({ action: "run", condition: "it broke" }));
  const plan = planOf([...NATIVES, driver("long", steady(90)), broken], {
    judged: ["long", "both"],
    against: { long: "both", both: "long" },
  });
  const { samples } = await collectPaired(plan, contextOf());
  assertEquals(samples.filter(({ arm }) => arm === "long").length, 3);
});
