import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ended, NO_DEVICE, SIMPLE_STREAMS } from "./cuda_samples.ts";
import { parseSimpleStreams } from "./simple_streams.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseSimpleStreams() reads all four times in seconds", () => {
  assertEquals(parseSimpleStreams(ended(SIMPLE_STREAMS)), {
    passed: true,
    copySeconds: 2.53 * 1e-3,
    kernelSeconds: 0.21 * 1e-3,
    unstreamedSeconds: 2.68 * 1e-3,
    streamedSeconds: 2.55 * 1e-3,
    streams: 4,
  });
});

Deno.test("parseSimpleStreams() tells wrong data, and refuses what is no measurement", () => {
  const wrong = `${SIMPLE_STREAMS}0: -1 5000\n`;
  assertEquals(parseSimpleStreams(ended(wrong, "", 1)).passed, false);
  const failed = ended(SIMPLE_STREAMS, "", 1);
  assertThrows(() => parseSimpleStreams(failed), Problem, "without a word");
  const odd = SIMPLE_STREAMS.replace("kernel:\t\t0.21", "kernel:\t\t0.00");
  assertThrows(() => parseSimpleStreams(ended(odd)), Problem, "a time is nothing");
  assertThrows(() => parseSimpleStreams(NO_DEVICE), MissingTool);
});

Deno.test("parseSimpleStreams() takes no part of an output for a pass", () => {
  const passes = (run: ReturnType<typeof ended>) => parseSimpleStreams(run).passed;
  assertNoPrefixPasses(SIMPLE_STREAMS, "-------------------------------", passes);
});
