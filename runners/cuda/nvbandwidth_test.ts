import { assertEquals, assertThrows } from "@std/assert";
import { ended } from "./cuda_samples.ts";
import { nvbandwidthArguments, parseNvbandwidth } from "./nvbandwidth.ts";
import {
  nvbandwidthJson,
  nvbandwidthText,
  PASSED,
  TEXT_BIDIRECTIONAL,
  TEXT_CASE,
} from "./nvbandwidth_samples.ts";
import { MissingTool, Problem } from "../../problem.ts";

const LATENCY = {
  ...PASSED,
  name: "host_device_latency_sm",
  bandwidth_description: "memory latency SM CPU(row) <-> GPU(column) (ns)",
  bandwidth_matrix: [["612.5", "N/A"]],
  sum: 612.5,
};
const NO_DEVICE =
  "[CUDA_ERROR_NO_DEVICE] no CUDA-capable device is detected in expression cuInit(0)\n";
const LOST = "[CUDA_ERROR_UNKNOWN] unknown error in expression cuStreamSynchronize(stream)";
const WRONG = "Invalid value when checking the pattern at <0x7f0000000000>";

/** The cases of an output, each with its status. */
function statuses(stdout: string, status: number | null = 0) {
  return parseNvbandwidth(ended(stdout, "", status)).testcases.map((
    each,
  ) => [each.name, each.status]);
}

Deno.test("nvbandwidthArguments() names one case, and what it was asked for", () => {
  assertEquals(nvbandwidthArguments({ testcase: "x" }), ["-t", "x", "-j"]);
  const all = nvbandwidthArguments({
    testcase: "x",
    bufferMebibytes: 64,
    samples: 1,
    format: "text",
  });
  assertEquals(all, ["-t", "x", "--bufferSize", "64", "--testSamples", "1"]);
});

Deno.test("parseNvbandwidth() reads JSON in base units", () => {
  const record = parseNvbandwidth(ended(nvbandwidthJson([PASSED, LATENCY])));
  const { testcases: [bandwidth, latency], ...run } = record;
  assertEquals(run, {
    version: "0.8",
    cudaVersion: "12.8",
    driverVersion: "570.12.34",
    devices: ["NVIDIA Q200 80GB (00000000:65:00)", "NVIDIA Q200 80GB (00000000:66:00)"],
    error: null,
    warning: null,
  });
  assertEquals([bandwidth?.unit, bandwidth?.matrix], ["bytes per second", [[
    55.1234 * 1e9,
    54.9 * 1e9,
  ]]]);
  assertEquals([latency?.unit, latency?.matrix], ["seconds", [[612.5 * 1e-9, null]]]);
  assertEquals(latency?.sum, 612.5 * 1e-9);
});

Deno.test("parseNvbandwidth() reads text, with the same figures to two decimals", () => {
  const record = parseNvbandwidth(ended(nvbandwidthText(TEXT_CASE)));
  const { testcases: [only], ...run } = record;
  assertEquals(run.devices.length, 2);
  assertEquals([run.version, run.cudaVersion, run.error], ["0.8", "12.8", null]);
  assertEquals([only?.status, only?.matrix], ["passed", [[55.12 * 1e9, 54.9 * 1e9]]]);
  assertEquals(only?.sum, 110.02 * 1e9);
});

Deno.test("parseNvbandwidth() takes the total where both directions are told", () => {
  const rows = [1, 2, 3].flatMap((i) => [["N/A", `${100 * i}`], [`${100 * i + 0.5}`, "N/A"]]);
  const description = "memcpy CE GPU(row) <-> GPU(column) Total bandwidth (GB/s)";
  const json = { ...PASSED, bandwidth_description: description, bandwidth_matrix: rows };
  for (const text of [nvbandwidthJson([json]), nvbandwidthText(TEXT_BIDIRECTIONAL)]) {
    const [only] = parseNvbandwidth(ended(text)).testcases;
    assertEquals(only?.matrix, [[null, 300e9], [300.5 * 1e9, null]]);
  }
  const cut = TEXT_BIDIRECTIONAL.slice(
    0,
    TEXT_BIDIRECTIONAL.indexOf("memcpy CE GPU(row) <-> GPU(column) Total"),
  );
  assertEquals(statuses(nvbandwidthText(cut))[0]?.[1], "running");
});

Deno.test("parseNvbandwidth() tells cases that did not pass although the status is 0", () => {
  const failed = (status: string, others = {}) => ({ name: "a", status, ...others });
  const cases = [["Waived", "waived"], ["Running", "running"], ["ERROR", "not found"]];
  cases.push(["Not Found", "not found"], ["Error", "error"], ["Quux", "error"]);
  for (const [printed = "", status = ""] of cases) {
    assertEquals(statuses(nvbandwidthJson([failed(printed)])), [["a", status]]);
  }
  const twice = [failed("Running"), failed("Error", { error: "no memory" })];
  const { testcases } = parseNvbandwidth(ended(nvbandwidthJson(twice)));
  assertEquals(testcases.map(({ status, because }) => [status, because]), [["error", "no memory"]]);
});

Deno.test("parseNvbandwidth() tells them in the text of all versions", () => {
  const cases = [
    ["Waiving a_b.\n\n", "v0.4", "a_b", "waived"],
    ["Waived: \n", "v0.8", null, "waived"],
    ["ERROR: Testcase a_b not found!\n", "v0.1", "a_b", "not found"],
    ["ERROR: Testcase index 99 out of bound!\n", "v0.8", "99", "not found"],
    ["Running a_b.\nError: no memory\n", "v0.8", "a_b", "error"],
    ["Running a_b.\n", "v0.8", "a_b", "running"],
  ] as const;
  for (const [body, version, name, status] of cases) {
    assertEquals(statuses(nvbandwidthText(body, version)), [[name, status]]);
  }
});

Deno.test("parseNvbandwidth() keeps what was measured before CUDA failed", () => {
  const json = nvbandwidthJson([PASSED, { name: "b", status: "Running" }], { error: `${LOST}\n` });
  for (const text of [json, nvbandwidthText(`${TEXT_CASE}Running b.\n${LOST}\n`)]) {
    const record = parseNvbandwidth(ended(text, "", 1));
    assertEquals(record.testcases.map(({ status }) => status), ["passed", "running"]);
    assertEquals([record.error, record.testcases[1]?.because], [LOST, LOST]);
  }
});

Deno.test("parseNvbandwidth() believes nothing where the bytes were wrong", () => {
  const json = nvbandwidthJson([PASSED], { error: `${WRONG}: Current offset [ 0/1]` });
  assertEquals(statuses(json, null), [["host_to_device_memcpy_ce", "error"]]);
  const text = nvbandwidthText(TEXT_CASE.replace("memcpy CE", ` ${WRONG}\nmemcpy CE`));
  assertEquals(statuses(text), [["host_to_device_memcpy_ce", "error"]]);
});

Deno.test("parseNvbandwidth() finds JSON among other text, and the warning", () => {
  const json = nvbandwidthJson([PASSED], { warning: "NOTE: You have chosen a buffer size" });
  const record = parseNvbandwidth(ended(`{a note}\nWarning: {\n${json}more {\n`));
  assertEquals([record.testcases.length, record.warning?.slice(0, 5)], [1, "NOTE:"]);
});

Deno.test("parseNvbandwidth() knows no figure where none was measured", () => {
  for (const cell of ["nan", "-nan", "inf", "-1", "0", "N/A"]) {
    const json = nvbandwidthJson([{ ...PASSED, bandwidth_matrix: [[cell, "1"]] }]);
    assertEquals(parseNvbandwidth(ended(json)).testcases[0]?.matrix, [[null, 1e9]]);
  }
});

Deno.test("parseNvbandwidth() does not pass a case whose figures are not whole", () => {
  const changes = [
    { bandwidth_matrix: undefined },
    { bandwidth_matrix: [] },
    { bandwidth_matrix: [["1", "2"], ["3"]] },
    { bandwidth_matrix: [[1, 2]] },
    { bandwidth_description: "furlongs (per fortnight)" },
  ];
  for (const change of changes) {
    assertEquals(statuses(nvbandwidthJson([{ ...PASSED, ...change }]))[0]?.[1], "error");
  }
});

Deno.test("parseNvbandwidth() takes a GPU for missing where CUDA says so", () => {
  const json = nvbandwidthJson(undefined, { error: NO_DEVICE });
  assertThrows(() => parseNvbandwidth(ended(json, "", 1)), MissingTool);
  const text = "nvbandwidth Version: v0.8\nBuilt from Git version: v0.8\n\n";
  assertThrows(() => parseNvbandwidth(ended(text, NO_DEVICE, 1)), MissingTool);
});

Deno.test("parseNvbandwidth() refuses what is no output of nvbandwidth's", () => {
  for (const text of ["", "{}\n", '{\n"other": 1\n}\n', nvbandwidthJson([]), nvbandwidthText("")]) {
    assertThrows(() => parseNvbandwidth(ended(text)), Problem);
  }
  const loader = "nvbandwidth: error while loading shared libraries: libcuda.so.1: cannot open\n";
  assertThrows(() => parseNvbandwidth(ended("", loader, 127)), Problem, "libcuda.so.1");
});

Deno.test("parseNvbandwidth() takes no part of an output for a pass", () => {
  const sum = "SUM host_to_device_memcpy_ce 110.02\n";
  const proofs = [[nvbandwidthJson([PASSED]), "\n}"], [nvbandwidthText(TEXT_CASE), sum]];
  for (const [text = "", proof = ""] of proofs) {
    const needed = text.lastIndexOf(proof) + proof.length;
    for (let length = 0; length < needed; length++) {
      const passed = () =>
        statuses(text.slice(0, length)).some(([, status]) => status === "passed");
      assertEquals(safely(passed) ?? false, false, `after ${length} characters`);
    }
  }
});

function safely<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
