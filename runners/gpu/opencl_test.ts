import { assertEquals, assertThrows } from "@std/assert";
import type { CommandResult } from "../host.ts";
import { clinfoArguments, parseClinfoList } from "./opencl.ts";
import { MissingTool, Problem } from "../../problem.ts";

function printed(stdout: string, others: Partial<CommandResult> = {}): CommandResult {
  const ended = { ended: "exited", status: 0, stderr: "" } as const;
  return { ...ended, stdout, startedAt: "2025-01-01T00:00:00.000Z", durationSeconds: 0, ...others };
}

Deno.test("parseClinfoList() reads devices by platform", () => {
  assertEquals(clinfoArguments(), ["-l"]);
  const text = `Platform #0: NVIDIA CUDA
 +-- Device #0: NVIDIA Q200 80GB
 \`-- Device #1: NVIDIA Q200 80GB
Platform #1: Portable Computing Language
 \`-- Device #0: pthread-Some CPU @ 2.00GHz
Platform #2: Clover
`;
  assertEquals(parseClinfoList(printed(text)), [
    { platform: "NVIDIA CUDA", devices: ["NVIDIA Q200 80GB", "NVIDIA Q200 80GB"] },
    { platform: "Portable Computing Language", devices: ["pthread-Some CPU @ 2.00GHz"] },
    { platform: "Clover", devices: [] },
  ]);
});

Deno.test("parseClinfoList() finds no platform where clinfo says so, or says nothing", () => {
  const text = "Number of platforms                               0\n";
  for (const stdout of ["", "\n", text]) assertEquals(parseClinfoList(printed(stdout)), []);
});

Deno.test("parseClinfoList() takes no failure for an empty list", () => {
  const library = "clinfo: error while loading shared libraries: libOpenCL.so.1: cannot open\n";
  const runs = [
    printed("", { status: 127, stderr: library }),
    printed("", { stderr: "a complaint\n" }),
    printed("", { ended: "timed-out", status: null }),
    printed("Platform #0: NVIDIA CUDA\n", { status: 1 }),
    printed("something else\n"),
  ];
  for (const run of runs) assertThrows(() => parseClinfoList(run), Problem);
  const missing = printed("", { ended: "not-found", status: null });
  assertThrows(() => parseClinfoList(missing), MissingTool, "no clinfo");
});
