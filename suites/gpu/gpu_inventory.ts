/**
 * The probe `gpu-inventory`: what nvidia-smi, sysfs and clinfo tell of the host's GPUs.
 *
 * @module
 */
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import { clinfoArguments, parseClinfoList } from "../../runners/gpu/opencl.ts";
import { readVgpuUse } from "../../runners/gpu/vgpu_utilization.ts";
import type { Host } from "../../runners/host.ts";
import { readInventory } from "../../runners/inventory/inventory.ts";
import { shorten } from "../../problem.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type CollectProbe, lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { Reading } from "../topology/reading.ts";
import { gpuInventory } from "./gpu_place.ts";
import { type GpuReading, sameInSysfs, working } from "./gpu_reading.ts";
import { infinibandActive, noGpuPeer, nvlinkPeers, oneGpu, twoToEightGpus } from "./host_gpus.ts";
import { nvlink300To600, pcie16To32, pcie3Or4 } from "./links.ts";
import { controlNode, deviceNode, memory8To24, physicalGpu } from "./nodes.ts";
import { activeVgpus, partitioned, vgpuGiven, vgpuScheduled } from "./partitions.ts";

/** A GPU that no host has. */
const NO_SUCH_GPU = "GPU-00000000-0000-0000-0000-000000000000";
const OPENCL = "gpu-inventory/opencl-device";
const TIMEOUT_SECONDS = 30;

/** What each observation is asked of the readings. */
const QUESTIONS = {
  "gpu-inventory/one-gpu": oneGpu,
  "gpu-inventory/two-to-eight-gpus": twoToEightGpus,
  "gpu-inventory/no-gpu-peer": noGpuPeer,
  "gpu-inventory/nvlink-peers": nvlinkPeers,
  "gpu-inventory/infiniband-active": infinibandActive,
  "gpu-inventory/pcie-3-or-4-x16": pcie3Or4,
  "gpu-inventory/pcie-16-to-32-gb/s": pcie16To32,
  "gpu-inventory/nvlink-300-to-600-gb/s": nvlink300To600,
  "gpu-inventory/memory-8-to-24-gb": memory8To24,
  "gpu-inventory/device-node": deviceNode,
  "gpu-inventory/control-node": controlNode,
  "gpu-inventory/physical-gpu": physicalGpu,
  "gpu-inventory/partitioned": partitioned,
  "gpu-inventory/vgpu-given": vgpuGiven,
} as const satisfies Partial<Record<ObservationName, (reading: GpuReading) => Reading>>;

/** Collects every observation of the probe `gpu-inventory`. */
export const collectGpuInventory: CollectProbe = async (places: Places) => {
  const { host } = places;
  const readings: Record<string, unknown> = {};
  const observations = await attempt(observationsOf("gpu-inventory"), async () => {
    const gpus = await gpuInventory(places);
    const { inventory, text } = await readInventory(host);
    Object.assign(readings, gpus.texts, { "host-inventory.txt": text });
    const reading = { gpus, host: inventory };
    const controls = [sameInSysfs(reading), await noOtherGpu(host)];
    const asked = Object.entries(QUESTIONS).map(([name, ask]) =>
      observationOf(name as keyof typeof QUESTIONS, ask(reading), controls)
    );
    const uses = activeVgpus(reading).length === 0 ? null : await readVgpuUse(host);
    const scheduled = vgpuScheduled(reading, uses);
    return [
      ...asked,
      observationOf("gpu-inventory/vgpu-scheduled", scheduled, controls),
      ...await attempt([OPENCL], async () => [await openclDevice(host, gpus)]),
    ];
  });
  return { observations, readings };
};

/** A reading as an observation. */
export function observationOf(
  name: ObservationName,
  reading: Reading,
  controls: readonly Control[],
): Observation {
  if (reading.value === null) return lacking(name, reading.because, reading.lacks);
  const { value, seen, controls: own = [] } = reading;
  return observed(name, { value, seen, controls: [...controls, ...own] });
}

/** The driver tells nothing of a GPU that is not there. */
async function noOtherGpu(host: Host): Promise<Control> {
  const argv = ["nvidia-smi", "-L", "-i", NO_SUCH_GPU] as const;
  const { status, stdout, stderr } = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  const said = stdout.trim() || stderr.trim();
  const held = status !== null && !/^GPU \d+:/m.test(stdout);
  return negative("the driver tells nothing of a GPU that is not there", held, shorten(said, 120));
}

/** "the GPU is an OpenCL device" */
async function openclDevice(host: Host, gpus: GpuInventory): Promise<Observation> {
  const argv = ["clinfo", ...clinfoArguments()] as const;
  const list = async (env: Readonly<Record<string, string>>) =>
    parseClinfoList(await host.run({ argv, env, timeoutSeconds: TIMEOUT_SECONDS }));
  const platforms = await list({});
  // The loader of OpenCL's drivers looks nowhere else.
  const without = await list({ OCL_ICD_VENDORS: "/nonexistent" });
  const names = working(gpus).flatMap(({ name }) => name ?? []);
  const devices = platforms.flatMap((platform) => platform.devices);
  const none = without.flatMap((platform) => platform.devices);
  return observed(OPENCL, {
    value: names.length > 0 && names.every((name) => devices.includes(name)),
    seen: `OpenCL offers ${devices.join(", ") || "no device"}; the GPUs are ${names.join(", ")}`,
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
