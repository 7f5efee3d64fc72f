import { assertEquals, assertThrows } from "@std/assert";
import { parseAsyncApi } from "./async_api.ts";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ASYNC_API, ended, NO_DEVICE } from "./cuda_samples.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseAsyncApi() reads both times in seconds", () => {
  const { gpuSeconds, cpuSecondsInCalls, cpuIterations, passed } = parseAsyncApi(ended(ASYNC_API));
  assertEquals([gpuSeconds, cpuSecondsInCalls], [0.00525, 0.00003]);
  assertEquals([cpuIterations, passed], [21847, true]);
  assertEquals(parseAsyncApi(ended(ASYNC_API.replace("5.25", "5.73"))).gpuSeconds, 0.00573);
});

Deno.test("parseAsyncApi() tells wrong data, by its words and not by its status", () => {
  const wrong = `${ASYNC_API}Error! data[0] = 0, ref = 26\n`;
  for (const status of [0, 1]) {
    assertEquals(parseAsyncApi(ended(wrong, "", status)).passed, false);
  }
  assertThrows(() => parseAsyncApi(ended(ASYNC_API, "", 1)), Problem, "without a word");
  assertThrows(() => parseAsyncApi(ended(ASYNC_API.replace("5.25", "0.00"))), Problem);
  assertThrows(() => parseAsyncApi(NO_DEVICE), MissingTool);
});

Deno.test("parseAsyncApi() takes no part of an output for a pass", () => {
  const proof = "CPU executed 21847 iterations while waiting for GPU to finish";
  assertNoPrefixPasses(ASYNC_API, proof, (run) => parseAsyncApi(run).passed);
});
