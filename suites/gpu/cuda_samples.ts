/**
 * CUDA samples as observations: the same ones natively, in a container and in a guest, each with the
 * same program where it must come out otherwise.
 *
 * @module
 */
import { MissingTool, Problem, shorten } from "../../problem.ts";
import {
  type ConcurrentKernelsRecord,
  parseConcurrentKernels,
} from "../../runners/cuda/concurrent_kernels.ts";
import type { CudaProgram } from "../../runners/cuda/cuda_programs.ts";
import type { CudaRun } from "../../runners/cuda/cuda_run.ts";
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import { nvbandwidthArguments, parseNvbandwidth } from "../../runners/cuda/nvbandwidth.ts";
import { WRONG_BYTES } from "../../runners/cuda/nvbandwidth_records.ts";
import { parseSimpleStreams, type SimpleStreamsRecord } from "../../runners/cuda/simple_streams.ts";
import { parseVectorAdd } from "../../runners/cuda/vector_add.ts";
import type { ObservationName } from "../observations.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { CudaPlace } from "./cuda_place.ts";
import type { GpuSubject } from "./gpu_place.ts";

/** The probes that run the samples, each in a place of its own. */
export type SamplesProbe = "gpu-samples" | "gpu-container" | "gpu-guest";

/** Where the samples run. */
export interface SamplesPlace {
  readonly cuda: CudaPlace;
  readonly subject: GpuSubject;
}

const TIMEOUT_SECONDS = 120;
/** Launches that wait for their end (CUDA programming guide, "Environment variables"). */
const BLOCKING = { CUDA_LAUNCH_BLOCKING: "1" };
const HALF = 0.5;
const LEAST_SAVABLE_SECONDS = 50e-6;
const RUNS = 3;
const COPIES = ["host_to_device_memcpy_ce", "device_to_host_memcpy_ce"] as const;
const NO_SUCH_CASE = "no_such_test_case";

/** Runs a program in its place on the subject, or on no GPU at all. */
export async function runSample(
  { cuda, subject }: SamplesPlace,
  program: CudaProgram,
  { args = [], env, gpus = [subject.granted] }: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly gpus?: readonly GpuSubject["granted"][];
  } = {},
): Promise<CudaRun> {
  const { command, failure } = await cuda.run({
    program,
    args,
    gpus,
    ...env === undefined ? {} : { env },
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const { ended } = command;
  const unended = ended === "exited" ? null : `it was ended: ${ended}`;
  const condition = failure ?? unended;
  if (condition === null) return command;
  throw new Problem({ action: `run ${program} ${cuda.title}`, condition, seen: command.stderr });
}

/**
 * The control that a program which is given no GPU fails, and for that reason: in CUDA's own words there
 * is no device. Whatever else keeps it from its work shows nothing.
 */
export async function failsWithoutGpu(
  what: string,
  work: () => Promise<unknown>,
): Promise<Control> {
  try {
    await work();
    return negative(what, false, "it did not fail");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { condition, seen } = error.parts;
    const because = seen === undefined ? condition : `${condition}: ${shorten(seen)}`;
    return negative(what, finds(error), because);
  }
}

/**
 * Where the nodes of GPUs are refused, the driver may speak of the operating system, and of itself where
 * a container has no part of it.
 */
const UNREACHABLE =
  /OS call failed|cudaErrorOperatingSystem|CUDA_ERROR_OPERATING_SYSTEM|driver version is insufficient|cudaErrorInsufficientDriver/;

/** Whether a failure says that no GPU is in reach. */
function finds(problem: Problem): boolean {
  const noDevice = problem instanceof MissingTool && problem.lacks === "gpu";
  return noDevice || UNREACHABLE.test(problem.parts.seen ?? "");
}

/** "a CUDA program computes, and its results are right" */
export async function computes(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const product = parseMatrixMul(
    await runSample(place, "matrixMul", { args: matrixMulArguments({ size: 320 }) }),
  );
  const sum = parseVectorAdd(await runSample(place, "vectorAdd"));
  return observed(name, {
    value: product.passed,
    seen: `${place.cuda.title}, on ${place.subject.title}, a matrix product is ${
      product.passed ? "right" : "wrong"
    } in every element`,
    controls: [
      positive(
        "another sample, vectorAdd, passes too",
        sum.passed,
        sum.passed ? "passed" : "failed",
      ),
      await failsWithoutGpu(
        "without a GPU the same program fails",
        async () => parseVectorAdd(await runSample(place, "vectorAdd", { gpus: [] })),
      ),
    ],
  });
}

/** "copies and kernels of several CUDA streams overlap" */
export async function streamsOverlap(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const records = await repeated(async () =>
    parseSimpleStreams(await runSample(place, "simpleStreams"))
  );
  const blocked = parseSimpleStreams(await runSample(place, "simpleStreams", { env: BLOCKING }));
  const shares = records.map(overlapOf);
  const open = undecidedStreams(records, shares);
  if (open !== null) return lacking(name, open, null);
  const passed = records.every((record) => record.passed);
  return observed(name, {
    value: Math.min(...shares) >= HALF,
    seen: `${place.cuda.title}, kernel and copy in several streams overlap by at least ` +
      `${percent(Math.min(...shares))} of what they could (${RUNS} runs of simpleStreams)`,
    controls: [
      positive("the results are right in every run", passed, passed ? "right" : "wrong"),
      negative(
        "where each launch waits for its end (CUDA_LAUNCH_BLOCKING=1), less than half overlaps",
        overlapOf(blocked) < HALF,
        percent(overlapOf(blocked)),
      ),
    ],
  });
}

/** The time that streams can save: all but the first part of the shorter of the two. */
function savable({ copySeconds, kernelSeconds, streams }: SimpleStreamsRecord): number {
  return Math.min(copySeconds, kernelSeconds) * (1 - 1 / streams);
}

/** How much of it they save, as a share. */
function overlapOf(record: SimpleStreamsRecord): number {
  return (record.unstreamedSeconds - record.streamedSeconds) / savable(record);
}

/** The sample prints times to 10 µs: a saving of little more than that is not seen. */
function undecidedStreams(
  records: readonly SimpleStreamsRecord[],
  shares: readonly number[],
): string | null {
  if (records.some((record) => savable(record) < LEAST_SAVABLE_SECONDS)) {
    return "simpleStreams' kernel is too short here beside its copy for an overlap to be seen";
  }
  const overlapping = shares.filter((share) => share >= HALF).length;
  return overlapping === 0 || overlapping === shares.length
    ? null
    : `the runs of simpleStreams disagree: ${shares.map(percent).join(", ")} overlap`;
}

/** "kernels of several command queues run at once" */
export async function kernelsOverlap(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const records = await repeated(async () =>
    parseConcurrentKernels(await runSample(place, "concurrentKernels"))
  );
  const blocked = await repeated(async () =>
    parseConcurrentKernels(await runSample(place, "concurrentKernels", { env: BLOCKING }))
  );
  // A GPU that wakes up has another clock in one run than in the next: all runs must say the same.
  const [free, held] = [rangeOf(records), rangeOf(blocked)];
  const allOverlap = free.most < HALF * held.least;
  if (!allOverlap && free.least < HALF * held.most) {
    const why = `take ${inSeconds(free)}, one after the other ${inSeconds(held)}`;
    return lacking(name, `the runs of concurrentKernels disagree: the kernels ${why}`, null);
  }
  const [{ kernels = 0, serialSeconds = NaN, concurrentSeconds = NaN } = {}] = blocked;
  const passed = records.every((record) => record.passed);
  return observed(name, {
    value: allOverlap,
    seen: `${place.cuda.title}, ${kernels} kernels in streams of their own take ` +
      `${inSeconds(free)}, one after the other ${inSeconds(held)} (${RUNS} runs each)`,
    controls: [
      positive(
        "the sample finds its own results right",
        passed,
        passed ? "passed" : "failed",
      ),
      positive(
        "no run takes less than half of what one kernel does",
        free.least > HALF * concurrentSeconds,
        `${inSeconds(free)}, where ${concurrentSeconds} s are reckoned`,
      ),
      negative(
        "where each launch waits for its end (CUDA_LAUNCH_BLOCKING=1), they run one after the other",
        held.least > HALF * serialSeconds,
        `${inSeconds(held)}, where ${serialSeconds} s are reckoned`,
      ),
    ],
  });
}

/** Several runs, one after the other, each a process. */
async function repeated<Result>(once: () => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let run = 0; run < RUNS; run++) results.push(await once());
  return results;
}

/** The shortest and the longest time that runs took, in seconds. */
interface Range {
  readonly least: number;
  readonly most: number;
}

function rangeOf(records: readonly ConcurrentKernelsRecord[]): Range {
  const seconds = records.map(({ measuredSeconds }) => measuredSeconds);
  return { least: Math.min(...seconds), most: Math.max(...seconds) };
}

function inSeconds({ least, most }: Range): string {
  return least === most ? `${least} s` : `${least} to ${most} s`;
}

/** "copies between host and GPU succeed" */
export async function copiesSucceed(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const copies: Copy[] = [];
  for (const testcase of COPIES) copies.push(await copyOf(place, testcase));
  const waived = copies.find(({ state }) => state === "waived");
  if (waived !== undefined) return lacking(name, `nvbandwidth waived ${waived.testcase}`, null);
  const devices = copies.flatMap((copy) => copy.devices);
  return observed(name, {
    value: copies.every(({ state }) => state === "right"),
    seen: `${place.cuda.title}, the bytes of nvbandwidth's copies arrive ${
      copies.map(({ testcase, state }) => `${state} (${testcase})`).join(", ")
    }`,
    controls: [
      onSubject(place, devices),
      await failsWithoutGpu("without a GPU nothing is copied", async () => {
        const args = nvbandwidthArguments({ testcase: COPIES[0] });
        parseNvbandwidth(await runSample(place, "nvbandwidth", { args, gpus: [] }));
      }),
      await unknownCase(place),
    ],
  });
}

/** What a copying test case of nvbandwidth came to, which compares the bytes that arrive. */
export interface Copy {
  readonly testcase: string;
  readonly state: "right" | "wrong" | "waived";
  /** The devices that nvbandwidth names. */
  readonly devices: readonly string[];
}

/**
 * Runs a test case that copies.
 *
 * @throws {Problem} where it neither passed nor was waived, and not because of wrong bytes
 */
export async function copyOf(place: SamplesPlace, testcase: string): Promise<Copy> {
  const { devices, error, found } = await runCase(place, testcase);
  const because = error ?? found?.because ?? null;
  if (because !== null && WRONG_BYTES.test(because)) return { testcase, state: "wrong", devices };
  if (found?.status === "waived") return { testcase, state: "waived", devices };
  if (found?.status === "passed" && error === null) return { testcase, state: "right", devices };
  throw new Problem({
    action: `copy by nvbandwidth's ${testcase} ${place.cuda.title}`,
    condition: `it says: ${found?.status ?? "nothing of it"}`,
    seen: because ?? "no reason",
    cure: `Run nvbandwidth -t ${testcase} by hand.`,
  });
}

/** The control that nvbandwidth does not pass whatever it is asked for. */
export async function unknownCase(place: SamplesPlace): Promise<Control> {
  const { found, error } = await runCase(place, NO_SUCH_CASE);
  const status = found?.status ?? "nothing of it";
  return negative(
    "a test case that there is none of is not found",
    status === "not found" && error === null,
    error ?? status,
  );
}

/** The control that nvbandwidth copies to and from the subject. */
export function onSubject({ subject }: SamplesPlace, devices: readonly string[]): Control {
  const { name } = subject.gpu;
  return positive(
    "nvbandwidth names the GPU that was given to it and no other",
    name !== null && devices.length > 0 && devices.every((device) => device.includes(name)),
    [...new Set(devices)].join(", ") || "none",
  );
}

async function runCase(place: SamplesPlace, testcase: string) {
  const run = await runSample(place, "nvbandwidth", { args: nvbandwidthArguments({ testcase }) });
  const { testcases, error, devices } = parseNvbandwidth(run);
  // A waived case is not named by every version, and it is the only one that was asked for.
  const found = testcases.find(({ name }) => name === testcase || name === null);
  return { devices, error, found };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
