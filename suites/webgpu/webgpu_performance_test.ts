import { assert, assertEquals, assertRejects } from "@std/assert";
import { MissingTool } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { needing, playedPlaces } from "../testing/played_gpu.ts";
import { NEW_ARM } from "../arms.ts";
import { GpuGuard } from "../gpu/gpu_guard.ts";
import { commandResult, gpuPlaces, sampleSubject, scriptedPlace } from "../testing/scripted_gpu.ts";
import type { Places } from "../places.ts";
import { watchedHost } from "../testing/watched_host.ts";
import { prepareWebgpuPerformance, WEBGPU_WORKLOADS, webgpuArm } from "./webgpu_performance.ts";

const subject = sampleSubject();
const UNKNOWN = {
  memoryBytesPerSecond: null,
  flopsPerSecond: null,
  linkBytesPerSecond: null,
  peer: null,
  linkGeneration: null,
  linkWidth: null,
  link: null,
};
const NAMES = WEBGPU_WORKLOADS.map(({ name }) => name);
const ARMS = ["native", "native-again", "webgpu"];
const options = (workloads: readonly string[], arms = ARMS) => (
  { needs: needing(arms, workloads), mostBlocks: 1 }
);

Deno.test("prepareWebgpuPerformance() measures every workload by CUDA and by WebGPU", async () => {
  const { drivers, workloads } = await prepareWebgpuPerformance(
    await playedPlaces("one-gpu"),
    options(NAMES),
  );
  assertEquals([drivers.length, workloads.length], [3, NAMES.length]);
  for (const { name } of workloads) {
    for (const { arm, measure } of drivers) {
      const measured = await measure(name, 0);
      assertEquals(measured?.failure, null, `${arm.name} ${name}`);
      assert((measured?.value ?? 0) > 0);
    }
  }
});

Deno.test("prepareWebgpuPerformance() needs an adapter that is the GPU", async () => {
  const preparing = async (machine: string) =>
    await prepareWebgpuPerformance(await playedPlaces(machine), options(["launch"]));
  await assertRejects(() => preparing("mig"), MissingTool, "part of a GPU");
});

/** Places whose WebGPU is this machine's own, and whose nvidia-smi tells nothing. */
function livePlaces(host: Host, adapterName?: string): Places {
  const isDeno = (argv: readonly string[]) => argv[0] === Deno.execPath();
  return gpuPlaces(watchedHost(host, async (request) => {
    if (!isDeno(request.argv)) return commandResult();
    const run = await host.run(request);
    if (adapterName === undefined) return run;
    const { adapter, ...others } = JSON.parse(run.stdout);
    const renamed = { ...adapter, description: adapterName, device: "1", isFallbackAdapter: false };
    return { ...run, stdout: JSON.stringify({ adapter: renamed, ...others }) };
  }));
}

Deno.test("webgpuArm() works for real, but believes no figure of another adapter", async () => {
  const host = await liveHost();
  try {
    const [small] = WEBGPU_WORKLOADS.filter(({ name }) => name === "launch");
    assert(small !== undefined);
    const request = { operation: "launch", size: 32, repeats: 2 } as const;
    const workloads = [{ ...small, request }];
    const measure = (name?: string) => {
      const places = livePlaces(host, name);
      const guard = new GpuGuard(places.host, null);
      const setting = {
        places,
        guard,
        subject,
        ceilings: UNKNOWN,
        cuda: scriptedPlace(() => ({})),
      };
      const arm = { ...NEW_ARM, name: "webgpu", title: "WebGPU" };
      return webgpuArm(arm, "webgpu", { ...setting, workloads }).measure("launch", 0);
    };
    const measured = await measure("NVIDIA Q200 80GB");
    assertEquals(measured?.failure, null);
    assert((measured?.value ?? 0) > 0);
    const playing = await measure();
    assertEquals(playing?.value, null);
    assert(
      playing?.failure?.includes("the adapter was the software adapter"),
      `${playing?.failure}`,
    );
  } finally {
    await host.close();
  }
});
