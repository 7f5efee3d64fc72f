import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../../problem.ts";
import { ended, MATRIX_MUL, NBODY } from "../../runners/cuda/cuda_samples.ts";
import { parseNbody } from "../../runners/cuda/nbody.ts";
import { nvbandwidthJson, PASSED } from "../../runners/cuda/nvbandwidth_samples.ts";
import type { Ceilings } from "./ceilings.ts";
import { BODIES, MATRIX_PRODUCT, N_BODY, nbodyIterations } from "./compute.ts";
import type { CudaWorkload } from "./cuda_experiment.ts";
import { LAUNCH } from "./latency.ts";
import { figureOf, NVBANDWIDTH_COPIES } from "./transfer_cases.ts";

const LINK = {
  generation: { current: 5, max: 5, deviceMax: 5, hostMax: 5 },
  width: { current: 16, max: 16 },
};
const CEILINGS: Ceilings = {
  memoryBytesPerSecond: 3.3e12,
  flopsPerSecond: 6e13,
  linkBytesPerSecond: 63e9,
  peer: { joinedBy: "pcie", nvlink: null },
  linkGeneration: null,
  linkWidth: null,
  link: LINK,
};

function workload(name: string): CudaWorkload {
  const found = NVBANDWIDTH_COPIES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** nvbandwidth's JSON of one test case with these cells in GB/s. */
function copied(name: string, ...cells: string[]): string {
  return nvbandwidthJson([{ ...PASSED, name, bandwidth_matrix: [cells] }]);
}

Deno.test("a transfer doubts a figure above what its way can carry", () => {
  const cases = [
    ["host-to-device", "host_to_device_memcpy_ce", "55.1", "64"],
    ["device-to-host", "device_to_host_memcpy_ce", "55.1", "64"],
    ["on-device", "device_local_copy", "1600", "1700"],
    ["peer", "device_to_device_memcpy_read_ce", "50", "64"],
    ["peer-both-ways", "device_to_device_bidirectional_memcpy_read_ce", "100", "128"],
  ] as const;
  for (const [name, testcase, possible, impossible] of cases) {
    const doubt = (cell: string, ceilings = CEILINGS) =>
      workload(name).figuresOf(ended(copied(testcase, cell)), ceilings).doubt;
    assertEquals(doubt(possible), null, name);
    assert(doubt(impossible)?.includes("that can be"), name);
    const unknown = { ...CEILINGS, memoryBytesPerSecond: null, linkBytesPerSecond: null };
    assertEquals(doubt(impossible, unknown), null);
  }
});

Deno.test("a transfer between peers is bounded by what joins the two, where that is known", () => {
  const run = ended(copied("device_to_device_memcpy_read_ce", "90"));
  const figures = (peer: Ceilings["peer"]) =>
    workload("peer").figuresOf(run, { ...CEILINGS, peer });
  const nvlink = (bytesPerSecond: number, known = true) => (
    { joinedBy: "nvlink", nvlink: { bytesPerSecond, known } } as const
  );
  const wide = figures(nvlink(100e9));
  assertEquals([wide.doubt, wide.details["nvlinkBytesPerSecond"]], [null, 100e9]);
  assert(figures(nvlink(50e9)).doubt?.includes("that can be"));
  assertEquals(figures(nvlink(100e9, false)).details["nvlinkBytesPerSecond"], undefined);
  for (
    const peer of [{ joinedBy: null, nvlink: null }, { joinedBy: "nvlink", nvlink: null }] as const
  ) {
    assertEquals(figures(peer).doubt, null);
  }
});

Deno.test("a transfer keeps the capacity of its link, and none where that is unknown", () => {
  const run = ended(copied("host_to_device_memcpy_ce", "55.1"));
  const details = (ceilings: Ceilings) =>
    workload("host-to-device").figuresOf(run, ceilings).details["linkBytesPerSecond"];
  for (const linkGeneration of [5, 1]) {
    assertAlmostEquals(details({ ...CEILINGS, linkGeneration }) ?? NaN, 63e9, 1e8);
    assertEquals(details({ ...CEILINGS, linkGeneration, link: null }), undefined);
  }
  assertEquals(details(CEILINGS), undefined);
});

Deno.test("figureOf() gives nothing where the case did not pass", () => {
  const name = "host_to_device_memcpy_ce";
  const figure = (text: string, unit: Parameters<typeof figureOf>[2] = "bytes per second") => () =>
    figureOf(ended(text), name, unit);
  assertAlmostEquals(figure(copied(name, "10", "20"))(), 15e9);
  const waived = nvbandwidthJson([PASSED, { name: "other", status: "Waived" }]);
  assertAlmostEquals(figure(waived)(), 55.01e9, 0.01e9);
  for (
    const text of [
      nvbandwidthJson([{ name, status: "Waived" }]),
      nvbandwidthJson([{ name, status: "Error", error: "no memory" }]),
      nvbandwidthJson([PASSED], { error: "[CUDA_ERROR_UNKNOWN] unknown error" }),
      copied("another_case", "10"),
      copied(name, "nan"),
      "Segmentation fault\n",
    ]
  ) assertThrows(figure(text), Problem);
  assertThrows(figure(copied(name, "10"), "seconds"), Problem);
});

Deno.test("matrix products and n-body doubt wrong results and impossible rates", () => {
  const { value, doubt, timedSeconds } = MATRIX_PRODUCT.figuresOf(ended(MATRIX_MUL), CEILINGS);
  assertEquals([value, doubt], [6543.21e9, null]);
  assertAlmostEquals(timedSeconds ?? NaN, 300 * 0.328e-3, 1e-4);
  const wrong = ended(MATRIX_MUL.replace("= PASS", "= FAIL"));
  for (const { figuresOf } of [MATRIX_PRODUCT, LAUNCH]) {
    assertEquals(figuresOf(wrong, CEILINGS).doubt, "the sample found its own results wrong");
  }
  const slow = { ...CEILINGS, flopsPerSecond: 1e12 };
  for (const [{ figuresOf }, text] of [[MATRIX_PRODUCT, MATRIX_MUL], [N_BODY, NBODY]] as const) {
    assert(figuresOf(ended(text), slow).doubt?.includes("that can be"));
    assertEquals(figuresOf(ended(text), { ...CEILINGS, flopsPerSecond: null }).doubt, null);
  }
  assertEquals(
    N_BODY.figuresOf(ended(NBODY), CEILINGS).timedSeconds,
    parseNbody(ended(NBODY)).seconds,
  );
});

Deno.test("nbodyIterations() take about as long on every GPU", () => {
  const seconds = (flopsPerSecond: number) =>
    nbodyIterations({ flopsPerSecond }) * 20 * BODIES ** 2 / (flopsPerSecond / 2);
  fc.assert(fc.property(fc.double({ min: 5.8e12, max: 1e15, noNaN: true }), (flops) => {
    assertAlmostEquals(seconds(flops), 0.3, 0.02);
  }));
  assert(nbodyIterations({ flopsPerSecond: 1 }) >= 10);
  assert(nbodyIterations({ flopsPerSecond: null }) >= 10);
});
