import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ended, NO_DEVICE, SIMPLE_P2P, SIMPLE_P2P_ONE_GPU } from "./cuda_samples.ts";
import { parseSimpleP2p } from "./simple_p2p.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseSimpleP2p() reads the pair, its bandwidth and who reaches whom", () => {
  const record = parseSimpleP2p(ended(SIMPLE_P2P));
  assertEquals(record.outcome === "tested" && [record.passed, record.between], [true, [0, 1]]);
  assertEquals(
    record.outcome === "tested" && record.bandwidthBytesPerSecond,
    246.5 * 1024 ** 3,
  );
  assertEquals(record.peers.map(({ access }) => access), [true, false]);
});

Deno.test("parseSimpleP2p() keeps a waived test apart from a pass, whatever its status", () => {
  for (const status of [0, 2]) {
    assertEquals(parseSimpleP2p(ended(SIMPLE_P2P_ONE_GPU, "", status)).outcome, "waived");
  }
  const apart = SIMPLE_P2P.slice(0, SIMPLE_P2P.indexOf("Enabling")).replace(": Yes", ": No") +
    "Peer to Peer access is not available amongst GPUs in the system, waiving test.\n";
  const record = parseSimpleP2p(ended(apart, "", 2));
  assertEquals([record.outcome, record.peers.length], ["waived", 2]);
});

Deno.test("parseSimpleP2p() does not take a failure for a pass", () => {
  const failed = SIMPLE_P2P.replace("Test passed", "Test failed!");
  const record = parseSimpleP2p(ended(failed, "", 1));
  assertEquals(record.outcome === "tested" && record.passed, false);
  assertThrows(() => parseSimpleP2p(ended(SIMPLE_P2P, "", 1)), Problem, "passed and failed");
  assertThrows(() => parseSimpleP2p(ended(SIMPLE_P2P.replace("246.50", "inf"))), Problem);
  assertThrows(() => parseSimpleP2p(NO_DEVICE), MissingTool);
});

Deno.test("parseSimpleP2p() takes no part of an output for a pass", () => {
  assertNoPrefixPasses(SIMPLE_P2P, "Test passed", (run) => {
    const record = parseSimpleP2p(run);
    return record.outcome === "tested" && record.passed;
  });
});
