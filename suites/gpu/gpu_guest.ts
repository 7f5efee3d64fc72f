/**
 * The probe `gpu-guest`: the GPU that this guest has, passed through or as a vGPU. What runs natively
 * here runs in the guest; what the host has, the result on bare metal tells (`--baseline`).
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import { readInventory } from "../../runners/inventory/inventory.ts";
import { isGuest } from "../host_description.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, lacking, negative, observed, positive, type Probed } from "../probe.ts";
import type { Baseline, Control, GpuDescription, Observation } from "../result.ts";
import { appsOn, besideBusy } from "./aggressor.ts";
import { MEMORY_NOT_TOLD } from "./container_processes.ts";
import { nativeCuda } from "./cuda_place.ts";
import {
  computes,
  copiesSucceed,
  failsWithoutGpu,
  kernelsOverlap,
  runSample,
  type SamplesPlace,
  streamsOverlap,
} from "./cuda_samples.ts";
import { describeGpu } from "./gpu_description.ts";
import { gpuInventory, gpuSubject, usable } from "./gpu_place.ts";
import { sameInSysfs } from "./gpu_reading.ts";
import { nodeOf } from "./nodes.ts";

type Make = (name: ObservationName, place: SamplesPlace, places: Places) => Promise<Observation>;

const MAKERS: readonly (readonly [ObservationName, Make])[] = [
  ["gpu-guest/has-gpu", hasGpu],
  ["gpu-guest/has-vgpu", hasVgpu],
  ["gpu-guest/same-gpu", sameGpu],
  ["gpu-guest/same-link", sameLink],
  ["gpu-guest/own-driver", ownDriver],
  ["gpu-guest/two-levels", twoLevels],
  ["gpu-guest/computes", computes],
  ["gpu-guest/copies", copiesSucceed],
  ["gpu-guest/streams-overlap", streamsOverlap],
  ["gpu-guest/kernels-overlap", kernelsOverlap],
  ["gpu-guest/own-accounting", ownAccounting],
  ["gpu-guest/two-gpus", twoGpus],
];

/** Collects every observation of the probe `gpu-guest`. */
export async function collectGpuGuest(places: Places): Promise<Probed> {
  const observations = await attempt(observationsOf("gpu-guest"), async () => {
    const subject = await gpuSubject(places);
    if (!isGuest(places.options.environment)) throw noGuest(places.options.environment);
    const place = { cuda: await nativeCuda(places), subject };
    const made: Observation[] = [];
    for (const [name, make] of MAKERS) {
      made.push(...await attempt([name], async () => [await make(name, place, places)]));
    }
    return made;
  });
  return { observations, readings: {} };
}

/** sysfs shows the same GPU; bare metal would not call itself a guest. */
async function controlsOf(places: Places): Promise<readonly Control[]> {
  const { inventory } = await readInventory(places.host);
  const { environment } = places.options;
  return [
    sameInSysfs({ gpus: await gpuInventory(places), host: inventory }),
    negative("what runs here is not bare metal", isGuest(environment), environment),
  ];
}

/** "this guest has a GPU, passed through or as a vGPU" */
async function hasGpu(
  name: ObservationName,
  { subject: { gpu, title } }: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const mode = gpu.virtualizationMode;
  if (mode === null || mode === "none") {
    return lacking(name, `the driver does not tell how this guest got ${title}`, "gpu-guest");
  }
  return observed(name, {
    value: mode === "pass-through" || mode === "vgpu",
    seen: `${places.options.environment}, the driver calls ${title} "${mode ?? "nothing"}"`,
    controls: await controlsOf(places),
  });
}

/** "this guest has a vGPU" */
async function hasVgpu(
  name: ObservationName,
  { subject: { gpu, title } }: SamplesPlace,
  places: Places,
): Promise<Observation> {
  if (gpu.virtualizationMode !== "vgpu") {
    return lacking(name, `${title} is no vGPU ("${gpu.virtualizationMode}")`, "vgpu");
  }
  const seen = `${places.options.environment}, the driver calls ${title} a vGPU`;
  return observed(name, { value: true, seen, controls: await controlsOf(places) });
}

/** "the guest's GPU has the UUID and PCI ids that it has on bare metal" */
async function sameGpu(
  name: ObservationName,
  { subject: { gpu } }: SamplesPlace,
  places: Places,
): Promise<Observation> {
  if (gpu.virtualizationMode === "vgpu") {
    return lacking(name, "a vGPU is not passed through", "gpu-guest");
  }
  const here = describeGpu(gpu);
  if (here.pciIds === null) return lacking(name, "the driver does not tell the PCI ids", "gpu");
  return await againstBaseline(name, places, (there, { source }) => {
    const same = there.find(({ uuid }) => uuid !== null && uuid === here.uuid);
    if (same === undefined) return ANOTHER_GPU;
    return {
      value: same.pciIds === here.pciIds,
      seen: `here the GPU is ${here.uuid} (${here.pciIds}); on bare metal (${source}) ` +
        there.map(({ uuid, pciIds }) => `${uuid} (${pciIds})`).join(", "),
    };
  });
}

/** "the guest's PCIe link to the GPU is the one on bare metal" */
async function sameLink(
  name: ObservationName,
  { subject: { gpu } }: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const here = describeGpu(gpu);
  if (here.linkGeneration === null || here.linkWidth === null) {
    return lacking(name, "the driver does not tell the GPU's link in this guest", "gpu-guest");
  }
  return await againstBaseline(name, places, (there, { source }) => {
    const same = there.find(({ uuid }) => uuid !== null && uuid === here.uuid);
    if (same === undefined) return ANOTHER_GPU;
    if (same.linkGeneration === null || same.linkWidth === null) {
      return { because: `${source} does not tell the GPU's link`, lacks: "baseline" };
    }
    const link = ({ linkGeneration, linkWidth }: GpuDescription) =>
      `PCIe ${linkGeneration}.0 x${linkWidth}`;
    const seen = `the link is ${link(here)} here, and on bare metal (${source}) ${link(same)}`;
    // A hypervisor may play another port than there is, which no copy ever sees.
    return link(same) === link(here)
      ? { value: true, seen }
      : { because: `${seen}: the port may be played`, lacks: null };
  });
}

type Compared =
  | { readonly value: boolean; readonly seen: string }
  | { readonly because: string; readonly lacks: "baseline" | null };

const ANOTHER_GPU: Compared = {
  because: "the result on bare metal is of a host that has not this GPU",
  lacks: "baseline",
};

/** What `compare` finds, or why the baseline tells nothing. */
async function againstBaseline(
  name: ObservationName,
  places: Places,
  compare: (
    gpus: readonly GpuDescription[],
    baseline: Baseline,
  ) => Compared,
): Promise<Observation> {
  const { baseline = null } = places.options;
  if (baseline === null || !baseline.bareMetal || baseline.gpus.length === 0) {
    const why = baseline === null
      ? "the result on bare metal is missing"
      : `${baseline.source} is no result of bare metal with a GPU`;
    return lacking(name, `${why}: name it with --baseline RESULT`, "baseline");
  }
  const found = compare(baseline.gpus, baseline);
  if ("because" in found) return lacking(name, found.because, found.lacks);
  return observed(name, { ...found, controls: await controlsOf(places) });
}

/** "the guest's own kernel drives the GPU and has nodes of its own for it" */
async function ownDriver(
  name: ObservationName,
  { subject: { gpu } }: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const { inventory } = await readInventory(places.host);
  const own = inventory.pci.find(({ address }) => address === gpu.busId);
  if (gpu.minorNumber === null) return lacking(name, "the driver does not tell the node", "gpu");
  const node = nodeOf(inventory, gpu);
  return observed(name, {
    value: own?.driver === "nvidia" && node !== null,
    seen: `in this guest's kernel (boot ${places.options.bootId}) ${gpu.busId} is driven by ` +
      `${own?.driver ?? "nothing"}, with the node ${node ?? "none"}`,
    controls: await controlsOf(places),
  });
}

/** "a hypervisor and the guest's kernel lie on the way to the GPU" */
async function twoLevels(
  name: ObservationName,
  place: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const driven = await ownDriver(name, place, places);
  if (driven.absence !== null) return driven;
  return {
    ...driven,
    seen: `${driven.seen}; below it, what runs here runs ${places.options.environment}`,
  };
}

/** "the guest's own driver accounts for the memory that its processes take on the GPU" */
async function ownAccounting(
  name: ObservationName,
  { cuda, subject }: SamplesPlace,
  { host }: Places,
): Promise<Observation> {
  const busy = await besideBusy({ host, place: cuda, subject }, (busy) => Promise.resolve(busy));
  const after = await appsOn(host, subject);
  const { app, session: { pid } } = busy;
  if (app.usedMemoryBytes === null) return lacking(name, MEMORY_NOT_TOLD, "gpu");
  return observed(name, {
    value: app.usedMemoryBytes > 0,
    seen: `while n-body computes, this guest's driver lists process ${app.pid} with ` +
      `${app.usedMemoryBytes} bytes`,
    controls: [
      positive("the process is the one that was started", app.pid === pid, `${pid}`),
      negative(
        "it is not in the list when it has ended",
        !after.some((other) => other.pid === app.pid),
        after.map((other) => other.pid).join(", ") || "none",
      ),
    ],
  });
}

/** "the guest has two GPUs, and a CUDA program computes on each" */
async function twoGpus(
  name: ObservationName,
  { cuda, subject }: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const all = usable(await gpuInventory(places)).filter(({ uuid, gpu }) => uuid === gpu.uuid);
  if (all.length < 2) return lacking(name, "this guest has one GPU", "gpus");
  const args = matrixMulArguments({ size: 320 });
  const product = async (gpus: readonly SamplesPlace["subject"][]) => {
    const granted = gpus.map((gpu) => gpu.granted);
    const run = await runSample({ cuda, subject }, "matrixMul", { args, gpus: granted });
    return parseMatrixMul(run).passed;
  };
  const passed: boolean[] = [];
  for (const gpu of all) passed.push(await product([gpu]));
  return observed(name, {
    value: passed.every((one) => one),
    seen: `of ${all.length} GPUs in this guest a matrix product passes on ${
      passed.filter((one) => one).length
    }`,
    controls: [
      ...(await controlsOf(places)).slice(0, 1),
      await failsWithoutGpu("without a GPU it fails", () => product([])),
    ],
  });
}

function noGuest(environment: string): MissingTool {
  return new MissingTool({
    action: "see the GPU that a guest has",
    condition: `what runs here is no guest (${environment})`,
    cure: "Run cellproof in a guest that has the GPU, with --baseline and this host's result.",
  }, "gpu-guest");
}
