import { assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandResult, Host } from "../runners/host.ts";
import { INVENTORY_SCRIPT } from "../runners/inventory/inventory.ts";
import { memoryLog } from "../runners/settings/change.ts";
import { bench, type BenchOptions, type BenchPorts } from "./bench.ts";
import { NO_PASSTHROUGH } from "./passthrough/allowance.ts";

const THRESHOLDS = { high: 0.95, medium: 0.5 };
/** One claim that rests on `webgpu`, and one on `container-view`, which is run after it. */
const SELECTION = ["11.2/gpu-access/sandbox", "09.4.1/sharing/logical"];

const OPTIONS: BenchOptions = {
  version: "0",
  selection: SELECTION,
  collectedSelection: SELECTION,
  seed: 1,
  thresholds: THRESHOLDS,
  stoppingThresholds: THRESHOLDS,
  budgetSeconds: null,
  mostBlocks: 11,
  target: "/tmp",
  destructive: null,
  image: null,
  passthrough: NO_PASSTHROUGH,
  cudaSamples: null,
  mig: false,
  baseline: null,
  cacheFolder: "/no/cache",
};

/** A host without a tool, on which WebGPU's program breaks the one that runs it. */
const HOST = {
  run: ({ argv }) => {
    if (argv.includes("--no-prompt")) throw new TypeError("boom");
    return Promise.resolve(argv.includes(INVENTORY_SCRIPT) ? exited("== end\n") : NOT_FOUND);
  },
  readText: () => Promise.resolve(null),
  readFolder: () => Promise.resolve(null),
  temporaryFolder: () => Promise.resolve("/tmp/none"),
  writeText: () => Promise.resolve(),
  now: () => new Date(0),
  monotonicSeconds: () => 0,
} as Pick<Host, "run"> as Host;

const NOT_FOUND: CommandResult = { ...exited(""), ended: "not-found", status: null };

function exited(stdout: string): CommandResult {
  const startedAt = new Date(0).toISOString();
  return { ended: "exited", status: 0, stdout, stderr: "", startedAt, durationSeconds: 0 };
}

function portsWith(told: string[], interrupted = false): BenchPorts {
  return {
    host: HOST,
    dryRun: null,
    journal: memoryLog(),
    resumed: null,
    earlierSamples: () => [],
    keepSample: () => {},
    earlierProbe: () => null,
    keepReading: (probe) => void told.push(`reading of ${probe}`),
    soFar: () => {},
    say: () => {},
    defect: (where, error) => void told.push(`${where}: ${error}`),
    progress: () => {},
    interrupted: () => interrupted,
  };
}

Deno.test("bench() goes on where one check has a defect, and tells of it", async () => {
  const told: string[] = [];
  const { result, sound, hostRestored } = await bench(OPTIONS, portsWith(told));
  assertEquals([sound, hostRestored], [false, true]);
  assertEquals(told, ["webgpu: TypeError: boom"]);
  assertEquals(result.absent["webgpu"]?.verdict, "error");
  assertStringIncludes(result.absent["webgpu"]?.because ?? "", "cellproof itself failed");
  assertEquals(result.probes.map(({ name }) => name), ["container-view"]);
  assertEquals(result.claims.map(({ verdict }) => verdict), ["untested", "error"]);
  assertStringIncludes(result.run.notes.join(), "cellproof itself failed (webgpu)");
});

Deno.test("bench() takes nothing of an interrupted run for a defect, or for evidence", async () => {
  const told: string[] = [];
  const { result, sound } = await bench(OPTIONS, portsWith(told, true));
  assertEquals([told, sound, result.probes], [[], true, []]);
  assertEquals(result.claims.map(({ verdict }) => verdict), ["inconclusive", "inconclusive"]);
});

Deno.test("bench() tells of a resumed run what all its parts took, and not the time between", async () => {
  let seconds = 1000;
  const host = { ...HOST, monotonicSeconds: () => seconds++ };
  const startedAt = new Date("2026-01-01T19:08:04Z");
  const took = async (resumed: BenchPorts["resumed"]) =>
    (await bench(OPTIONS, { ...portsWith([]), host, resumed })).result.run;
  const { durationSeconds: alone } = await took(null);
  const run = await took({ startedAt, durationSeconds: 120 });
  assertEquals([run.startedAt, run.durationSeconds], [startedAt.toISOString(), 120 + alone]);
});

Deno.test("bench() notes what its budget kept from being measured", async () => {
  let seconds = 0;
  const host = { ...HOST, monotonicSeconds: () => seconds++ * 10 };
  const ports = { ...portsWith([]), host };
  const { result } = await bench({ ...OPTIONS, budgetSeconds: 5 }, ports);
  assertStringIncludes(result.run.notes.join(), "before all was decided: webgpu, container-view.");
  assertStringIncludes(result.claims[0]?.because ?? "", "budget ended before this was measured");
});
