import { assertEquals, assertRejects } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import {
  CONCURRENT_KERNELS,
  MATRIX_MUL,
  SIMPLE_STREAMS,
  VECTOR_ADD,
} from "../../runners/cuda/cuda_samples.ts";
import { nvbandwidthJson, PASSED } from "../../runners/cuda/nvbandwidth_samples.ts";
import type { CommandResult } from "../../runners/host.ts";
import { printing, sampleSubject, scriptedPlace } from "../testing/scripted_gpu.ts";
import { standing } from "../testing/standing.ts";
import type { CudaRequest } from "./cuda_place.ts";
import {
  computes,
  copiesSucceed,
  failsWithoutGpu,
  kernelsOverlap,
  runSample,
  streamsOverlap,
} from "./cuda_samples.ts";

const subject = sampleSubject();
const CONTROL = "control: without a GPU the same program fails";

type Answer = (request: CudaRequest) => Partial<CommandResult>;

function placeOf(answer: Answer, failure: string | null = null) {
  return { cuda: scriptedPlace(answer, { failure }), subject };
}

/** `bare` is what the programs do without a GPU. */
function without(bare: Partial<CommandResult>, texts: Parameters<typeof printing>[0]): Answer {
  return (request) => request.gpus.length === 0 ? bare : printing(texts)(request);
}

const SAMPLES = { matrixMul: MATRIX_MUL, vectorAdd: VECTOR_ADD };

Deno.test("computes() holds where the samples pass, and fail without a GPU for that reason", async () => {
  const cases: readonly (readonly [Answer, string])[] = [
    [printing(SAMPLES), "holds"],
    [
      printing({ ...SAMPLES, matrixMul: MATRIX_MUL.replace("= PASS", "= FAIL") }),
      "does not hold",
    ],
    [without({ stdout: VECTOR_ADD }, SAMPLES), CONTROL],
    [without({ stdout: "Segmentation fault\n", status: null }, SAMPLES), CONTROL],
    [without({ stderr: "vectorAdd: not found\n", status: 127 }, SAMPLES), CONTROL],
    [without({ ended: "timed-out", status: null }, SAMPLES), CONTROL],
  ];
  for (const [answer, expected] of cases) {
    assertEquals(standing(await computes("gpu-container/computes", placeOf(answer))), expected);
  }
});

Deno.test("computes() believes no program that prints garbage and exits with 0", async () => {
  const place = placeOf(printing({ ...SAMPLES, matrixMul: "Result = PASS\n" }));
  await assertRejects(() => computes("gpu-samples/computes", place), Problem, "tells no result");
});

Deno.test("failsWithoutGpu() tells CUDA's refusals from everything else", async () => {
  const held = async (problem: Problem) =>
    (await failsWithoutGpu("x", () => Promise.reject(problem))).held;
  const failed = (seen: string) => new Problem({ action: "x", condition: "CUDA failed", seen });
  assertEquals(await held(new MissingTool({ action: "x", condition: "no device" }, "gpu")), true);
  assertEquals(await held(failed("code=304(cudaErrorOperatingSystem)")), true);
  assertEquals(await held(failed("(error code CUDA driver version is insufficient for)")), true);
  assertEquals(await held(failed("CUDA error: out of memory")), false);
  assertEquals(await held(new MissingTool({ action: "x", condition: "no nbody" }, "cuda")), false);
  assertEquals((await failsWithoutGpu("x", () => Promise.resolve())).held, false);
});

Deno.test("runSample() takes neither a place that fails nor a time-out for a run", async () => {
  const broken = placeOf(() => ({ status: 125 }), "docker: no space left on device");
  await assertRejects(() => runSample(broken, "nbody"), Problem, "no space left");
  const hanging = placeOf(() => ({ ended: "timed-out", status: null }));
  await assertRejects(() => runSample(hanging, "nbody"), Problem, "timed-out");
});

/** simpleStreams' words, with these times in milliseconds. */
function streams(unstreamed: number, streamed: number, kernel = 1): string {
  return SIMPLE_STREAMS.replace(
    /memcopy:[\s\S]*(?=-{9,})/,
    () =>
      `memcopy:\t2.00\nkernel:\t\t${kernel.toFixed(2)}\n` +
      `non-streamed:\t${unstreamed.toFixed(2)}\n4 streams:\t${streamed.toFixed(2)}\n`,
  );
}

Deno.test("streamsOverlap() asks how much of what could overlap does", async () => {
  const observe = async (texts: readonly string[], blocked: string) => {
    const left = [...texts];
    const answer: Answer = ({ env }) => ({ stdout: (env ? blocked : left.shift()) ?? "" });
    return standing(await streamsOverlap("gpu-samples/streams-overlap", placeOf(answer)));
  };
  const serial = streams(3, 3);
  const overlapping = streams(3, 2.26);
  const three = (text: string) => [text, text, text];
  assertEquals(await observe(three(overlapping), serial), "holds");
  assertEquals(await observe(three(serial), serial), "does not hold");
  assertEquals(await observe([overlapping, serial, serial], serial), "untested");
  assertEquals(await observe(three(streams(2.06, 2.01, 0.06)), serial), "untested");
  assertEquals(
    await observe(three(overlapping), overlapping),
    "control: where each launch waits for its end (CUDA_LAUNCH_BLOCKING=1), less than half overlaps",
  );
});

Deno.test("streamsOverlap() sees it where a fast GPU's kernel is short beside its copy", async () => {
  const answer: Answer = ({ env }) => ({
    stdout: env ? SIMPLE_STREAMS.replace("2.55", "2.70") : SIMPLE_STREAMS,
  });
  const found = await streamsOverlap("gpu-samples/streams-overlap", placeOf(answer));
  assertEquals(standing(found), "holds");
});

Deno.test("kernelsOverlap() needs kernels that run one after the other where launches wait", async () => {
  const blocked = CONCURRENT_KERNELS.replace("= 0.011s", "= 0.081s");
  const observe = async (free: string, held: string) => {
    const answer: Answer = ({ env }) => ({ stdout: env ? held : free });
    return standing(await kernelsOverlap("gpu-samples/kernels-overlap", placeOf(answer)));
  };
  assertEquals(await observe(CONCURRENT_KERNELS, blocked), "holds");
  assertEquals(await observe(blocked, blocked), "does not hold");
  assertEquals((await observe(CONCURRENT_KERNELS, CONCURRENT_KERNELS)).slice(0, 8), "control:");
  // At a fifth of the clock that the sample reckons with, both take five times as long.
  const slow = CONCURRENT_KERNELS.replace("= 0.011s", "= 0.055s");
  assertEquals(await observe(slow, blocked.replace("= 0.081s", "= 0.405s")), "holds");
  // ARM hosts get kernels that are too short for the sample's own clock.
  const short = CONCURRENT_KERNELS.replace("= 0.011s", "= 0.000s");
  assertEquals((await observe(short, short)).slice(0, 8), "control:");
  // Whatever printed that, the kernels did not run.
  assertEquals(
    await observe(short, blocked),
    "control: no run takes less than half of what one kernel does",
  );
});

Deno.test("kernelsOverlap() is undecided where the GPU only wakes up in the first run", async () => {
  const blocked = CONCURRENT_KERNELS.replace("= 0.011s", "= 0.081s");
  let runs = 0;
  const answer: Answer = ({ env }) => {
    const waking = CONCURRENT_KERNELS.replace("= 0.011s", "= 0.055s");
    return { stdout: env ? blocked : runs++ === 0 ? waking : CONCURRENT_KERNELS };
  };
  const found = await kernelsOverlap("gpu-samples/kernels-overlap", placeOf(answer));
  assertEquals(standing(found), "untested");
});

/** nvbandwidth's answer to each case; `changes` by its name. */
function copying(changes: Readonly<Record<string, string>> = {}): Answer {
  return ({ args: [, testcase = ""], gpus }) => {
    if (gpus.length === 0) return { status: 1, stderr: "[CUDA_ERROR_NO_DEVICE] no device\n" };
    const known = testcase === "no_such_test_case"
      ? nvbandwidthJson([{ name: testcase, status: "ERROR" }])
      : nvbandwidthJson([{ ...PASSED, name: testcase }]);
    return { stdout: changes[testcase] ?? known };
  };
}

const TO_DEVICE = "host_to_device_memcpy_ce";

Deno.test("copiesSucceed() is refuted by wrong bytes alone", async () => {
  const observe = async (changes: Readonly<Record<string, string>>) =>
    standing(await copiesSucceed("gpu-container/copies", placeOf(copying(changes))));
  const wrong = { error: "Invalid value when checking the pattern at <0x7f00>" };
  const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{}, "holds"],
    [{ [TO_DEVICE]: nvbandwidthJson([{ ...PASSED, name: TO_DEVICE }], wrong) }, "does not hold"],
    [{ [TO_DEVICE]: nvbandwidthJson([{ name: TO_DEVICE, status: "Waived" }]) }, "untested"],
    [
      { no_such_test_case: nvbandwidthJson([{ ...PASSED, name: "no_such_test_case" }]) },
      "control: a test case that there is none of is not found",
    ],
  ];
  for (const [changes, expected] of cases) assertEquals(await observe(changes), expected);
});

Deno.test("copiesSucceed() decides nothing where nvbandwidth is missing, fails or has another GPU", async () => {
  const missing = new MissingTool({ action: "run nvbandwidth", condition: "missing" }, "cuda");
  const none = {
    cuda: { ...scriptedPlace(() => ({})), run: () => Promise.reject(missing) },
    subject,
  };
  await assertRejects(() => copiesSucceed("gpu-container/copies", none), MissingTool);
  const failed = nvbandwidthJson([{ name: TO_DEVICE, status: "Error", error: "no memory" }]);
  const failing = placeOf(copying({ [TO_DEVICE]: failed }));
  await assertRejects(() => copiesSucceed("gpu-container/copies", failing), Problem, "no memory");
  const other = { ...placeOf(copying()), subject: sampleSubject({ name: "NVIDIA Z1" }) };
  const found = await copiesSucceed("gpu-container/copies", other);
  assertEquals(
    standing(found),
    "control: nvbandwidth names the GPU that was given to it and no other",
  );
});
