import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RuntimeFiles } from "../../runners/webgpu/runtime_files.ts";
import { observed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { inHostList, runtimeOpensDevice } from "./runtime_nodes.ts";

const ADAPTER = {
  vendor: "4318",
  architecture: "",
  device: "9019",
  description: "NVIDIA H200",
  isFallbackAdapter: false,
};
const NODES = ["/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia-uvm"];

interface Change {
  readonly runtime?: readonly string[];
  readonly idle?: readonly string[];
  readonly refused?: boolean;
}

function made({ runtime, idle, refused = true }: Change = {}): Observation {
  const files: RuntimeFiles = {
    adapter: ADAPTER,
    runtime: {
      program: "/usr/bin/deno",
      pid: 4242,
      files: runtime ?? ["pipe:[1]", ...NODES, "/dev/nvidia0"],
    },
    idle: { program: "/usr/bin/sleep", pid: 4243, files: idle ?? ["/dev/null"] },
    gpuProcesses: [4242],
    text: "",
  };
  const program = { value: refused, seen: "all is refused", controls: [] };
  return runtimeOpensDevice(files, observed("webgpu/no-device-file", program));
}

Deno.test("runtimeOpensDevice() is true where the runtime alone holds the GPU", () => {
  const { value, seen, controls } = made();
  assertEquals([value, controls.filter(({ held }) => !held)], [true, []]);
  assertStringIncludes(seen, "deno holds /dev/nvidia-uvm, /dev/nvidia0, /dev/nvidiactl; of the");
  for (const node of ["/dev/dri/renderD128", "/dev/dxg", "/dev/kfd"]) {
    assertEquals(made({ runtime: ["pipe:[1]", node] }).value, true);
  }
});

Deno.test("runtimeOpensDevice() is false where it holds no GPU, or the program may open it", () => {
  assertEquals(made({ refused: false }).value, false);
  for (const file of ["/dev/null", "/dev/nvme0", "/tmp/dev/nvidia0", "/dev/nvidia-caps/cap1"]) {
    const { value, seen } = made({ runtime: ["pipe:[1]", file] });
    assertEquals(value, false);
    assertStringIncludes(seen, "no node of a GPU");
  }
});

Deno.test("runtimeOpensDevice() has controls that can fail", () => {
  for (const change of [{ runtime: NODES }, { idle: ["/dev/nvidia0"] }]) {
    assertEquals(made(change).controls.filter(({ held }) => !held).length, 1);
  }
});

Deno.test("inHostList() is whether the driver lists the runtime, with controls that can fail", () => {
  const of = (gpuProcesses: readonly number[]) =>
    inHostList({
      adapter: ADAPTER,
      runtime: { program: "/usr/bin/deno", pid: 4242, files: [] },
      idle: { program: "/usr/bin/sleep", pid: 4243, files: [] },
      gpuProcesses,
      text: "",
    });
  assertEquals(of([17, 4242]).value, true);
  // The numbers may be another namespace's: that it is not listed is not shown.
  assertEquals(of([17]).value, null);
  const failed = (gpuProcesses: readonly number[]) =>
    of(gpuProcesses).controls.filter(({ held }) => !held).map(({ kind }) => kind);
  assertEquals([failed([4242]), failed([]), failed([4242, 4243])], [
    [],
    ["positive"],
    ["negative"],
  ]);
});

Deno.test("inHostList() asks NVIDIA's driver for no other maker's GPU", () => {
  const adapter = { ...ADAPTER, vendor: "32902", description: "Intel(R) Iris(R) Xe Graphics" };
  const processes = { program: "/usr/bin/deno", pid: 4242, files: [] };
  const seen = { adapter, runtime: processes, idle: processes, gpuProcesses: [17], text: "" };
  assertEquals(inHostList(seen).value, null);
});
