import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { GpuState } from "../../runners/gpu/gpu_state.ts";
import type { Slowdown } from "../../runners/gpu/nvidia_smi_records.ts";
import { fakeNvidiaSmi } from "../../runners/testing/fake_nvidia_smi.ts";
import { seenOf, watched } from "./gpu_watch.ts";
import { gpuAt } from "./sample_reading.ts";

function state(slowdowns: readonly Slowdown[] | null, given: Partial<GpuState> = {}): GpuState {
  return {
    smClockHertz: 1.98e9,
    memoryClockHertz: 2.6e9,
    temperatureCelsius: 61,
    powerDrawWatts: 350,
    linkGeneration: 5,
    linkWidth: 16,
    slowdowns,
    ...given,
  };
}

Deno.test("seenOf() sets a run aside that was throttled before or after", () => {
  const reasons = [
    "hw-slowdown",
    "hw-thermal-slowdown",
    "hw-power-brake-slowdown",
    "sw-thermal-slowdown",
  ] as const;
  for (const reason of reasons) {
    for (const states of [[state([reason]), state([])], [state([]), state([reason])]] as const) {
      const { setAside } = seenOf({ before: states[0], after: states[1] }).aside;
      assertEquals(setAside, `the GPU was throttled (${reason})`);
    }
  }
});

Deno.test("seenOf() uses a run under a power cap, at set clocks, or of which nothing is known", () => {
  const usual = ["gpu-idle", "sw-power-cap", "applications-clocks-setting", "sync-boost"] as const;
  for (const states of [[state(usual), state(usual)], [state(null), null], [null, null]] as const) {
    assertEquals(seenOf({ before: states[0], after: states[1] }).aside, {});
  }
});

Deno.test("seenOf() says how many of the states told what slows the GPU down", () => {
  const count = (before: GpuState | null, after: GpuState | null) =>
    seenOf({ before, after }).details["throttleReadings"];
  assertEquals([count(state([]), state([])), count(state(null), state([])), count(null, null)], [
    2,
    1,
    0,
  ]);
});

Deno.test("seenOf() takes no idle GPU's clocks and link for those of the run", () => {
  const before = state([], { linkGeneration: 1, linkWidth: 4, smClockHertz: 2.1e8 });
  const seen = seenOf({ before, after: null });
  assertEquals(seen.details, { throttleReadings: 1 });
  assertEquals([seen.linkGeneration, seen.linkWidth], [null, null]);
  const { details, linkGeneration, linkWidth } = seenOf({ before, after: state([]) });
  assertEquals([details["clockSmHertz"], linkGeneration, linkWidth], [1.98e9, 5, 16]);
});

Deno.test("watched() reads the GPU by its UUID, before and after", async () => {
  const { host, requests } = fakeNvidiaSmi({});
  const gpu = gpuAt(1);
  const { seen, outcome } = await watched(host, { gpu }, () => Promise.resolve(requests.length));
  assert(outcome >= 1 && requests.length > outcome);
  for (const { argv } of requests) assertStringIncludes(argv.join(" "), `-i ${gpu.uuid}`);
  assertEquals(seen.details, { throttleReadings: 0 });
});
