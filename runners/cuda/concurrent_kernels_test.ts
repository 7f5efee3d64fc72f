import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { concurrentKernelsArguments, parseConcurrentKernels } from "./concurrent_kernels.ts";
import { CONCURRENT_KERNELS, ended, NO_DEVICE } from "./cuda_samples.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseConcurrentKernels() reads what was expected and what was measured", () => {
  assertEquals(concurrentKernelsArguments({ kernels: 4 }), ["-nkernels=4"]);
  assertEquals(parseConcurrentKernels(ended(CONCURRENT_KERNELS)), {
    passed: true,
    kernels: 8,
    serialSeconds: 0.08,
    concurrentSeconds: 0.01,
    measuredSeconds: 0.011,
    supported: true,
  });
});

Deno.test("parseConcurrentKernels() takes a time of less than a millisecond", () => {
  const text = CONCURRENT_KERNELS.replace("sample = 0.011s", "sample = 0.000s");
  assertEquals(parseConcurrentKernels(ended(text)).measuredSeconds, 0);
});

Deno.test("parseConcurrentKernels() tells devices that run one kernel at a time", () => {
  const words = "> GPU does not support concurrent kernel execution\n> Detected";
  const text = CONCURRENT_KERNELS.replace("> Detected", words);
  assertEquals(parseConcurrentKernels(ended(text)).supported, false);
});

Deno.test("parseConcurrentKernels() does not take a failure for a pass", () => {
  const failed = CONCURRENT_KERNELS.replace("Test passed", "Test failed!");
  for (const status of [0, 1]) {
    assertEquals(parseConcurrentKernels(ended(failed, "", status)).passed, false);
  }
  assertThrows(() => parseConcurrentKernels(ended(CONCURRENT_KERNELS, "", 1)), Problem);
  const other = CONCURRENT_KERNELS.replace(
    "concurrent execution of 8",
    "concurrent execution of 4",
  );
  assertThrows(() => parseConcurrentKernels(ended(other)), Problem);
  assertThrows(() => parseConcurrentKernels(NO_DEVICE), MissingTool);
});

Deno.test("parseConcurrentKernels() takes no part of an output for a pass", () => {
  const passes = (run: ReturnType<typeof ended>) => parseConcurrentKernels(run).passed;
  assertNoPrefixPasses(CONCURRENT_KERNELS, "Test passed", passes);
});
