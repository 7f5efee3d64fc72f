import { assert, assertEquals } from "@std/assert";
import { playedPlaces, runs } from "../testing/played_gpu.ts";
import { commandResult } from "../testing/scripted_gpu.ts";
import { gpuFacts } from "./gpu_facts.ts";

Deno.test("gpuFacts() tells of a whole GPU, and of no part of one", async () => {
  const facts = await gpuFacts(await playedPlaces("one-gpu"));
  assertEquals(facts?.name, "NVIDIA H100 PCIe");
  assertEquals(facts?.limits?.maxThreadsPerBlock, 1024);
  assert((facts?.deviceMemoryBytes ?? 0) > 79e9);
  for (const machine of ["mig", "vgpu-guest", "idle-vgpu"]) {
    assertEquals(await gpuFacts(await playedPlaces(machine)), null, machine);
  }
});

Deno.test("gpuFacts() has no limits where CUDA does not run", async () => {
  const places = await playedPlaces("one-gpu", {
    instead: (request) =>
      runs(request, "deviceQuery") ? Promise.resolve(commandResult({ status: 1 })) : null,
  });
  assertEquals((await gpuFacts(places))?.limits, null);
});
