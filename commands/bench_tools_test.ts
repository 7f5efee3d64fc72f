import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ClaimVerdict, Result } from "../suites/result.ts";

const PROJECT = new URL("..", import.meta.url).pathname;
const CLAIM = "11.3/io-performance/container";
const PERMISSIONS = [
  "--allow-run=bash",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
];

interface Bench {
  readonly code: number;
  readonly stderr: string;
  readonly verdict: ClaimVerdict;
  readonly result: Result;
}

/** Runs the main job on a host whose fio is `fio` (a bash script), or that has none. */
async function benchWithFio(
  fio: string | null,
  { version = "3.33", options = [] }: { version?: string; options?: readonly string[] } = {},
): Promise<Bench> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.mkdir(`${folder}/target`);
    for (const path of ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]) {
      for (const { name } of Deno.readDirSync(path)) {
        if (name === "fio") continue;
        await Deno.symlink(`${path}/${name}`, `${folder}/bin/${name}`).catch(() => {});
      }
    }
    if (fio !== null) {
      const script = `#!/bin/bash\n[ "$1" = --version ] && echo fio-${version} && exit\n${fio}\n`;
      await Deno.writeTextFile(`${folder}/bin/fio`, script, { mode: 0o755 });
    }
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", ...PERMISSIONS, `${PROJECT}main.ts`, "bench", CLAIM],
        ...["--blocks", "1", "--out", `${folder}/out`, "--target", `${folder}/target`, ...options],
      ],
      env: { PATH: `${folder}/bin`, NO_COLOR: "1" },
    }).output();
    const result: Result = JSON.parse(await Deno.readTextFile(`${folder}/out/result.json`));
    assertEquals([...Deno.readDirSync(`${folder}/target`)], [], "something was left");
    const [verdict] = result.claims;
    assert(verdict !== undefined);
    return { code, stderr: new TextDecoder().decode(stderr), verdict, result };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bench without fio says that the claim is untested, and how to get fio", async () => {
  const { verdict, code } = await benchWithFio(null);
  assertEquals([verdict.verdict, code], ["untested", 101]);
  assertStringIncludes(verdict.because, "--setup");
});

Deno.test("bench with a fio that is too old says so", async () => {
  const { verdict } = await benchWithFio("exit 1", { version: "3.1" });
  assertEquals(verdict.verdict, "untested");
  assertStringIncludes(verdict.because, "3.1 is older than 3.16");
});

Deno.test("bench with a fio that crashes is an error that names its status", async () => {
  const { verdict } = await benchWithFio("exit 1");
  assertEquals(verdict.verdict, "error");
  assertStringIncludes(verdict.because, "fio exited with status 1");
});

Deno.test("bench with a fio that prints garbage and exits 0 is an error, never a verdict", async () => {
  const { verdict, code } = await benchWithFio("echo '{ not fio }'");
  assertEquals([verdict.verdict, code], ["error", 101]);
});

Deno.test("bench does not wait for a tool that hangs and ignores signals", async () => {
  const { verdict, result } = await benchWithFio("trap '' TERM; sleep 600", {
    options: ["--budget", "6s"],
  });
  assertEquals(verdict.verdict, "inconclusive");
  assertStringIncludes(verdict.because, "budget");
  // A busy machine is slow to start and end processes; `.ci/verify.ts` checks a real budget.
  assert(result.run.durationSeconds < 60, `${result.run.durationSeconds} s`);
});
