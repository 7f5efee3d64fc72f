import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import type { CommandResult } from "../host.ts";
import { fakeNvidiaSmi } from "../testing/fake_nvidia_smi.ts";
import { type NvidiaSmiOptions, runNvidiaSmi } from "./nvidia_smi.ts";

const LOST =
  "Unable to determine the device handle for GPU0000:25:00.0: GPU is lost.  Reboot the system to recover this GPU\n";
const MISMATCH =
  "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54\n";
const NO_DRIVER =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n";

function runs(answer: Partial<CommandResult>, options?: NvidiaSmiOptions): Promise<string> {
  return runNvidiaSmi(fakeNvidiaSmi({ "-L": answer }).host, ["-L"], options);
}

Deno.test("runNvidiaSmi() says that the host lacks a GPU where no driver finds one", async () => {
  const answers: Partial<CommandResult>[] = [
    { ended: "not-found", status: null },
    { status: 6, stdout: "No devices were found\n" },
    { status: 0, stdout: "No devices were found\n" },
    { status: 9, stdout: NO_DRIVER },
    { status: 0, stderr: NO_DRIVER },
    {
      status: 12,
      stdout: "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure\n",
    },
  ];
  for (const answer of answers) {
    const missing = await assertRejects(() => runs(answer), MissingTool);
    assertEquals(missing.lacks, "gpu");
  }
});

Deno.test("runNvidiaSmi() says what is wrong, and the cure, where the GPU cannot be used", async () => {
  const answers: [Partial<CommandResult>, string][] = [
    [{ status: 18, stdout: MISMATCH }, "or reboot"],
    [{ status: 0, stdout: MISMATCH }, "different versions"],
    [{ status: 255, stdout: "Failed to initialize NVML: Unknown Error\n" }, "restart it"],
    [{ status: 4, stdout: "Failed to initialize NVML: Insufficient Permissions\n" }, "as root"],
    [{ status: 15, stdout: LOST }, "79"],
    [{ status: 0, stdout: LOST }, "a GPU is lost"],
    [{ status: 0, stderr: LOST }, "a GPU is lost"],
    [{ ended: "timed-out", status: null, stdout: "GPU 0: half" }, "did not answer within 60 s"],
    [{ ended: "cancelled", status: null }, "ended (cancelled)"],
    [{ status: null, stdout: "GPU 0: half" }, "ended by a signal"],
    [{ status: 3, stderr: "something new" }, "status 3 (seen: something new)"],
    [{ status: 0 }, "said nothing"],
  ];
  for (const [answer, words] of answers) {
    const problem = await assertRejects(() => runs(answer), Problem);
    assertEquals(problem instanceof MissingTool, false, problem.message);
    assertStringIncludes(problem.message, words);
  }
});

Deno.test("runNvidiaSmi() keeps what is told of the other GPUs where one is lost", async () => {
  const others = "GPU 1: Sample (UUID: GPU-1)\n";
  assertEquals(await runs({ stdout: LOST + others }), LOST + others);
  assertEquals(await runs({ stdout: others, stderr: LOST }), `${others}\n${LOST.trim()}`);
  await assertRejects(() => runs({ status: 15, stdout: LOST + others }), Problem);
});

Deno.test("runNvidiaSmi() takes for an answer what the caller does", async () => {
  const stdout = "NVML: Not Supported\n";
  assertStringIncludes(await runs({ status: 3, stdout }, { answer: /not supported/i }), stdout);
  assertEquals(await runs({ status: 0 }, { maySayNothing: true }), "");
  await assertRejects(() => runs({ status: 1 }, { maySayNothing: true }), Problem);
  const inforom = "GPU 0: …\nWARNING: infoROM is corrupted at gpu 0000:65:00.0\n";
  assertEquals(await runs({ status: 14, stdout: inforom }), inforom);
});

Deno.test("runNvidiaSmi() runs the program it is given, within its time", async () => {
  const { host, requests } = fakeNvidiaSmi({ "topo -m": { stdout: "x" } });
  await runNvidiaSmi(host, ["topo", "-m"], { program: "/opt/nvidia-smi", timeoutSeconds: 5 });
  assertEquals(requests, [{ argv: ["/opt/nvidia-smi", "topo", "-m"], timeoutSeconds: 5 }]);
});
