/**
 * Whether OpenCL offers the host's GPUs as devices.
 *
 * @module
 */
import { clinfoArguments, type OpenClPlatform, parseClinfoList } from "../../runners/gpu/opencl.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Host } from "../../runners/host.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { type Open, open } from "../topology/reading.ts";
import { type GpuReading, lostOne, working } from "./gpu_reading.ts";

export const OPENCL = "gpu-inventory/opencl-device";
const TIMEOUT_SECONDS = 30;
const NVIDIA_PLATFORM = /\bNVIDIA\b/;

/**
 * "the GPU is an OpenCL device"
 *
 * @throws {Problem} where clinfo is missing, or does not answer
 */
export async function openclDevice(
  host: Host,
  reading: Pick<GpuReading, "gpus">,
): Promise<Observation> {
  const gpus = working(reading.gpus);
  const names = gpus.flatMap(({ name }) => name ?? []);
  const not = lostOne(reading) ?? withoutOpenCl(gpus);
  if (not !== null) return lacking(OPENCL, not.because, not.lacks);
  const argv = ["clinfo", ...clinfoArguments()] as const;
  const list = async (own: Readonly<Record<string, string>>) => {
    // NVIDIA's driver hides from OpenCL, too, what CUDA is not to see.
    const env = { CUDA_VISIBLE_DEVICES: gpus.map((_, index) => index).join(","), ...own };
    return parseClinfoList(await host.run({ argv, env, timeoutSeconds: TIMEOUT_SECONDS }));
  };
  const platforms = await list({});
  const value = platforms.some(({ devices }) => offersAll(devices, names));
  if (!value && !platforms.some(({ platform }) => NVIDIA_PLATFORM.test(platform))) {
    const because = "NVIDIA's OpenCL driver is not among the platforms " +
      `(${platforms.map(({ platform }) => platform).join(", ") || "none"}): install it, and its ` +
      "entry in /etc/OpenCL/vendors";
    return lacking(OPENCL, because, "tools");
  }
  // The loader of OpenCL's drivers looks nowhere else.
  const without = await list({ OCL_ICD_VENDORS: "/nonexistent" });
  const none = devicesOf(without);
  return observed(OPENCL, {
    value,
    seen: `OpenCL offers ${counted(devicesOf(platforms)) || "no device"}; the GPUs are ${
      counted(names)
    }`,
    controls: [
      positive(
        "OpenCL's loader finds a platform",
        platforms.length > 0,
        platforms.map(({ platform }) => platform).join(", ") || "none",
      ),
      negative(
        "without a driver OpenCL offers none of them",
        names.every((name) => !none.includes(name)),
        none.join(", ") || "none",
      ),
    ],
  });
}

/** Why OpenCL's devices cannot be told to be these GPUs; null where they can. */
function withoutOpenCl(gpus: readonly GpuRecord[]): Open | null {
  if (gpus.length === 0) return open("No GPU is told of", "gpu");
  if (gpus.some(({ name }) => name === null)) return open("The driver does not tell a GPU's name");
  if (gpus.some(({ virtualizationMode }) => virtualizationMode === "host-vgpu")) {
    return open("The driver of a vGPU host has no OpenCL: run cellproof in its guest", "gpu-guest");
  }
  return gpus.some(({ mig }) => mig.current === true)
    ? open("OpenCL offers MIG instances, not the GPU, while it is in MIG mode")
    : null;
}

/** Whether each name is there as often as it is wanted: GPUs of one model have one name. */
function offersAll(devices: readonly string[], names: readonly string[]): boolean {
  const times = (all: readonly string[], name: string) =>
    all.filter((other) => other === name).length;
  return names.every((name) => times(devices, name) >= times(names, name));
}

/** "NVIDIA T4, 8 times NVIDIA A100-SXM4-40GB" */
function counted(names: readonly string[]): string {
  const groups = [...Map.groupBy(names, (name) => name)];
  return groups.map(([name, { length }]) => length === 1 ? name : `${length} times ${name}`)
    .join(", ");
}

function devicesOf(platforms: readonly OpenClPlatform[]): string[] {
  return platforms.flatMap(({ devices }) => devices);
}
