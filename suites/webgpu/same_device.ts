/**
 * Whether WebGPU's adapter is the GPU that CUDA measures: else the two say nothing of each other.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { printedBy } from "../../runners/webgpu/webgpu.ts";
import type { AdapterInfo } from "../../runners/webgpu/webgpu_view.ts";
import { parseWebgpuWork, runWebgpuWork, WORK_SECONDS } from "../../runners/webgpu/webgpu_work.ts";
import type { Host } from "../../runners/host.ts";
import { gpuInventory, type GpuSubject } from "../gpu/gpu_place.ts";
import type { Places } from "../places.ts";
import { isSoftware, nameOf } from "./adapter.ts";

/** What the program says where the driver or Deno has none (`programs/webgpu_device.js`). */
const NONE = /WebGPU has no adapter|no navigator\.gpu/;
const CURE =
  "Install the Vulkan part of NVIDIA's driver (libnvidia-gl), and see: vulkaninfo --summary";

/**
 * Asks WebGPU once for its adapter.
 *
 * @throws {MissingTool} where there is none, or it is the processor, or of another model than `subject`,
 * or where another GPU is of the same model
 */
export async function refuseOtherDevice(places: Places, subject: GpuSubject): Promise<void> {
  const { host } = places;
  const { gpu } = subject;
  if (subject.uuid !== gpu.uuid) throw onlyPart(subject);
  const adapter = await adapterOf(host);
  if (isDevice(adapter, gpu.name)) return await refuseTwins(places, subject);
  throw new MissingTool({
    action: "compare WebGPU with CUDA",
    condition: isSoftware(adapter)
      ? "WebGPU's adapter is the processor that plays a GPU"
      : `WebGPU's adapter is not ${gpu.name ?? "the GPU that is measured"}`,
    seen: nameOf(adapter),
    cure: CURE,
  }, "webgpu");
}

/** An adapter tells its model alone: of two GPUs of one model, it may be either. */
async function refuseTwins(places: Places, { uuid, gpu: { name } }: GpuSubject): Promise<void> {
  const { log: { gpus } } = await gpuInventory(places);
  const twins = gpus.filter((other) =>
    other.uuid !== uuid && other.lost === null && (other.name === null || other.name === name)
  );
  if (twins.length === 0) return;
  throw new MissingTool({
    action: "compare WebGPU with CUDA",
    condition: "WebGPU's adapter cannot be told apart from another GPU of the same model",
    seen: `${twins.length + 1} GPUs that are, or may be, ${name}`,
    cure: "Run cellproof where one GPU of each model is there, such as a guest that was given it.",
  }, "webgpu");
}

async function adapterOf(host: Host): Promise<AdapterInfo> {
  const request = { operation: "launch", size: 32, repeats: 1 } as const;
  const printed = printedBy(await runWebgpuWork(host, request), WORK_SECONDS);
  try {
    return parseWebgpuWork(printed).adapter;
  } catch (error) {
    if (!(error instanceof Problem) || !NONE.test(error.parts.seen ?? "")) throw error;
    throw new MissingTool({
      action: "compare WebGPU with CUDA",
      condition: "WebGPU has no adapter here",
      cure: CURE,
    }, "webgpu");
  }
}

function onlyPart({ title }: GpuSubject): MissingTool {
  return new MissingTool({
    action: "compare WebGPU with CUDA",
    condition: `Vulkan, below WebGPU, does not work on a part of a GPU (${title})`,
    cure: "Run cellproof where a GPU is not divided (sudo nvidia-smi -mig 0).",
  }, "webgpu");
}

/** Whether an adapter is a GPU of this model, and not the processor. */
export function isDevice(adapter: AdapterInfo, name: string | null): boolean {
  return !isSoftware(adapter) && isModel(adapter, name);
}

/** Vulkan names a device as NVIDIA's tools do, OpenGL with its bus behind; either without the maker. */
function isModel({ device, description }: AdapterInfo, name: string | null): boolean {
  const model = (text: string) => text.replace(/^NVIDIA /, "").replace(/\/PCIe\b.*$/, "").trim();
  return name !== null && [device, description].some((text) => model(text) === model(name));
}
