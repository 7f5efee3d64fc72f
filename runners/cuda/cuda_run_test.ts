import { assertEquals, assertThrows } from "@std/assert";
import { positiveOrNull, refuseCudaFailure, waivedBecause, wholeLines } from "./cuda_run.ts";
import { ended, NO_DEVICE, OLD_DRIVER, SIMPLE_P2P_ONE_GPU, VECTOR_ADD } from "./cuda_samples.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("refuseCudaFailure() takes a GPU for missing where CUDA says that there is none", () => {
  const runs = [
    NO_DEVICE,
    ended("cudaGetDeviceCount returned 100\n-> no CUDA-capable device is detected\n", "", 1),
    ended("There are no available device(s) that support CUDA\n"),
    ended("", "gpuGetMaxGflopsDeviceId() CUDA error: no devices supporting CUDA.\n", 1),
    ended("Error: only 0 Devices available, 1 requested.  Exiting.\n", "", 1),
    ended("!!!!!No devices found!!!!!\n"),
  ];
  for (const run of runs) {
    const error = assertThrows(() => refuseCudaFailure("x", run), MissingTool, "no device");
    assertEquals(error.lacks, "gpu");
  }
});

Deno.test("refuseCudaFailure() takes no GPU for missing where CUDA failed otherwise", () => {
  const cases = [
    [OLD_DRIVER, "cudaErrorInsufficientDriver"],
    [ended("cudaGetDeviceCount returned 35\n-> CUDA driver version is insufficient\n"), "35"],
    [ended("Cuda failure p2p.cu:610: 'unknown error'\n"), "unknown error"],
    [
      ended("", "Failed to allocate device vector A (error code out of memory)!\n"),
      "out of memory",
    ],
    [ended("", "x: error while loading shared libraries: libGL.so.1: cannot open\n", 127), "libGL"],
    [ended(VECTOR_ADD, "", null), "did not end by itself"],
  ] as const;
  for (const [run, words] of cases) {
    const error = assertThrows(() => refuseCudaFailure("x", run), Problem, words);
    assertEquals(error instanceof MissingTool, false);
  }
});

Deno.test("refuseCudaFailure() lets through what went well", () => {
  refuseCudaFailure("vectorAdd", ended(VECTOR_ADD));
  refuseCudaFailure("vectorAdd", ended(VECTOR_ADD, "a warning of the loader\n", 1));
  const chosen = 'gpuDeviceInit() CUDA Device [0]: "Hopper"\n';
  refuseCudaFailure("vectorAdd", ended(`${chosen}${VECTOR_ADD}`));
});

Deno.test("waivedBecause() gives the program's own reason", () => {
  const because = waivedBecause(ended(SIMPLE_P2P_ONE_GPU, "", 2));
  assertEquals(because?.startsWith("Two or more GPUs with Peer-to-Peer access"), true);
  const inOne = "your system does not have two GPUs, waiving test...";
  assertEquals(waivedBecause(ended(`${inOne}\n`)), inOne);
  assertEquals(waivedBecause(ended(VECTOR_ADD)), null);
});

Deno.test("wholeLines() leaves out what was cut", () => {
  assertEquals(wholeLines(ended("a\r\nb\nTest PASS")), "a\nb\n");
  assertEquals(wholeLines(ended("Test PASSED")), "");
});

Deno.test("positiveOrNull() knows no figure but a positive number", () => {
  assertEquals(positiveOrNull("1.5", 1e9), 1.5e9);
  for (const text of [undefined, "", "nan", "-nan", "inf", "-1", "0.00", "0", "1.2.3", "N/A"]) {
    assertEquals(positiveOrNull(text), null);
  }
});
