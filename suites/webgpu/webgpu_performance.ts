/**
 * The experiment `webgpu-performance`: the same sizes through Deno's WebGPU and by CUDA. How much work
 * a dispatch holds decides such comparisons, so each workload's title says it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import {
  implausibleWebgpuWork,
  parseWebgpuWork,
  runWebgpuWork,
  webgpuWorkArguments,
  type WebgpuWorkRecord,
  type WebgpuWorkRequest,
  WORK_SECONDS,
} from "../../runners/webgpu/webgpu_work.ts";
import { printedBy } from "../../runners/webgpu/webgpu.ts";
import { prepareArms } from "../arms.ts";
import { type Ceilings, ceilingsOf } from "../gpu/ceilings.ts";
import { MATRIX_PRODUCT, MATRIX_SIZE } from "../gpu/compute.ts";
import {
  type CudaFigures,
  type CudaWorkload,
  type GpuExperimentOptions,
  measurementOf,
  runWorkload,
  withPrograms,
} from "../gpu/cuda_experiment.ts";
import { type CudaOutcome, type CudaPlace, nativeCuda } from "../gpu/cuda_place.ts";
import { type GpuGuard, gpuGuard, unlessCancelled } from "../gpu/gpu_guard.ts";
import { type GpuSubject, gpuSubject } from "../gpu/gpu_place.ts";
import { watched } from "../gpu/gpu_watch.ts";
import { LAUNCH, TINY_MATRIX } from "../gpu/latency.ts";
import { LINK_MEBIBYTES, NVBANDWIDTH_COPIES } from "../gpu/transfer_cases.ts";
import type { ArmDriver, PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import type { Arm } from "../result.ts";
import { nameOf } from "./adapter.ts";
import { isDevice, refuseOtherDevice } from "./same_device.ts";

/** As CUDA copies; within the largest buffer of every adapter. */
const COPY_BYTES = LINK_MEBIBYTES * 2 ** 20;
/** Each of as many dispatches as fill a quarter of a second, so that the runtime's waits do not show. */
const REPEATS = 3;
const LAUNCHES = 40;

/** The same work by both: a CUDA workload, and how WebGPU does it. */
export interface WebgpuWorkload extends CudaWorkload {
  readonly request: WebgpuWorkRequest;
  readonly figure: (record: WebgpuWorkRecord) => number | null;
}

export const WEBGPU_WORKLOADS: readonly WebgpuWorkload[] = [
  {
    ...MATRIX_PRODUCT,
    title: `product of two matrices of ${MATRIX_SIZE} rows, one dispatch for each product`,
    request: { operation: "product", size: MATRIX_SIZE, repeats: REPEATS },
    figure: ({ flopsPerSecond }) => flopsPerSecond,
  },
  {
    ...transfer("host-to-device"),
    title: `${LINK_MEBIBYTES} MiB to the device (WebGPU: writeBuffer)`,
    request: { operation: "upload", size: COPY_BYTES, repeats: REPEATS },
    figure: ({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond,
  },
  {
    ...transfer("device-to-host"),
    title: `${LINK_MEBIBYTES} MiB to the host (WebGPU: a mapped buffer)`,
    request: { operation: "download", size: COPY_BYTES, repeats: REPEATS },
    figure: ({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond,
  },
  {
    ...LAUNCH,
    title: `from one launch to the next, a product of ${TINY_MATRIX} rows in each`,
    request: { operation: "launch", size: TINY_MATRIX, repeats: LAUNCHES },
    figure: ({ secondsPerLaunch }) => secondsPerLaunch,
  },
];

const ARMS = [
  { name: "native", title: "CUDA, natively", place: "cuda" },
  { name: "native-again", title: "CUDA, natively again (A/A control)", place: "cuda" },
  { name: "webgpu", title: "Deno's WebGPU, without any permission", place: "webgpu" },
] as const;

/**
 * Prepares the experiment `webgpu-performance`.
 *
 * @throws {MissingTool} where there is no GPU, or WebGPU has another adapter than it
 */
export async function prepareWebgpuPerformance(
  places: Places,
  { needs, mostBlocks }: GpuExperimentOptions,
): Promise<PairedPlan> {
  const subject = await gpuSubject(places);
  await refuseOtherDevice(places, subject);
  const guard = await gpuGuard(places, subject);
  await guard.refuseStrangers();
  const ceilings = await ceilingsOf(places, subject);
  const cuda = await nativeCuda(places);
  const cases = ARMS.filter(({ name }) => needs.arms.has(name));
  const needed = WEBGPU_WORKLOADS.filter(({ name }) => needs.workloads.has(name));
  const workloads = await withPrograms(places, needed);
  const setting = { places, subject, guard, ceilings, cuda, workloads };
  const { drivers, unavailable } = await prepareArms(
    cases,
    (arm, { place }) => Promise.resolve(webgpuArm(arm, place, setting)),
  );
  return {
    name: "webgpu-performance",
    title: `WebGPU beside CUDA (${subject.title})`,
    reference: "native",
    control: "native-again",
    workloads,
    drivers,
    unavailable,
    judged: [...needs.judged],
    ...needs.judges === undefined ? {} : { judges: needs.judges },
    mostBlocks,
  };
}

/** What the arms share. */
export interface WebgpuSetting {
  readonly places: Places;
  readonly subject: GpuSubject;
  readonly guard: GpuGuard;
  readonly ceilings: Ceilings;
  readonly cuda: CudaPlace;
  readonly workloads: readonly WebgpuWorkload[];
}

/** An arm that does the workloads by CUDA, or through WebGPU. */
export function webgpuArm(
  arm: Arm,
  place: "cuda" | "webgpu",
  setting: WebgpuSetting,
): ArmDriver {
  const { places: { host }, subject, guard, cuda, ceilings, workloads } = setting;
  return {
    arm,
    measure: (name) =>
      unlessCancelled(async () => {
        const workload = workloads.find((candidate) => candidate.name === name);
        if (workload === undefined) throw new TypeError(`webgpu: no workload is called "${name}"`);
        const run = () =>
          place === "cuda"
            ? runWorkload(cuda, workload, { ceilings, gpus: [subject.granted] })
            : runWork(host, workload.request);
        const { outcome: { seen, outcome }, aside } = await guard.around(() =>
          watched(host, subject, run)
        );
        if (outcome.command.ended === "cancelled") return null;
        const figures = (run: CommandResult) =>
          place === "cuda"
            ? workload.figuresOf(run, ceilings)
            : webgpuFigures(workload, run, subject);
        return { ...measurementOf(outcome, seen.details, figures), ...seen.aside, ...aside };
      }),
  };
}

function transfer(name: string): CudaWorkload {
  const found = NVBANDWIDTH_COPIES.find((workload) => workload.name === name);
  if (found === undefined) throw new TypeError(`webgpu: no workload is called "${name}"`);
  return found;
}

async function runWork(host: Host, request: WebgpuWorkRequest): Promise<CudaOutcome> {
  const command = await runWebgpuWork(host, request);
  const argv = ["deno", "run", "webgpu_work.js", ...webgpuWorkArguments(request)];
  return { argv, command, failure: null };
}

function webgpuFigures(
  { request, figure }: WebgpuWorkload,
  command: CommandResult,
  { gpu }: GpuSubject,
): CudaFigures {
  const record = parseWebgpuWork(printedBy(command, WORK_SECONDS));
  const value = figure(record);
  if (value === null) {
    throw new Problem({
      action: `measure ${request.operation} through WebGPU`,
      condition: "the program tells no such figure",
    });
  }
  const { secondsPerDispatch, workPerDispatch, largestRelativeError } = record;
  const details = {
    value,
    secondsPerDispatch,
    workPerDispatch,
    ...largestRelativeError === null ? {} : { largestRelativeError },
  };
  return {
    value,
    details,
    doubt: isDevice(record.adapter, gpu.name)
      ? implausibleWebgpuWork(record, request, command.durationSeconds)
      : `the adapter was ${nameOf(record.adapter)}`,
  };
}
