import { assertEquals, assertStringIncludes } from "@std/assert";
import { CUDA_PROGRAMS } from "../runners/cuda/cuda_programs.ts";
import { gpuCures, type GpuFindings } from "./doctor_gpus.ts";
import type { GpuDescription } from "./result.ts";
import { sampleGpu } from "./testing/gpus.ts";

const PROGRAMS: GpuFindings = { nodes: 0, cudaPrograms: CUDA_PROGRAMS };
const IN_A_GUEST = "inside a KVM guest (example)";

function lacks(
  gpus: readonly GpuDescription[] | null,
  { environment = "bare metal", ...found }: Partial<GpuFindings> & {
    readonly environment?: string;
  } = {},
): string[] {
  return gpuCures({ gpus, environment }, { ...PROGRAMS, ...found }).map(([name]) => name).sort();
}

const ALL = ["baseline", "gpu", "gpu-guest", "gpus", "mig", "vgpu"];
const CASES: Record<string, [lacking: string[], expected: string[]]> = {
  "no GPU": [lacks([]), ALL],
  "one GPU": [lacks([sampleGpu()]), ALL.filter((name) => name !== "gpu")],
  "two GPUs": [lacks([sampleGpu(), sampleGpu()]), ["baseline", "gpu-guest", "mig", "vgpu"]],
  "a GPU that is lost": [lacks([sampleGpu({ lost: "GPU is lost", mig: true })]), ALL],
  "two GPUs of which one is lost": [
    lacks([sampleGpu(), sampleGpu({ lost: "GPU is lost" })]),
    ALL.filter((name) => name !== "gpu"),
  ],
  "a driver that does not answer, with two nodes": [
    lacks(null, { nodes: 2 }),
    ["baseline", "gpu-guest", "mig", "vgpu"],
  ],
  "a driver that does not answer, without a node": [lacks(null), ALL],
  "a node that the driver knows nothing of": [lacks([], { nodes: 1 }), ALL],
  "a divided GPU": [lacks([sampleGpu({ mig: true })]), ["baseline", "gpu-guest", "gpus", "vgpu"]],
  "a GPU in a guest": [
    lacks([sampleGpu({ virtualizationMode: "vgpu" })], { environment: IN_A_GUEST }),
    ["baseline", "gpus", "mig"],
  ],
  "a guest without a GPU": [lacks([], { environment: IN_A_GUEST }), ALL],
  "a container of a guest": [
    lacks([sampleGpu()], { environment: `in a container, ${IN_A_GUEST}` }),
    ALL.filter((name) => name !== "gpu"),
  ],
  "a GPU without CUDA programs": [
    lacks([sampleGpu()], { cudaPrograms: ["matrixMul"] }),
    ["baseline", "cuda", "gpu-guest", "gpus", "mig", "vgpu"],
  ],
  "a GPU without programs that no check runs": [
    lacks([sampleGpu()], {
      cudaPrograms: CUDA_PROGRAMS.filter((name) => name !== "bandwidthTest"),
    }),
    ALL.filter((name) => name !== "gpu"),
  ],
};
for (const [words, [lacking, expected]] of Object.entries(CASES)) {
  Deno.test(`gpuCures() knows what a host with ${words} lacks`, () => {
    assertEquals(lacking, expected);
  });
}

const CURES: Record<string, [gpus: GpuDescription[] | null, need: string, says: string]> = {
  "is lost": [[sampleGpu({ lost: "GPU is lost" })], "gpu", "GPU is lost): reset it, or reboot"],
  "does not answer": [null, "gpu", "nvidia-smi does not answer"],
  "has MIG off": [[sampleGpu({ mig: false })], "mig", "-mig 1"],
  "has no MIG": [[sampleGpu({ mig: null })], "mig", "can be divided by MIG"],
  "is on bare metal": [[sampleGpu()], "gpu-guest", "run cellproof in that guest"],
};
for (const [words, [gpus, need, says]] of Object.entries(CURES)) {
  Deno.test(`gpuCures() says what to do where the GPU ${words}`, () => {
    const cures = new Map(gpuCures({ gpus, environment: "bare metal" }, PROGRAMS));
    assertStringIncludes(cures.get(need) ?? "", says);
  });
}

Deno.test("gpuCures() names the CUDA programs that are missing", () => {
  const found = CUDA_PROGRAMS.filter((name) => name !== "nbody");
  const cures = gpuCures({ gpus: [], environment: "" }, { nodes: 0, cudaPrograms: found });
  assertStringIncludes(new Map(cures).get("cuda") ?? "", "Missing: nbody.\n");
});
