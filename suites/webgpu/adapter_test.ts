import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import {
  GPU_INFO,
  type Part,
  printed,
  SOFTWARE_INFO,
} from "../../runners/webgpu/webgpu_samples.ts";
import {
  type AdapterInfo,
  parseWebgpuView,
  readAdapter,
  readAdapters,
} from "../../runners/webgpu/webgpu_view.ts";
import type { Observation } from "../result.ts";
import { hardwareAdapter, isSoftware, nameOf, oneAdapter, pciVendorOf } from "./adapter.ts";

const H200 = { address: "0000:45:00.0", vendor: "10de", device: "2335" };
const BMC = { address: "0000:02:00.0", vendor: "1a03", device: "2000" };
const GPU = infoOf(GPU_INFO);
const SOFTWARE = infoOf(SOFTWARE_INFO);

function infoOf(info: Part): AdapterInfo {
  const { webgpu } = parseWebgpuView(printed({ adapter: info }));
  const adapter = webgpu === null ? null : readAdapter(webgpu);
  if (adapter === null) throw new Error("no adapter");
  return adapter;
}

function oneAdapterOf(change: Part): Observation {
  const { webgpu } = parseWebgpuView(printed({ adapters: change }));
  if (webgpu === null) throw new Error("no WebGPU");
  return oneAdapter(GPU, readAdapters(webgpu));
}

function held({ controls }: Observation): boolean[] {
  return controls.map((control) => control.held);
}

Deno.test("isSoftware() knows drivers that compute on the processor", () => {
  const names = [
    "llvmpipe (LLVM 19.1.7, 256 bits)",
    "SwiftShader Device (Subzero)",
    "Microsoft Basic Render Driver",
    "softpipe",
  ];
  for (const description of names) {
    assertEquals(isSoftware({ ...GPU, description, isFallbackAdapter: null }), true, description);
  }
  for (const description of ["NVIDIA H200", "AMD Radeon Pro W7900 (RADV)", "Intel(R) Arc", ""]) {
    assertEquals(isSoftware({ ...GPU, description }), false, description);
  }
  assertEquals(isSoftware({ ...GPU, isFallbackAdapter: true }), true);
});

Deno.test("nameOf() says what it is, however little is told", () => {
  assertEquals(nameOf(SOFTWARE), "the software adapter llvmpipe (LLVM 15.0.6, 256 bits)");
  assertEquals(nameOf({ ...GPU, description: " " }), "the adapter 9019");
  assertEquals(nameOf({ ...GPU, description: "", device: "" }), "the adapter without a name");
  assertEquals(nameOf({ ...GPU, description: "x\n".repeat(999) }).length < 100, true);
});

Deno.test("pciVendorOf() reads numbers and the specification's names", () => {
  const cases = [
    ["4318", "10de"],
    ["0x10de", "10de"],
    ["NVIDIA", "10de"],
    ["amd", "1002"],
    ["32902", "8086"],
    ["65541", null],
    ["0", null],
    ["", null],
    ["apple", null],
  ] as const;
  for (const [vendor, expected] of cases) assertEquals(pciVendorOf({ ...GPU, vendor }), expected);
});

Deno.test("hardwareAdapter() is true for a GPU that is on the PCI bus", () => {
  for (const software of [null, SOFTWARE]) {
    const found = hardwareAdapter(GPU, software, [BMC, H200]);
    assertEquals([found.value, held(found)], [true, [true, true]]);
    assertStringIncludes(found.seen, "NVIDIA H200 is a GPU (its PCI vendor 10de");
  }
});

Deno.test("hardwareAdapter() decides nothing where PCI has no such GPU or all is software", () => {
  assertEquals(held(hardwareAdapter(GPU, null, [BMC])), [false, true]);
  assertEquals(held(hardwareAdapter({ ...GPU, vendor: "" }, null, [H200])), [false, true]);
  assertEquals(held(hardwareAdapter(GPU, GPU, [H200])), [true, false]);
});

Deno.test("hardwareAdapter() is untested on a software adapter, and says what is lacked", () => {
  const bare = hardwareAdapter(SOFTWARE, SOFTWARE, [BMC]);
  assertEquals([bare.value, bare.absence?.verdict, bare.absence?.lacks], [null, "untested", "gpu"]);
  const undriven = hardwareAdapter(SOFTWARE, SOFTWARE, [H200]);
  assertEquals([undriven.absence?.verdict, undriven.absence?.lacks], ["untested", "webgpu"]);
  assertStringIncludes(undriven.seen, "10de:2335");
});

Deno.test("oneAdapter() is true where only single requests exist", () => {
  const found = oneAdapterOf({});
  assertEquals([found.value, held(found)], [true, [true, true, true]]);
});

Deno.test("oneAdapter() is false where adapters can be listed", () => {
  const listed = { requestAdapter: null, requestAdapters: null, enumerateAdapters: "TypeError" };
  assertEquals(oneAdapterOf({ calls: listed }).value, false);
  assertStringIncludes(oneAdapterOf({ calls: listed }).seen, "requestAdapters");
  assertEquals(oneAdapterOf({ isList: true }).value, false);
  assertThrows(() => oneAdapterOf({ calls: { requestAdapter: null } }), Problem, "requestAdapters");
});

Deno.test("oneAdapter() has controls that can fail", () => {
  const changes: readonly Part[] = [
    { calls: { requestAdapter: "TypeError: no", requestAdapters: "x", enumerateAdapters: "x" } },
    { second: null },
    { second: SOFTWARE_INFO },
    { unknownPreference: null },
    { optionsRead: ["powerPreference", "index"] },
  ];
  for (const change of changes) assertEquals(held(oneAdapterOf(change)).includes(false), true);
});
