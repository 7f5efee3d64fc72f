import { assertEquals, assertRejects } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import type { AdapterInfo } from "../../runners/webgpu/webgpu_view.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { playedPlaces } from "../testing/played_gpu.ts";
import { commandResult, gpuPlaces, sampleSubject } from "../testing/scripted_gpu.ts";
import { gpuSubject } from "../gpu/gpu_place.ts";
import { isDevice, refuseOtherDevice } from "./same_device.ts";

function adapter(description: string, device = "9019"): AdapterInfo {
  return { vendor: "4318", architecture: "", device, description, isFallbackAdapter: false };
}

Deno.test("isDevice() knows a model by its whole name alone", () => {
  const cases = [
    ["NVIDIA H200", "NVIDIA H200", true],
    ["NVIDIA H200/PCIe/SSE2", "NVIDIA H200", true],
    ["Tesla T4", "Tesla T4", true],
    ["NVIDIA A100-SXM4-40GB", "NVIDIA A10", false],
    ["NVIDIA GeForce RTX 3080 Ti", "NVIDIA GeForce RTX 3080", false],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", "NVIDIA H200", false],
    ["", "NVIDIA H200", false],
  ] as const;
  for (const [description, name, expected] of cases) {
    assertEquals(isDevice(adapter(description), name), expected, description);
  }
  assertEquals(isDevice(adapter("", "NVIDIA H200"), "NVIDIA H200"), true);
  assertEquals(isDevice(adapter("NVIDIA H200"), null), false);
  assertEquals(
    isDevice({ ...adapter("NVIDIA H200"), isFallbackAdapter: true }, "NVIDIA H200"),
    false,
  );
});

Deno.test("refuseOtherDevice() refuses the processor that plays a GPU, by a real run", async () => {
  const host = await liveHost();
  try {
    const refused = () => refuseOtherDevice(gpuPlaces(host), sampleSubject());
    const { lacks } = await assertRejects(refused, MissingTool, "plays a GPU");
    assertEquals(lacks, "webgpu");
  } finally {
    await host.close();
  }
});

Deno.test("refuseOtherDevice() lets the same GPU pass, and no part of one", async () => {
  const one = await playedPlaces("one-gpu");
  const subject = await gpuSubject(one);
  await refuseOtherDevice(one, subject);
  const other = { ...subject, gpu: { ...subject.gpu, name: "NVIDIA H100" } };
  await assertRejects(() => refuseOtherDevice(one, other), MissingTool, "is not NVIDIA H100");
  const mig = await playedPlaces("mig");
  const instance = await gpuSubject(mig);
  await assertRejects(() => refuseOtherDevice(mig, instance), MissingTool, "part of a GPU");
});

Deno.test("refuseOtherDevice() lacks WebGPU where another working GPU has the same name", async () => {
  const withSecond = async (change: (text: string) => string) => {
    const places = await playedPlaces("one-gpu", {
      instead: ({ argv }, played) =>
        argv.includes("-x")
          ? played().then((run) => ({ ...run, stdout: change(run.stdout) }))
          : null,
    });
    await refuseOtherDevice(places, await gpuSubject(places));
  };
  const second = (name: string) => (text: string) =>
    text.replace(
      /<gpu id=[^]*<\/gpu>/,
      (gpu) =>
        gpu + gpu.replaceAll(/GPU-[0-9a-f-]+/g, "GPU-second")
          .replace(/<product_name>.*</, `<product_name>${name}<`),
    );
  await withSecond(second("NVIDIA A2"));
  const refused = () => withSecond(second("NVIDIA H100 PCIe"));
  const { lacks } = await assertRejects(refused, MissingTool, "cannot be told apart");
  assertEquals(lacks, "webgpu");
});

Deno.test("refuseOtherDevice() lacks WebGPU where there is no adapter, and fails at what it cannot read", async () => {
  const saying = async (stdout: string) => {
    const places = await playedPlaces("bare-a40", {
      instead: ({ argv }) =>
        argv[0] === Deno.execPath() ? Promise.resolve(commandResult({ stdout })) : null,
    });
    return await assertRejects(
      async () => await refuseOtherDevice(places, await gpuSubject(places)),
      Problem,
    );
  };
  for (const words of ["WebGPU has no adapter here", "there is no navigator.gpu"]) {
    const problem = await saying(JSON.stringify({ error: `Error: ${words}` }));
    assertEquals(problem instanceof MissingTool && problem.lacks, "webgpu");
  }
  for (const broken of ["{}", '{"error":"Error: device lost"}']) {
    assertEquals(await saying(broken) instanceof MissingTool, false);
  }
});
