/**
 * The probe `gpu-inventory`: what nvidia-smi, sysfs and clinfo tell of the host's GPUs.
 *
 * @module
 */
import { readVgpuUse } from "../../runners/gpu/vgpu_utilization.ts";
import type { Host } from "../../runners/host.ts";
import { readInventory } from "../../runners/inventory/inventory.ts";
import { shorten } from "../../problem.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type CollectProbe, lacking, negative, observed, type Probed } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { Reading } from "../topology/reading.ts";
import { gpuInventory } from "./gpu_place.ts";
import { type GpuReading, sameInSysfs } from "./gpu_reading.ts";
import { infinibandActive, noGpuPeer, nvlinkPeers, oneGpu, twoToEightGpus } from "./host_gpus.ts";
import { nvlink300To600, pcie16To32, pcie3Or4 } from "./links.ts";
import { requestMigInstances } from "./mig_instances.ts";
import { controlNode, deviceNode, memory8To24, physicalGpu } from "./nodes.ts";
import { OPENCL, openclDevice } from "./opencl_device.ts";
import { activeVgpus, partitioned, vgpuGiven, vgpuScheduled } from "./partitions.ts";

/** A GPU that no host has. */
const NO_SUCH_GPU = "GPU-00000000-0000-0000-0000-000000000000";
const TIMEOUT_SECONDS = 30;

type Ask = (reading: GpuReading) => Reading;

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
} as const satisfies Partial<Record<ObservationName, Ask>>;

/** Those that rest on what the kernel shows, beside nvidia-smi. */
const OF_THE_KERNEL: readonly Ask[] = [infinibandActive, deviceNode, controlNode, physicalGpu];

/** Collects every observation of the probe `gpu-inventory`. */
export const collectGpuInventory: CollectProbe = async (places: Places): Promise<Probed> => {
  const { host } = places;
  const readings: Record<string, unknown> = {};
  const observations = await attempt(observationsOf("gpu-inventory"), async () => {
    const gpus = await gpuInventory(places);
    Object.assign(readings, gpus.texts);
    const { inventory, text } = await readInventory(host);
    Object.assign(readings, { "host-inventory.txt": text });
    const { refusal: migRefusal } = await requestMigInstances(places, gpus);
    const reading = { gpus, host: inventory, migRefusal };
    const controls = [sameInSysfs(reading), await noOtherGpu(host)];
    const uses = activeVgpus(reading).length === 0 ? null : await readVgpuUse(host);
    const scheduled = vgpuScheduled(reading, uses);
    return [
      ...askAll(reading, controls),
      observationOf("gpu-inventory/vgpu-scheduled", scheduled, controls),
      ...await attempt([OPENCL], async () => [await openclDevice(host, reading)]),
    ];
  });
  return { observations, readings };
};

/** Every question that the readings alone answer. */
export function askAll(reading: GpuReading, controls: readonly Control[]): Observation[] {
  return Object.entries(QUESTIONS).map(([name, ask]) => {
    const own = OF_THE_KERNEL.includes(ask) ? [notFoundWithout(ask, reading)] : [];
    return observationOf(name as keyof typeof QUESTIONS, ask(reading), [...controls, ...own]);
  });
}

/** A reading as an observation. */
function observationOf(
  name: ObservationName,
  reading: Reading,
  controls: readonly Control[],
): Observation {
  if (reading.value !== null) {
    const { value, seen, controls: own = [] } = reading;
    return observed(name, { value, seen, controls: [...controls, ...own] });
  }
  const { because, lacks, inDoubt = false } = reading;
  const without = lacking(name, because, lacks);
  return inDoubt ? { ...without, absence: { verdict: "inconclusive", because, lacks } } : without;
}

/** The same GPUs under a kernel that shows nothing do not have what the kernel shows. */
function notFoundWithout(ask: Ask, reading: GpuReading): Control {
  const host = { ...reading.host, nodes: [], infiniband: [], pci: [] };
  const found = ask({ ...reading, host });
  return negative(
    "it is not found where the kernel shows nothing",
    found.value !== true,
    found.value === null ? found.because : found.seen,
  );
}

/** The driver tells nothing of a GPU that is not there. */
async function noOtherGpu(host: Host): Promise<Control> {
  const argv = ["nvidia-smi", "-q", "-x", "-i", NO_SUCH_GPU] as const;
  const { status, stdout, stderr } = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  const said = stdout.trim() || stderr.trim();
  const held = status !== null && !/<gpu\b/.test(stdout);
  return negative("the driver tells nothing of a GPU that is not there", held, shorten(said, 120));
}
