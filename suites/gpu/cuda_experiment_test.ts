import { assert, assertEquals, assertRejects } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import type { CommandResult } from "../../runners/host.ts";
import { needing, playedPlaces, runs } from "../testing/played_gpu.ts";
import { commandResult } from "../testing/scripted_gpu.ts";
import { prepareGpuCompute } from "./compute.ts";
import { type CudaFigures, measurementOf } from "./cuda_experiment.ts";
import { prepareGpuLatency } from "./latency.ts";
import { prepareGpuTransfer } from "./transfer.ts";

const ALL = ["native", "native-again", "container"];
const options = (workloads: readonly string[], arms = ALL) => (
  { needs: needing(arms, workloads), mostBlocks: 1 }
);

function outcome(command: Partial<CommandResult>, failure: string | null = null) {
  return { argv: ["x"], command: commandResult(command), failure };
}

const FIGURES: CudaFigures = { value: 2, details: { a: 1 }, doubt: null, timedSeconds: 0.9 };

Deno.test("measurementOf() keeps the figures, with what was seen of the GPU", () => {
  const { value, details, failure } = measurementOf(outcome({}), { b: 2 }, () => FIGURES);
  assertEquals({ value, details, failure }, { value: 2, details: { a: 1, b: 2 }, failure: null });
});

Deno.test("measurementOf() says which figures are printed coarsely", async () => {
  const coarse = { ...FIGURES, coarse: true };
  assertEquals(measurementOf(outcome({}), {}, () => coarse).coarse, true);
  assertEquals("coarse" in measurementOf(outcome({}), {}, () => FIGURES), false);
  const plan = await prepareGpuLatency(await playedPlaces("vgpu-guest"), options(["launch"]));
  assertEquals((await plan.drivers[0]?.measure("launch", 0))?.coarse, true);
});

Deno.test("measurementOf() has no value where the place, the command or the figures failed", () => {
  const failing = (): CudaFigures => {
    throw new Problem({ action: "read it", condition: "it is garbage" });
  };
  const doubted = () => ({ ...FIGURES, doubt: "more than can be" });
  const cases = [
    [outcome({}, "docker failed"), () => FIGURES, "docker failed"],
    [outcome({ ended: "timed-out" }), () => FIGURES, "timed-out"],
    [outcome({}), failing, "it is garbage"],
    [outcome({}), doubted, "more than can be"],
    [outcome({ durationSeconds: 0.5 }), () => FIGURES, "it timed 0.9 s in a process of 0.5 s"],
  ] as const;
  for (const [given, figures, words] of cases) {
    const { value, failure, details } = measurementOf(given, { b: 2 }, figures);
    assertEquals([value, details["b"]], [null, 2]);
    assert(failure?.includes(words), failure ?? "no failure");
  }
  assertEquals(measurementOf(outcome({}), {}, doubted).details, { a: 1 });
});

Deno.test("the experiments of CUDA programs measure every workload in every arm", async () => {
  const places = await playedPlaces("one-gpu");
  const plans = [
    await prepareGpuCompute(places, options(["matrix-product", "n-body"])),
    await prepareGpuLatency(places, options(["launch", "host-read"])),
    await prepareGpuTransfer(places, options(["host-to-device", "device-to-host", "on-device"])),
  ];
  for (const { drivers, workloads, unavailable } of plans) {
    assertEquals([drivers.length, unavailable], [3, []]);
    for (const { name } of workloads) {
      for (const { arm, measure } of drivers) {
        const measured = await measure(name, 0);
        assertEquals(measured?.failure, null, `${arm.name} ${name}`);
        assert((measured?.value ?? 0) > 0);
      }
    }
  }
});

Deno.test("prepareCudaExperiment() leaves out peers where there are none, and arms that cannot be", async () => {
  const places = await playedPlaces("lost-gpu");
  const plan = await prepareGpuTransfer(places, options(["host-to-device", "peer"]));
  assertEquals(plan.workloads.map(({ name }) => name), ["host-to-device"]);
  assertEquals(plan.unavailable.map(({ name }) => name), ["container"]);
  const eight = await prepareGpuTransfer(
    await playedPlaces("eight-gpus"),
    options(["peer"], ["native", "native-again"]),
  );
  const measured = await eight.drivers[0]?.measure("peer", 0);
  assertEquals(measured?.failure, null);
  assert((measured?.details["nvlinkBytesPerSecond"] ?? 0) > (measured?.value ?? Infinity));
});

Deno.test("prepareCudaExperiment() lacks CUDA's programs where none is here", async () => {
  const places = await playedPlaces("one-gpu", { cudaSamples: null });
  const preparing = () => prepareGpuCompute(places, options(["n-body"]));
  assertEquals((await assertRejects(preparing, MissingTool)).lacks, "cuda");
});

Deno.test("cudaArm() gives nothing where the run was ended, and a failure where it hung", async () => {
  for (const ended of ["cancelled", "timed-out"] as const) {
    const places = await playedPlaces("one-gpu", {
      instead: (request) =>
        runs(request, "nbody") ? Promise.resolve(commandResult({ ended, status: null })) : null,
    });
    const plan = await prepareGpuCompute(places, options(["n-body"], ["native"]));
    const measured = await plan.drivers[0]?.measure("n-body", 0);
    if (ended === "cancelled") assertEquals(measured, null);
    else assertEquals(measured?.failure, "the command ended: timed-out");
  }
});

Deno.test("cudaArm() sets aside what a stranger disturbed, and refuses one that was there before", async () => {
  let stranger = "";
  const places = await playedPlaces("one-gpu", {
    instead: ({ argv }, played) =>
      argv.some((word) => word.startsWith("--query-compute-apps")) && stranger !== ""
        ? played().then((result) => ({ ...result, stdout: stranger }))
        : null,
  });
  const plan = await prepareGpuCompute(places, options(["n-body"], ["native"]));
  stranger = "77, 512\n";
  const measured = await plan.drivers[0]?.measure("n-body", 0);
  assertEquals(measured?.setAside, "another process was on the GPU (process 77)");
  await assertRejects(() => prepareGpuCompute(places, options(["n-body"])), MissingTool, "77");
});

Deno.test("cudaArm() fails at once with the driver's words when the GPU was lost", async () => {
  let isLost = false;
  const asked: string[] = [];
  const gone = commandResult({ status: 15, stdout: "GPU is lost.  Reboot the system\n" });
  const places = await playedPlaces("one-gpu", {
    instead({ argv }) {
      asked.push(argv.join(" "));
      return isLost ? Promise.resolve(gone) : null;
    },
  });
  const plan = await prepareGpuCompute(places, options(["n-body"], ["native", "native-again"]));
  isLost = true;
  const [first, second] = plan.drivers;
  assertEquals((await first?.measure("n-body", 0))?.value, null);
  asked.length = 0;
  await assertRejects(async () => await second?.measure("n-body", 0), Problem, "GPU is lost");
  assertEquals(asked, []);
});

Deno.test("prepareGpuLatency() reads no host memory where it may not go over PCIe, and says so", async () => {
  for (const machine of ["passthrough-guest", "vgpu-guest", "mig"]) {
    const plan = await prepareGpuLatency(
      await playedPlaces(machine),
      options(["launch", "host-read"], ["native"]),
    );
    assertEquals(plan.workloads.map(({ name }) => name), ["launch"], machine);
    assert(plan.title.endsWith("is not known to reach host memory over PCIe)"), plan.title);
  }
  const bare = await prepareGpuLatency(
    await playedPlaces("one-gpu"),
    options(["launch", "host-read"], ["native"]),
  );
  assertEquals(bare.workloads.map(({ name }) => name), ["launch", "host-read"]);
});
