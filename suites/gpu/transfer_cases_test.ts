import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import type { Ceilings } from "./ceilings.ts";
import { transferWorkloads } from "./transfer_cases.ts";

const CEILINGS: Ceilings = {
  memoryBytesPerSecond: 1e12,
  flopsPerSecond: null,
  linkBytesPerSecond: null,
  linkGeneration: null,
  linkWidth: null,
  peer: null,
  link: null,
};

function printed(stdout: string) {
  return { status: 0, stdout, stderr: "" };
}

const table = (direction: string, rate: string) =>
  ` ${direction} Bandwidth, 1 Device(s)\n PINNED Memory Transfers\n` +
  `   Transfer Size (Bytes)\tBandwidth(GB/s)\n   32000000\t\t\t${rate}\n\n`;

const BANDWIDTH_TEST = "[CUDA Bandwidth Test] - Starting...\nRunning on...\n\n" +
  " Device 0: NVIDIA A100\n Quick Mode\n\n" +
  table("Host to Device", "25.1") + table("Device to Host", "26.2") +
  table("Device to Device", "1200.0") + "Result = PASS\n";

Deno.test("transferWorkloads() takes nvbandwidth, and the samples only where it is missing", () => {
  const programsOf = (...names: string[]) =>
    transferWorkloads({ has: (name) => names.includes(name) });
  const both = programsOf("nvbandwidth", "bandwidthTest");
  assertEquals(new Set(both.workloads.map(({ program }) => program)), new Set(["nvbandwidth"]));
  const samples = programsOf("bandwidthTest");
  assertEquals(samples.workloads.map(({ name, program }) => [name, program]), [
    ["host-to-device", "bandwidthTest"],
    ["device-to-host", "bandwidthTest"],
    ["on-device", "bandwidthTest"],
    ["peer", "p2pBandwidthLatencyTest"],
    ["peer-both-ways", "p2pBandwidthLatencyTest"],
  ]);
  assertEquals(samples.source.includes("less accurate"), true);
  assertEquals(programsOf().workloads, both.workloads);
});

Deno.test("bandwidthTest's copy within the device counts each byte once, as nvbandwidth's does", () => {
  const { workloads } = transferWorkloads({ has: (name) => name === "bandwidthTest" });
  const values = workloads.filter(({ peers }) => !peers).map(({ figuresOf }) => {
    return figuresOf(printed(BANDWIDTH_TEST), CEILINGS).value;
  });
  assertEquals(values, [25.1e9, 26.2e9, 600e9]);
});

Deno.test("bandwidthTest that failed is no figure", () => {
  const { workloads: [first] } = transferWorkloads({ has: (name) => name === "bandwidthTest" });
  const failed = BANDWIDTH_TEST.replace("PASS", "FAIL");
  assertThrows(() => first?.figuresOf(printed(failed), CEILINGS), Problem);
});
