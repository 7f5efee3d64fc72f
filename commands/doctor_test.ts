import { assert, assertEquals } from "@std/assert";
import { CUDA_PROGRAMS } from "../runners/cuda/cuda_programs.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const PERMISSIONS = ["--allow-run=bash", "--allow-read", "--allow-env", "--allow-sys"];

Deno.test("doctor finds CUDA programs where --cuda-samples says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const program of CUDA_PROGRAMS) {
      await Deno.writeTextFile(`${folder}/${program}`, "#!/bin/sh\n", { mode: 0o755 });
    }
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", ...PERMISSIONS, "--allow-write", MAIN],
        ...["doctor", "--json", "--cuda-samples", folder],
      ],
    }).output();
    const { cudaPrograms } = JSON.parse(new TextDecoder().decode(stdout));
    assert(Array.isArray(cudaPrograms));
    assertEquals([code, cudaPrograms.toSorted()], [0, CUDA_PROGRAMS.toSorted()]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
