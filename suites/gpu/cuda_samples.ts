/**
 * CUDA samples as observations: the same ones natively, in a container and in a guest, each with the
 * same program where it must come out otherwise.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { parseConcurrentKernels } from "../../runners/cuda/concurrent_kernels.ts";
import type { CudaProgram } from "../../runners/cuda/cuda_programs.ts";
import type { CudaRun } from "../../runners/cuda/cuda_run.ts";
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import { nvbandwidthArguments, parseNvbandwidth } from "../../runners/cuda/nvbandwidth.ts";
import { parseSimpleStreams } from "../../runners/cuda/simple_streams.ts";
import { parseVectorAdd } from "../../runners/cuda/vector_add.ts";
import type { ObservationName } from "../observations.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
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
/** Rounded times of a few milliseconds differ by less than this from run to run. */
const CLEAR_SPEED_UP = 1.1;
const RUNS = 3;
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
  if (failure === null) return command;
  throw new Problem({ action: `run ${program} ${cuda.title}`, condition: failure });
}

/** What a program that must fail says; null where it did not fail. */
export async function refusal(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.parts.condition;
    throw error;
  }
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
  const without = await refusal(async () =>
    parseVectorAdd(await runSample(place, "vectorAdd", { gpus: [] }))
  );
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
      negative("without a GPU the same program fails", without !== null, without ?? "it passed"),
    ],
  });
}

/** "copies and kernels of several CUDA streams overlap" */
export async function streamsOverlap(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const speedUps: number[] = [];
  let passed = true;
  for (let run = 0; run < RUNS; run++) {
    const record = parseSimpleStreams(await runSample(place, "simpleStreams"));
    speedUps.push(record.unstreamedSeconds / record.streamedSeconds);
    passed &&= record.passed;
  }
  const blocked = parseSimpleStreams(await runSample(place, "simpleStreams", { env: BLOCKING }));
  const least = Math.min(...speedUps);
  const serial = blocked.unstreamedSeconds / blocked.streamedSeconds;
  return observed(name, {
    value: least >= CLEAR_SPEED_UP,
    seen: `${place.cuda.title}, several streams are ${speedUps.map(times).join(", ")} times as ` +
      "fast as one (simpleStreams)",
    controls: [
      positive("the results are right in every run", passed, passed ? "right" : "wrong"),
      negative(
        "where each launch waits for its end (CUDA_LAUNCH_BLOCKING=1), less overlaps",
        serial < least,
        `${times(serial)} times as fast`,
      ),
    ],
  });
}

/** "kernels of several command queues run at once" */
export async function kernelsOverlap(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const record = parseConcurrentKernels(await runSample(place, "concurrentKernels"));
  const blocked = parseConcurrentKernels(
    await runSample(place, "concurrentKernels", { env: BLOCKING }),
  );
  const share = (one: typeof record) => one.measuredSeconds / one.serialSeconds;
  return observed(name, {
    value: share(record) < 0.5,
    seen: `${place.cuda.title}, ${record.kernels} kernels in streams of their own take ` +
      `${record.measuredSeconds} s, one after the other ${record.serialSeconds} s`,
    controls: [
      positive(
        "the sample finds its own results right",
        record.passed,
        record.passed ? "passed" : "failed",
      ),
      negative(
        "where each launch waits for its end (CUDA_LAUNCH_BLOCKING=1), they run one after the other",
        share(blocked) > 0.5,
        `${blocked.measuredSeconds} s of ${blocked.serialSeconds} s`,
      ),
    ],
  });
}

/** "copies between host and GPU succeed" */
export async function copiesSucceed(
  name: ObservationName,
  place: SamplesPlace,
): Promise<Observation> {
  const cases = ["host_to_device_memcpy_ce", "device_to_host_memcpy_ce"];
  const states: string[] = [];
  for (const testcase of cases) states.push(await stateOf(place, testcase));
  const without = await refusal(async () => {
    const args = nvbandwidthArguments({ testcase: cases[0] ?? "" });
    parseNvbandwidth(await runSample(place, "nvbandwidth", { args, gpus: [] }));
  });
  const unknown = await stateOf(place, NO_SUCH_CASE);
  return observed(name, {
    value: states.every((state) => state === "passed"),
    seen: `${place.cuda.title}, nvbandwidth's copies ${
      cases.map((testcase, index) => `${testcase} ${states[index]}`).join(", ")
    }`,
    controls: [
      negative("without a GPU nothing is copied", without !== null, without ?? "it passed"),
      positive(
        "a test case that there is none of does not pass",
        unknown !== "passed",
        unknown,
      ),
    ],
  });
}

/** How a test case of nvbandwidth ended, which verifies the bytes that it copies. */
export async function stateOf(place: SamplesPlace, testcase: string): Promise<string> {
  try {
    const run = await runSample(place, "nvbandwidth", { args: nvbandwidthArguments({ testcase }) });
    const { testcases, error } = parseNvbandwidth(run);
    if (error !== null) return "error";
    return testcases.find(({ name }) => name === testcase)?.status ?? "not found";
  } catch (error) {
    if (error instanceof Problem) return "error";
    throw error;
  }
}

function times(ratio: number): string {
  return ratio.toFixed(2);
}
