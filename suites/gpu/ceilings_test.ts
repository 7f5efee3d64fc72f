import { assert, assertEquals } from "@std/assert";
import { playedPlaces, runs } from "../testing/played_gpu.ts";
import type { Places } from "../places.ts";
import { ceilingsOf, deviceOf } from "./ceilings.ts";
import { gpuSubject } from "./gpu_place.ts";

async function ceilings(places: Places) {
  const subject = await gpuSubject(places);
  return { subject, found: await ceilingsOf(places, subject) };
}

Deno.test("ceilingsOf() takes a whole GPU's own figures on bare metal", async () => {
  const { subject, found } = await ceilings(await playedPlaces("one-gpu"));
  assert((found.memoryBytesPerSecond ?? 0) > 1e12);
  assert((found.flopsPerSecond ?? 0) > 1e13);
  assertEquals([found.link, found.peer], [subject.gpu.link, null]);
});

Deno.test("ceilingsOf() believes no link that a guest is told of, nor one of a part of a GPU", async () => {
  for (const machine of ["passthrough-guest", "vgpu-guest", "mig"]) {
    const { found } = await ceilings(await playedPlaces(machine));
    assertEquals([found.link, found.linkBytesPerSecond], [null, null], machine);
  }
  const { found } = await ceilings(await playedPlaces("mig"));
  assertEquals([found.memoryBytesPerSecond, found.flopsPerSecond !== null], [null, true]);
});

Deno.test("ceilingsOf() knows none where processor and GPU are one module", async () => {
  const places = await playedPlaces("one-gpu");
  const subject = await gpuSubject(places);
  for (const name of ["NVIDIA GH200 480GB", "NVIDIA GB200", "NVIDIA GB300", "NVIDIA GB10"]) {
    const module = { ...subject, gpu: { ...subject.gpu, name } };
    assertEquals((await ceilingsOf(places, module)).link, null, name);
  }
  const card = { ...subject, gpu: { ...subject.gpu, name: "NVIDIA H100 80GB HBM3" } };
  assertEquals((await ceilingsOf(places, card)).link, subject.gpu.link);
});

Deno.test("deviceOf() knows nothing where deviceQuery fails or guesses", async () => {
  const failing = await playedPlaces("one-gpu", {
    instead: (request, played) =>
      runs(request, "deviceQuery") ? played().then((run) => ({ ...run, status: 1 })) : null,
  });
  assertEquals(await deviceOf(failing, await gpuSubject(failing)), null);
  const guessing = await playedPlaces("one-gpu", {
    instead: (request, played) =>
      runs(request, "deviceQuery")
        ? played().then((run) => ({ ...run, stderr: "MapSMtoCores for SM 99.0 is undefined" }))
        : null,
  });
  assertEquals((await ceilings(guessing)).found.flopsPerSecond, null);
});
