import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { MissingTool } from "../../problem.ts";
import type { Measurement } from "../paired.ts";
import { judgeFaster } from "../judge_performance.ts";
import { SWITCHING_COSTS } from "../rules/gpu_performance.ts";
import { gpuExperiment } from "../testing/experiments.ts";
import { gpuEvidence } from "../testing/gpus.ts";
import { needing, playedPlaces, runs } from "../testing/played_gpu.ts";
import { commandResult } from "../testing/scripted_gpu.ts";
import { prepareContention, together } from "./contention.ts";
import { prepareMigContention } from "./mig_contention.ts";

const ALONE = ["native", "native-again", "bare-long"];
const ARMS = [...ALONE, "bare-beside", "bare-both", "container-beside"];
/** So many that the one before them does not show. */
const MANY = 1e9;
const options = (arms: readonly string[]) => (
  { needs: needing(arms, ["n-body"]), mostBlocks: 1 }
);

/** A run of n-body; its loop ends with the process. */
function ran(
  { from, to, seconds, flopsPerSecond, failure = null }: {
    readonly from: number;
    readonly to: number;
    readonly seconds: number;
    readonly flopsPerSecond: number;
    readonly failure?: string | null;
  },
): Measurement {
  return {
    argv: [],
    status: 0,
    startedAt: new Date(from * 1000).toISOString(),
    durationSeconds: to - from,
    value: failure === null ? flopsPerSecond : null,
    details: { flopsPerSecond, seconds, ceiling: 200 },
    failure,
  };
}

/** Six times the work of one, of which it does a half as fast while the other one runs. */
const LONGER = { from: 0, to: 7.5, seconds: 7, flopsPerSecond: 600 / 7 };
const SHORTER = { from: 0.8, to: 3.3, seconds: 2, flopsPerSecond: 50 };

Deno.test("together() is what both did in each second of the longer one", () => {
  const both = together(ran(LONGER), ran(SHORTER), MANY);
  assertEquals(both.failure, null);
  assertAlmostEquals(both.value ?? NaN, 100);
  // The same work, in a longer time: turns that cost something.
  const slower = together(
    ran({ ...LONGER, seconds: 7.2, flopsPerSecond: 600 / 7.2 }),
    ran(SHORTER),
    MANY,
  );
  assertAlmostEquals(slower.value ?? NaN, 700 / 7.2);
});

Deno.test("together() counts the iteration that the shorter one does not time", () => {
  // Ten iterations of ten operations are timed, and one more takes its part of the longer one's time.
  const both = together(
    ran({ ...LONGER, seconds: 7.1, flopsPerSecond: 600 / 7.1 }),
    ran(SHORTER),
    10,
  );
  assertAlmostEquals(both.value ?? NaN, 710 / 7.1);
});

Deno.test("together() has no value where the two did not wholly overlap, or one failed", () => {
  const cases = [
    [LONGER, { ...SHORTER, from: 0.1, to: 2.6 }, "wholly within"],
    [LONGER, { ...SHORTER, from: 5, to: 7.4 }, "wholly within"],
    [LONGER, { ...SHORTER, from: 9, to: 11.5 }, "wholly within"],
    [{ ...LONGER, failure: "it broke" }, SHORTER, "it broke"],
    [LONGER, { ...SHORTER, failure: "that broke" }, "that broke"],
    [LONGER, { ...SHORTER, flopsPerSecond: 900 }, "more than can be"],
  ] as const;
  for (const [longer, shorter, words] of cases) {
    const { value, failure } = together(ran(longer), ran(shorter), MANY);
    assertEquals(value, null);
    assert(failure?.includes(words), failure ?? "no failure");
  }
});

Deno.test("prepareContention() gives two that take turns a half each, natively and in containers", async () => {
  const places = await playedPlaces("one-gpu");
  const { drivers } = await prepareContention(places, options(ARMS));
  const values = new Map<string, number>();
  for (const { arm, measure } of drivers) {
    const measured = await measure("n-body", 0);
    assertEquals([measured?.failure, measured?.setAside], [null, undefined]);
    values.set(arm.name, measured?.value ?? NaN);
  }
  const alone = values.get("native") ?? NaN;
  assertAlmostEquals((values.get("bare-long") ?? NaN) / alone, 1, 0.03);
  for (const arm of ["bare-beside", "container-beside"]) {
    assertAlmostEquals((values.get(arm) ?? NaN) / alone, 0.49, 0.03);
  }
});

Deno.test("contentionArm() fails where the aggressor was gone before the victim ended", async () => {
  let isGone = false;
  const places = await playedPlaces("one-gpu", {
    instead(request, played) {
      if (runs(request, "nbody")) return played().finally(() => isGone = true);
      const asks = request.argv.some((word) => word.startsWith("--query-compute-apps"));
      return asks && isGone ? Promise.resolve(commandResult()) : null;
    },
  });
  const { drivers } = await prepareContention(places, options(["bare-beside"]));
  const measured = await drivers[0]?.measure("n-body", 0);
  assertEquals(measured?.failure, "the process beside it had ended before it did");
  assertEquals(measured?.value, null);
});

Deno.test("contentionArm() gives nothing where the run was ended, and leaves nothing on the GPU", async () => {
  const isAsking = ({ argv }: { readonly argv: readonly string[] }) =>
    argv.some((word) => word.startsWith("--query-compute-apps"));
  for (const [arm, last] of [["bare-beside", 0], ["bare-beside", 1], ["bare-both", 0]] as const) {
    let looks = -1;
    let cancelled = false;
    const places = await playedPlaces("one-gpu", {
      instead(request) {
        // The first look of all is the preparation's.
        if (isAsking(request) && looks++ === last) cancelled = true;
        return cancelled
          ? Promise.resolve(commandResult({ ended: "cancelled", status: null }))
          : null;
      },
    });
    const { drivers } = await prepareContention(places, options([arm]));
    assertEquals(await drivers[0]?.measure("n-body", 0), null, `${arm} ${last}`);
    cancelled = false;
    looks = 9;
    const query = ["nvidia-smi", "--query-compute-apps=pid,used_gpu_memory"] as const;
    const argv = [...query, "--format=csv,noheader,nounits"] as const;
    assertEquals((await places.host.run({ argv, timeoutSeconds: 9 })).stdout, "");
  }
});

Deno.test("prepareContention() needs a whole GPU, prepareMigContention() two instances", async () => {
  const mig = await playedPlaces("mig");
  await assertRejects(() => prepareContention(mig, options(ARMS)), MissingTool, "as a whole");
  const vgpu = await playedPlaces("vgpu-guest");
  await assertRejects(() => prepareContention(vgpu, options(ARMS)), MissingTool, "passed through");
  const one = await playedPlaces("one-gpu");
  const preparing = () => prepareMigContention(one, options(["native"]));
  assertEquals((await assertRejects(preparing, MissingTool)).lacks, "mig");
  const { drivers } = await prepareMigContention(mig, options(["native", "mig-beside"]));
  const values = [];
  for (const { measure } of drivers) values.push((await measure("n-body", 0))?.value ?? NaN);
  assertAlmostEquals((values[1] ?? NaN) / (values[0] ?? NaN), 1, 0.03);
});

Deno.test("prepareContention() compares two that run at once with one that is busy as long", async () => {
  const times: string[] = [];
  const places = await playedPlaces("one-gpu", {
    instead(request) {
      const asked = request.argv.find((word) => word.startsWith("-i="));
      if (runs(request, "nbody") && asked !== undefined) times.push(asked);
      return null;
    },
  });
  const plan = await prepareContention(places, options(["native", "bare-long", "bare-both"]));
  for (const name of ["native", "bare-long", "bare-both"]) {
    await plan.drivers.find(({ arm }) => arm.name === name)?.measure("n-body", 0);
  }
  const [once = NaN, long, longer = NaN, shorter = NaN] = times.map((word) =>
    Number(word.slice(3))
  );
  assertEquals(long, longer + shorter);
  assert(shorter > 2 * once);
  assertEquals(plan.against, { "bare-long": "bare-both", "bare-both": "bare-long" });
});

Deno.test("SWITCHING_COSTS is no matter of a GPU that gets slower while it is busy", () => {
  const verdict = (long: number, both: number) => {
    const cases = { "bare-long": { ratio: long }, "bare-both": { ratio: both } };
    const experiments = [gpuExperiment("contention", cases, { noise: 0.002 })];
    return judgeFaster(SWITCHING_COSTS, gpuEvidence({ experiments })).map((part) => part.verdict);
  };
  assertEquals(verdict(1, 0.95), ["confirmed"]);
  // What is busy for long loses a tenth by its clocks, and nothing by turns.
  assertEquals(verdict(0.9, 0.9), ["inconclusive"]);
  assertEquals(verdict(0.9, 0.92), ["refuted"]);
});
