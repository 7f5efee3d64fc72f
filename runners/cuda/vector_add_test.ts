import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ended, VECTOR_ADD } from "./cuda_samples.ts";
import { parseVectorAdd } from "./vector_add.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseVectorAdd() tells right sums from wrong ones", () => {
  assertEquals(parseVectorAdd(ended(VECTOR_ADD)), { passed: true });
  const wrong = ended("", "Result verification failed at element 7!\n", 1);
  assertEquals(parseVectorAdd(wrong), { passed: false });
});

Deno.test("parseVectorAdd() refuses failures of CUDA, and a pass with a failure after it", () => {
  const none =
    "Failed to allocate device vector A (error code no CUDA-capable device is detected)!\n";
  assertThrows(() => parseVectorAdd(ended("", none, 1)), MissingTool);
  const late = ended(VECTOR_ADD, "Failed to free device vector A (error code unknown error)!\n", 1);
  assertThrows(() => parseVectorAdd(late), Problem, "unknown error");
  assertThrows(() => parseVectorAdd(ended(VECTOR_ADD, "", 1)), Problem);
});

Deno.test("parseVectorAdd() takes no part of an output for a pass", () => {
  assertNoPrefixPasses(VECTOR_ADD, "Test PASSED", (run) => parseVectorAdd(run).passed);
});
