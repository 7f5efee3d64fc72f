import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MissingTool } from "../../problem.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { playedPlaces } from "../testing/played_gpu.ts";
import { gpuPlaces, sampleSubject } from "../testing/scripted_gpu.ts";
import { containerCuda, cudaProgram, nativeCuda, visibleOnly } from "./cuda_place.ts";
import { gpuSubject } from "./gpu_place.ts";

const { granted } = sampleSubject();

Deno.test("visibleOnly() names GPUs by UUID, and hides all where none is given", () => {
  const other = { ...granted, uuid: "MIG-2" };
  assertEquals(visibleOnly([granted, other])["CUDA_VISIBLE_DEVICES"], `${granted.uuid},MIG-2`);
  assertEquals(visibleOnly([])["CUDA_VISIBLE_DEVICES"], "");
});

Deno.test("cudaProgram() lacks CUDA where a program is not here", () => {
  const { lacks } = assertThrows(() => cudaProgram(new Map(), "nbody"), MissingTool);
  assertEquals(lacks, "cuda");
  assertEquals(cudaProgram(new Map([["nbody", "/bin/nbody"]]), "nbody"), "/bin/nbody");
});

Deno.test("nativeCuda() starts the program itself under the number that it tells, and ends it", async () => {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    const path = `${folder}/nbody`;
    await host.writeText(path, '#!/bin/sh\necho "$CUDA_VISIBLE_DEVICES" >&2\nexec sleep "$1"\n');
    await host.run({ argv: ["chmod", "+x", path], timeoutSeconds: 5 });
    const cuda = await nativeCuda(gpuPlaces(host, { cudaSamples: folder }));
    const request = { program: "nbody", gpus: [granted], timeoutSeconds: 30 } as const;
    const session = await cuda.start({ ...request, args: ["29.5"] });
    const commandLine = () => host.readText(`/proc/${session.pid}/cmdline`);
    // It is empty for a moment while one program takes another's place.
    while (await commandLine() === "") await host.run({ argv: ["true"], timeoutSeconds: 5 });
    assert((await commandLine())?.includes("29.5"));
    const ended = await session.stop();
    assertEquals([ended.stderr.trim(), ended.status], [granted.uuid, null]);
    assertEquals(await commandLine(), null);
    const { command, failure } = await cuda.run({ ...request, args: ["0"], gpus: [] });
    assertEquals([command.status, command.stderr, failure], [0, "\n", null]);
    await assertRejects(
      () => cuda.run({ ...request, program: "matrixMul", args: [] }),
      MissingTool,
    );
  } finally {
    await host.close();
  }
});

Deno.test("containerCuda() tells its own number on the host, and what the engine says itself", async () => {
  const places = await playedPlaces("one-gpu");
  const cuda = await containerCuda(places);
  const { granted } = await gpuSubject(places);
  const args = ["-benchmark", "-numbodies=65536", "-i=50000000"];
  const request = { program: "nbody", args, gpus: [granted], timeoutSeconds: 600 } as const;
  const session = await cuda.start(request);
  assert((session.pid ?? 0) > 0);
  await session.stop();
  const none = await cuda.run({ ...request, program: "deviceQuery", args: [], gpus: [] });
  assertEquals([none.failure, none.command.status], [null, 1]);
  assert(none.argv.some((word) => word.includes("deviceQuery")));
});
