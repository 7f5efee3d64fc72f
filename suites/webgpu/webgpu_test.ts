import { assertEquals, assertStringIncludes } from "@std/assert";
import { Problem } from "../../problem.ts";
import type { CommandRequest, CommandResult, Host } from "../../runners/host.ts";
import { INVENTORY_SCRIPT } from "../../runners/inventory/inventory.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { recordingHost } from "../../runners/seam/recording.ts";
import { replayHost } from "../../runners/seam/replay.ts";
import { ALLOWED, printed, SOFTWARE_INFO } from "../../runners/webgpu/webgpu_samples.ts";
import { observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import type { Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { collectWebgpu } from "./webgpu.ts";

const NAMES = observationsOf("webgpu");
/** What depends on whether the adapter is a GPU or a processor that plays one. */
const OF_GPUS = [
  "webgpu/hardware-adapter",
  "webgpu/runtime-opens-device",
  "webgpu/in-host-list",
  "webgpu/within-device-limits",
];
const OF_SOME_ADAPTERS = [...OF_GPUS, "webgpu/limits-below-memory"];
/** What needs runs of its own. */
const WORKING = ["webgpu/matrix-product", "webgpu/copies", "webgpu/no-link"];
/** Where the loaders of Vulkan and of OpenGL find no driver. */
const NO_DRIVERS = {
  VK_DRIVER_FILES: "/nonexistent",
  VK_ICD_FILENAMES: "/nonexistent",
  __EGL_VENDOR_LIBRARY_FILENAMES: "/nonexistent",
};

type Change = (request: CommandRequest) => CommandRequest;

/** Collects from this machine, with every run of Deno changed. */
async function collectLive(change: Change = (request) => request): Promise<Probed> {
  const live = await liveHost();
  try {
    return await collectWith({
      run: (request) => live.run(request.argv[0] === Deno.execPath() ? change(request) : request),
      readText: (path) => live.readText(path),
    });
  } finally {
    await live.close();
  }
}

function collectWith(host: Pick<Host, "run" | "readText">): Promise<Probed> {
  return collectWebgpu({ host: host as Host } as Places);
}

/** Collects from a Deno that ends with `end` when it is asked for everything. */
function collectFrom(end: Partial<CommandResult>): Promise<Probed> {
  const run: Host["run"] = ({ argv }) => {
    if (argv.includes(INVENTORY_SCRIPT)) return Promise.resolve(result("== end\n"));
    const allowed = result(printed({}, ALLOWED));
    return Promise.resolve(argv.includes("--allow-all") ? allowed : { ...result(""), ...end });
  };
  return collectWith({ run, readText: () => Promise.resolve("MemTotal:  24684084 kB\n") });
}

function result(stdout: string): CommandResult {
  const startedAt = "2026-01-02T03:04:05.000Z";
  return { ended: "exited", status: 0, stdout, stderr: "", startedAt, durationSeconds: 0.5 };
}

function named(observations: readonly Observation[], name: string): Observation {
  const found = observations.find((observation) => observation.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

Deno.test("collectWebgpu() decides on any adapter what does not depend on its kind", async () => {
  const { observations, readings } = await collectLive();
  const cure = "These tests need a Vulkan driver; deno task bench --setup installs one.";
  assertEquals(observations.map(({ name }) => name).sort(), [...NAMES].sort());
  for (const { name, value, seen, controls } of observations) {
    if (OF_SOME_ADAPTERS.includes(name)) continue;
    assertEquals(value, true, `${name}: ${seen} ${cure}`);
    assertEquals(controls.filter(({ held }) => !held), [], name);
    assertEquals(new Set(controls.map(({ kind }) => kind)).size, 2);
  }
  assertEquals(typeof readings["without-permission.json"], "string");
});

Deno.test("collectWebgpu() is untested where no driver gives an adapter", async () => {
  const { observations } = await collectLive((request) => ({
    ...request,
    env: { ...request.env, ...NO_DRIVERS },
  }));
  for (const { absence } of observations) {
    assertEquals([absence?.verdict, absence?.lacks], ["untested", "webgpu"]);
    assertStringIncludes(absence?.because ?? "", "mesa-vulkan-drivers");
  }
});

Deno.test("collectWebgpu() sees a program that computes something else", async () => {
  const { observations } = await collectLive((request) => ({
    ...request,
    stdin: request.stdin?.replace("shaderWith(MULTIPLIER)", "shaderWith(7)") ?? "",
  }));
  const { value, seen } = named(observations, "webgpu/computes");
  assertEquals(value, false);
  assertStringIncludes(seen, "0 of 1,000");
});

Deno.test("collectWebgpu() sees a program that may open files", async () => {
  const { observations } = await collectLive((request) => {
    const [deno, run = "run", ...rest] = request.argv;
    if (rest.includes("--allow-all")) return request;
    return { ...request, argv: [deno, run, "--allow-read=/etc/passwd", ...rest] };
  });
  const { value, seen } = named(observations, "webgpu/no-device-file");
  assertEquals(value, false);
  assertStringIncludes(seen, "open /etc/passwd, import /etc/passwd as text");
});

Deno.test("collectWebgpu() has an entry point that lets nothing be imported", async () => {
  const { observations } = await collectLive((request) => ({
    ...request,
    stdin: `import text from "file:///etc/passwd" with { type: "text" };\n${request.stdin}`,
  }));
  for (const { absence } of observations) {
    assertEquals(absence?.verdict, "error");
    assertStringIncludes(absence?.because ?? "", 'Requires read access to "/etc/passwd"');
  }
});

Deno.test("collectWebgpu() gives errors with the output for crashes and garbage", async () => {
  const ends: readonly (readonly [Partial<CommandResult>, string])[] = [
    [{ status: 139, stderr: "thread 'main' panicked at wgpu-core" }, "wgpu-core"],
    [{ status: null, stdout: "half a docu" }, "half a docu"],
    [{ ended: "timed-out", status: null }, "within 30 seconds"],
    [{ ended: "not-found", status: null }, "not-found"],
    [{ stdout: "Segmentation fault\n" }, "Segmentation fault"],
    [{ stdout: "{}" }, "deno"],
  ];
  for (const [end, words] of ends) {
    const { observations } = await collectFrom(end);
    assertEquals(observations.map(({ name }) => name), NAMES);
    for (const { absence } of observations) {
      assertEquals(absence?.verdict, "error");
      assertStringIncludes(absence?.because ?? "", words);
    }
  }
});

Deno.test("collectWebgpu() is untested with a Deno that has no WebGPU", async () => {
  const stdout = JSON.stringify({ deno: "2.0.0", attempts: { a: null }, webgpu: null });
  const { observations } = await collectFrom({ stdout });
  assertEquals(
    observations.filter(({ absence }) => absence?.lacks === "webgpu").length,
    NAMES.length,
  );
});

Deno.test("collectWebgpu() loses one observation to a part that fails", async () => {
  const stdout = printed({
    adapter: SOFTWARE_INFO,
    queues: { error: "OperationError: device lost" },
  });
  const { observations } = await collectFrom({ stdout });
  const values = observations.map(({ name, value }) => `${name} ${value}`);
  assertEquals(values.filter((text) => text.endsWith("null")), [
    "webgpu/hardware-adapter null",
    "webgpu/one-queue null",
    ...WORKING.map((name) => `${name} null`),
    "webgpu/runtime-opens-device null",
    "webgpu/in-host-list null",
    "webgpu/within-device-limits null",
  ]);
  for (const name of OF_GPUS) assertEquals(named(observations, name).absence?.lacks, "gpu");
  for (const name of WORKING) {
    assertEquals(named(observations, name).absence?.verdict, "error");
  }
});

Deno.test("collectWebgpu() replays what it recorded, without a permission to run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const live = await recordingHost(await liveHost(), `${folder}/fixture`, {
      version: "0",
      options: {},
    });
    const recorded = await collectWebgpu({ host: live } as Places);
    await live.close();
    const answers = await Deno.readTextFile(`${folder}/fixture/answers.jsonl`);
    assertStringIncludes(answers, '"argv":["{deno}","run"');
    const { host } = await replayHost(`${folder}/fixture`);
    assertEquals(await collectWebgpu({ host } as Places), recorded);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("collectWebgpu() replays what was recorded before it did work, and fails at the rest", async () => {
  const live = await liveHost();
  const before: Host["run"] = (request) => {
    const isNew = /webgpu_device/.test(request.stdin ?? "");
    const problem = new Problem({ action: "replay", condition: "it was not recorded" });
    return isNew ? Promise.reject(problem) : live.run(request);
  };
  try {
    const readText = (path: string) => live.readText(path);
    const { observations } = await collectWith({ run: before, readText });
    const errors = observations.filter(({ absence }) => absence?.verdict === "error");
    assertEquals(errors.map(({ name }) => name), WORKING);
    assertEquals(named(observations, "webgpu/one-queue").value, true);
  } finally {
    await live.close();
  }
});
