import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { lookAtRuntime, parseRuntimeFiles } from "./runtime_files.ts";
import { GPU_INFO } from "./webgpu_samples.ts";

const TEXT = `# began
| ${JSON.stringify({ adapter: GPU_INFO })}
# runtime_program
| /usr/bin/deno
# runtime_files
| pipe:[4711]
| /dev/nvidiactl
| /dev/nvidia0
| /tmp/# idle_files
# idle_program
| /usr/bin/sleep
# idle_files
| /dev/null
# numbers
| 4242
| 4243
# gpu_processes
| listed
| <pid>17
| <pid>4242
`;

Deno.test("parseRuntimeFiles() reads both processes", () => {
  const { adapter, runtime, idle, gpuProcesses } = parseRuntimeFiles(TEXT);
  assertEquals(adapter.description, "NVIDIA H200");
  assertEquals(runtime.program, "/usr/bin/deno");
  assertEquals(runtime.files, [
    "pipe:[4711]",
    "/dev/nvidiactl",
    "/dev/nvidia0",
    "/tmp/# idle_files",
  ]);
  assertEquals(idle, { program: "/usr/bin/sleep", pid: 4243, files: ["/dev/null"] });
  assertEquals([runtime.pid, gpuProcesses], [4242, [17, 4242]]);
});

Deno.test("parseRuntimeFiles() takes a list without an entry for no list", () => {
  const cases = [["| /dev/null\n", "idle_files"], [
    "| /usr/bin/deno\n",
    "runtime_program",
  ]] as const;
  for (const [line, words] of cases) {
    assertThrows(() => parseRuntimeFiles(TEXT.replace(line, "")), Problem, words);
  }
  const failed = TEXT.replace(/\{.*\}/, '{"error":"Error: WebGPU has no adapter here"}');
  assertThrows(() => parseRuntimeFiles(failed), Problem, "no adapter");
  assertThrows(() => parseRuntimeFiles(""), Problem, "began");
});

Deno.test("lookAtRuntime() sees the runtime's pipes here", async () => {
  const live = await liveHost();
  try {
    const { runtime, idle } = await lookAtRuntime(live);
    assertStringIncludes(runtime.program, "deno");
    assertStringIncludes(idle.program, "sleep");
    assertEquals(runtime.files.some((file) => file.startsWith("pipe:")), true);
  } finally {
    await live.close();
  }
});

Deno.test("lookAtRuntime() has a problem where the program does not begin", async () => {
  const live = await liveHost();
  try {
    const run: Host["run"] = (request) => live.run({ ...request, stdin: "Deno.exit(3);" });
    await assertRejects(() => lookAtRuntime({ run } as Host), Problem, "did not begin");
  } finally {
    await live.close();
  }
});
