import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ended, NBODY, NO_DEVICE } from "./cuda_samples.ts";
import { nbodyArguments, parseNbody } from "./nbody.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("nbodyArguments() asks for a benchmark of so many bodies", () => {
  assertEquals(nbodyArguments({ bodies: 4096 }), ["-benchmark", "-numbodies=4096"]);
  const all = nbodyArguments({ bodies: 256, iterations: 3, precision: "double" });
  assertEquals(all.slice(2), ["-i=3", "-fp64"]);
});

Deno.test("parseNbody() reads what was computed, and how fast", () => {
  assertEquals(parseNbody(ended(NBODY)), {
    bodies: 65536,
    iterations: 10,
    seconds: 0.025,
    interactionsPerSecond: 1717.987e9,
    flopsPerSecond: 34359.738 * 1e9,
    precision: "single",
  });
  const double = NBODY.replace("34359.738 single", "51539.607 double").replace("at 20", "at 30");
  assertEquals(parseNbody(ended(double)).precision, "double");
});

Deno.test("parseNbody() refuses contradictions, failures and the processor's work", () => {
  const changes = [["25.000 ms", "2.500 ms"], ["10 iterations", "1 iterations"]];
  changes.push(["1717.987", "inf"], ["25.000", "nan"], ["34359.738", "0.000"]);
  for (const [from = "", to = ""] of changes) {
    assertThrows(() => parseNbody(ended(NBODY.replace(from, to))), Problem);
  }
  const onCpu = NBODY.replace("> 1 Devices", "> Simulation with CPU\n> 1 Devices");
  assertThrows(() => parseNbody(ended(onCpu)), Problem, "the processor did");
  assertThrows(() => parseNbody(ended(NBODY, "", 1)), Problem, "its status is 1");
  assertThrows(() => parseNbody(NO_DEVICE), MissingTool);
});

Deno.test("parseNbody() takes no part of an output for a result", () => {
  const proof = "= 34359.738 single-precision GFLOP/s at 20 flops per interaction";
  assertNoPrefixPasses(NBODY, proof, (run) => parseNbody(run).bodies === 65536);
});
