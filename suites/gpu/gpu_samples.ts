/**
 * The probe `gpu-samples`: what the GPU is by CUDA, and what runs on it natively, alone and at once.
 *
 * @module
 */
import { parseAsyncApi } from "../../runners/cuda/async_api.ts";
import { type CudaDevice, parseDeviceQuery } from "../../runners/cuda/device_query.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, lacking, negative, observed, positive, type Probed } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { alone } from "./alone.ts";
import { computeAtOnce } from "./compute_at_once.ts";
import { nativeCuda } from "./cuda_place.ts";
import {
  computes,
  copyOf,
  failsWithoutGpu,
  kernelsOverlap,
  onSubject,
  runSample,
  type SamplesPlace,
  streamsOverlap,
  unknownCase,
} from "./cuda_samples.ts";
import { deviceFacts, sharedMemory48, sharedWithinSm } from "./device_facts.ts";
import { gpuInventory, gpuSubject, usable } from "./gpu_place.ts";
import { peersMapped } from "./peers_mapped.ts";

const BLOCKING = { CUDA_LAUNCH_BLOCKING: "1" };
/** A GPU's memory, as CUDA and nvidia-smi tell it: the driver keeps some back. */
const MEMORY_SHARE = { least: 0.85, most: 1.01 };
const OF_A_DEVICE = [
  "gpu-samples/eight-sms",
  "gpu-samples/registers-65536-per-thread",
  "gpu-samples/capacity-falls",
  "gpu-samples/shared-memory-48-kb",
  "gpu-samples/shared-memory-within-sm",
  "gpu-samples/unified-addressing",
  "gpu-samples/cuda-properties",
] as const;

/** Collects every observation of the probe `gpu-samples`. */
export async function collectGpuSamples(places: Places): Promise<Probed> {
  const observations = await attempt(observationsOf("gpu-samples"), async () => {
    const subject = await gpuSubject(places);
    const place = { cuda: await nativeCuda(places), subject };
    const made: Observation[] = [
      ...await attempt(OF_A_DEVICE, () => ofDevice(places, place)),
    ];
    for (const [name, make] of MAKERS) {
      made.push(...await attempt([name], async () => [await make(name, place, places)]));
    }
    return made;
  });
  return { observations, readings: {} };
}

type Make = (name: ObservationName, place: SamplesPlace, places: Places) => Promise<Observation>;

const MAKERS: readonly (readonly [ObservationName, Make])[] = [
  ["gpu-samples/computes", computes],
  ["gpu-samples/streams-overlap", streamsOverlap],
  ["gpu-samples/kernels-overlap", kernelsOverlap],
  ["gpu-samples/memory-paths", memoryPaths],
  ["gpu-samples/cpu-free-while-copying", cpuFree],
  ["gpu-samples/peers-mapped", peersMapped],
  ["gpu-samples/alone", alone],
  ["gpu-samples/two-processes-compute", twoCompute],
];

/** What deviceQuery tells, with the proof that it tells it of this device. */
async function ofDevice(places: Places, place: SamplesPlace): Promise<Observation[]> {
  const { devices } = parseDeviceQuery(await runSample(place, "deviceQuery"));
  const [device] = devices;
  if (device === undefined) throw new TypeError("gpu: deviceQuery told of no device");
  const controls = [isSubject(device, place), await noneWithout(place)];
  const { log } = await gpuInventory(places);
  const whole = place.subject.isWhole
    ? [...ofWholeDevice(device, controls), unifiedAddressing(device, controls, log.gpus.length)]
    : OF_A_DEVICE.slice(0, -1).map((name) =>
      lacking(name, `${place.subject.title} is only a part of a GPU`, "gpu")
    );
  const count = usable(await gpuInventory(places)).length;
  return [...whole, cudaProperties(devices, { controls, count })];
}

const TOO_OLD = "this deviceQuery is too old to tell it: build the CUDA samples anew";

function ofWholeDevice(device: CudaDevice, controls: readonly Control[]): Observation[] {
  const told = (name: ObservationName, fact: { value: boolean; seen: string } | null) =>
    fact === null ? lacking(name, TOO_OLD, "cuda") : observed(name, { ...fact, controls });
  return [
    ...deviceFacts(device, controls),
    told("gpu-samples/shared-memory-48-kb", sharedMemory48(device)),
    told("gpu-samples/shared-memory-within-sm", sharedWithinSm(device)),
  ];
}

/** "the GPU of a single-GPU host has unified addressing" */
function unifiedAddressing(
  { unifiedAddressing: unified, name: title }: CudaDevice,
  controls: readonly Control[],
  gpus: number,
): Observation {
  const name = "gpu-samples/unified-addressing";
  if (gpus > 1) {
    return lacking(name, `this host has ${gpus} GPUs, so it is no single-GPU host`, null);
  }
  if (unified === null) return lacking(name, TOO_OLD, "cuda");
  const seen = `${title} ${unified ? "has" : "has no"} unified addressing`;
  return observed(name, { value: unified, seen, controls });
}

/** "CUDA gives each device a number and properties, and selects one" */
function cudaProperties(
  devices: readonly CudaDevice[],
  { controls, count }: { readonly controls: readonly Control[]; readonly count: number },
): Observation {
  const [device] = devices;
  return observed("gpu-samples/cuda-properties", {
    value: devices.length === 1 && device?.index === 0,
    seen: `of ${count} that could be selected, the one that was is CUDA's device ` +
      `${device?.index}: ${device?.name}, compute capability ` +
      `${device?.computeCapability.major}.${device?.computeCapability.minor}, ` +
      `${device?.globalMemoryBytes} bytes of memory`,
    controls,
  });
}

/** deviceQuery's device is the one that nvidia-smi tells of. */
function isSubject(device: CudaDevice, { subject }: SamplesPlace): Control {
  const { busId, memory } = subject.gpu;
  const [, bus] = /^[0-9a-f]+:([0-9a-f]{2}):/.exec(busId ?? "") ?? [];
  const isAtBus = bus !== undefined && device.pci?.bus === parseInt(bus, 16);
  const share = device.globalMemoryBytes / (memory.totalBytes ?? NaN);
  const hasMemory = share >= MEMORY_SHARE.least && share <= MEMORY_SHARE.most;
  return positive(
    "CUDA's device is the one that nvidia-smi tells of, by its place on the bus and its memory",
    isAtBus && (hasMemory || !subject.isWhole),
    `bus ${device.pci?.bus} of ${busId}, ${device.globalMemoryBytes} of ${memory.totalBytes} bytes`,
  );
}

function noneWithout(place: SamplesPlace): Promise<Control> {
  return failsWithoutGpu(
    "with no device selected, none is told of",
    async () => parseDeviceQuery(await runSample(place, "deviceQuery", { gpus: [] })),
  );
}

/** "host memory reaches the GPU by copy engines (DMA) and by kernels that read it mapped" */
async function memoryPaths(name: ObservationName, place: SamplesPlace): Promise<Observation> {
  const [device] = parseDeviceQuery(await runSample(place, "deviceQuery")).devices;
  const { copyEngines: engines = null, canMapHostMemory: maps = null } = device ?? {};
  if (engines === null || maps === null) {
    return lacking(name, "this deviceQuery tells neither copy engines nor mapped memory", "cuda");
  }
  const byEngine = await copyOf(place, "host_to_device_memcpy_ce");
  const byKernel = await copyOf(place, "host_to_device_memcpy_sm");
  const waived = [byEngine, byKernel].find(({ state }) => state === "waived");
  if (waived !== undefined) return lacking(name, `nvbandwidth waived ${waived.testcase}`, null);
  return observed(name, {
    value: byEngine.state === "right" && byKernel.state === "right" && engines > 0 && maps,
    seen: `copied by a copy engine the bytes are ${byEngine.state}, by a kernel that reads host ` +
      `memory ${byKernel.state}; the device has ${engines} copy engines and ` +
      `${maps ? "maps" : "does not map"} host memory`,
    controls: [
      onSubject(place, [...byEngine.devices, ...byKernel.devices]),
      await unknownCase(place),
    ],
  });
}

/** "the processor computes on while the GPU copies" */
async function cpuFree(name: ObservationName, place: SamplesPlace): Promise<Observation> {
  const free = parseAsyncApi(await runSample(place, "asyncAPI"));
  const held = parseAsyncApi(await runSample(place, "asyncAPI", { env: BLOCKING }));
  const share = ({ cpuSecondsInCalls, gpuSeconds }: typeof free) => cpuSecondsInCalls / gpuSeconds;
  return observed(name, {
    value: free.cpuIterations > 0 && share(free) < 0.5,
    seen: `in ${free.gpuSeconds} s of copies and a kernel on the GPU, the processor was held for ` +
      `${free.cpuSecondsInCalls} s and went round its own loop ${free.cpuIterations} times`,
    controls: [
      positive("the results are right", free.passed, free.passed ? "right" : "wrong"),
      negative(
        "where each launch waits for its end (CUDA_LAUNCH_BLOCKING=1), it is held for longer",
        share(held) > share(free),
        `${held.cpuSecondsInCalls} s of ${held.gpuSeconds} s`,
      ),
    ],
  });
}

/** "two native processes compute on one GPU at once" */
async function twoCompute(
  name: ObservationName,
  place: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const { subject } = place;
  if (!subject.isWhole) return lacking(name, `${subject.title} is no bare GPU`, "gpu");
  const seen = "computed on the same GPU all the time";
  return await computeAtOnce(name, { host: places.host, place, neighbour: subject, seen });
}
