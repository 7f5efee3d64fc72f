import { assertEquals, assertRejects } from "@std/assert";
import { cudaFolder, type CudaProgram, findCudaPrograms } from "./cuda_programs.ts";
import { liveHost } from "../seam/live.ts";
import { Problem } from "../../problem.ts";

/** Looks for programs where a folder has these files, each with its mode; `@` is that folder. */
async function found(
  files: Readonly<Record<string, number>>,
  samples: string | null = "@",
): Promise<Partial<Record<CudaProgram, string>>> {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    for (const [name, mode] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, "#!/bin/sh\n");
      await Deno.chmod(path, mode);
    }
    const samplesFolder = samples?.replace("@", folder) ?? null;
    const paths = await findCudaPrograms(host, { samplesFolder, cacheFolder: `${folder}/cache` });
    return Object.fromEntries(
      [...paths].filter(([, path]) => path.startsWith(folder))
        .map(([program, path]) => [program, path.slice(folder.length + 1)]),
    );
  } finally {
    await host.close();
  }
}

Deno.test("findCudaPrograms() finds programs in every layout that builds leave", async () => {
  const files = {
    "deviceQuery": 0o755,
    "Samples/0_Introduction/vectorAdd/vectorAdd": 0o755,
    "build/Samples/0_Introduction/matrixMul/matrixMul": 0o755,
    "bin/x86_64/linux/release/nbody": 0o755,
    "nvbandwidth/nvbandwidth": 0o755,
    "Samples/asyncAPI/asyncAPI": 0o755,
  };
  assertEquals(Object.values(await found(files)).sort(), Object.keys(files).sort());
});

Deno.test("findCudaPrograms() takes the user's program before the cache's", async () => {
  const files = { "own/nbody": 0o755, "cache/cuda/nbody": 0o755, "cache/cuda/asyncAPI": 0o755 };
  const expected = { nbody: "own/nbody", asyncAPI: "cache/cuda/asyncAPI" };
  assertEquals(await found(files, "@/own"), expected);
  assertEquals((await found(files, null)).nbody, "cache/cuda/nbody");
});

Deno.test("findCudaPrograms() takes neither folders nor sources for programs", async () => {
  const files = { "nbody/nbody.cpp": 0o755, "deviceQuery/readme": 0o644, "vectorAdd": 0o644 };
  assertEquals(await found(files), {});
});

Deno.test("findCudaPrograms() copes with blanks and odd letters in a folder's name", async () => {
  const files = { "my 'own' $(ls) ü/nvbandwidth": 0o755 };
  assertEquals(await found(files, "@/my 'own' $(ls) ü"), {
    nvbandwidth: "my 'own' $(ls) ü/nvbandwidth",
  });
});

Deno.test("findCudaPrograms() refuses a folder that is none", async () => {
  await assertRejects(() => found({}, "@/none"), Problem, "--cuda-samples");
});

Deno.test("cudaFolder() is a part of the cache", () => {
  assertEquals(cudaFolder("/cache"), "/cache/cuda");
});
