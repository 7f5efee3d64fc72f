import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { CommandResult, Host } from "../host.ts";
import { liveHost } from "./live.ts";
import { Problem } from "../../problem.ts";
import { replayHost, UnknownRequest } from "./replay.ts";

const INFO = {
  schema: 1,
  recordedAt: "2026-01-02T03:04:05.000Z",
  hostname: "somewhere",
  kernel: "6.1",
  version: "0.1.0",
  options: { seed: 1 },
  synthetic: true,
};
const RESULT: CommandResult = {
  ended: "exited",
  status: 0,
  stdout: "out",
  stderr: "",
  startedAt: "2026-01-02T03:04:05.000Z",
  durationSeconds: 1.5,
};
const RUN = { argv: ["tool", "-v"], timeoutSeconds: 1 } as const;

/** Makes a fixture of the given lines and passes its folder on. */
async function withFixture(
  answers: string | readonly unknown[],
  test: (folder: string) => Promise<void>,
  info: unknown = INFO,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cellproof-test-" });
  const text = typeof answers === "string"
    ? answers
    : answers.map((line) => `${JSON.stringify(line)}\n`).join("");
  try {
    await Deno.writeTextFile(`${folder}/fixture.json`, JSON.stringify(info));
    await Deno.writeTextFile(`${folder}/answers.jsonl`, text);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function line(argv: readonly string[], at: number, answer: unknown = RESULT): unknown {
  return { request: { kind: "run", argv }, at, answer };
}

async function open(folder: string): Promise<Host> {
  return (await replayHost(folder)).host;
}

Deno.test("replayHost() tells what the fixture is", async () => {
  await withFixture([], async (folder) => {
    assertEquals((await replayHost(folder)).fixture, INFO);
  });
});

Deno.test("run() does not mind other limits than the recorded ones", async () => {
  await withFixture([line(RUN.argv, 1)], async (folder) => {
    const host = await open(folder);
    assertEquals(await host.run({ ...RUN, timeoutSeconds: 99, maxOutputBytes: 3 }), RESULT);
  });
});

Deno.test("run() refuses what was not recorded, and names it", async () => {
  await withFixture([line(RUN.argv, 1)], async (folder) => {
    const host = await open(folder);
    const other = { argv: ["tool", "--other"], timeoutSeconds: 1 } as const;
    const error = await assertRejects(() => host.run(other), UnknownRequest, "tool --other");
    assertStringIncludes(error.message, "--record");
    await assertRejects(() => host.run({ ...RUN, stdin: "" }), UnknownRequest);
    await assertRejects(() => host.run({ ...RUN, env: { A: "b" } }), UnknownRequest);
    await assertRejects(() => host.start(RUN), UnknownRequest);
    await assertRejects(() => host.readText("/etc/passwd"), UnknownRequest, "/etc/passwd");
    await assertRejects(() => host.readFolder("/proc"), UnknownRequest);
    await assertRejects(() => host.temporaryFolder(), UnknownRequest);
  });
});

Deno.test("run() refuses a request whose answers are used up", async () => {
  const second = { ...RESULT, stdout: "second" };
  await withFixture([line(RUN.argv, 1), line(RUN.argv, 2, second)], async (folder) => {
    const host = await open(folder);
    assertEquals((await host.run(RUN)).stdout, "out");
    assertEquals((await host.run(RUN)).stdout, "second");
    await assertRejects(() => host.run(RUN), UnknownRequest, "used up (2)");
  });
});

Deno.test("now() and monotonicSeconds() follow the recorded times", async () => {
  await withFixture([line(["a"], 1.5), line(["b"], 4)], async (folder) => {
    const host = await open(folder);
    const start = host.monotonicSeconds();
    assertEquals(host.now().toISOString(), INFO.recordedAt);
    await host.run({ argv: ["b"], timeoutSeconds: 1 });
    await host.run({ argv: ["a"], timeoutSeconds: 1 });
    assertEquals(host.monotonicSeconds() - start, 4);
    assertEquals(host.now().toISOString(), "2026-01-02T03:04:09.000Z");
  });
});

Deno.test("replayHost() reads lines that a person wrote", async () => {
  const text = '\n{ "answer": "x", "request": {"path": "/a", "kind": "readText"} }\r\n';
  await withFixture(text, async (folder) => {
    const host = await open(folder);
    assertEquals(await host.readText("/a"), "x");
    assertEquals(host.monotonicSeconds(), 0);
  });
});

Deno.test("replayHost() says what to do when the fixture is missing or damaged", async () => {
  await assertRejects(() => replayHost("/no/such/fixture"), Problem, "no such file");
  const good = JSON.stringify(line(RUN.argv, 1));
  for (const bad of ["garbage", good.slice(0, -9), "[]", "{}", "null", '{"request":3}']) {
    await withFixture(`${good}\n${bad}\n`, async (folder) => {
      await assertRejects(() => replayHost(folder), Problem, "answers.jsonl:2");
    });
  }
  for (
    const bad of [{}, [], null, 7, "x", { ...INFO, recordedAt: "?" }, { ...INFO, schema: "1" }]
  ) {
    await withFixture([], async (folder) => {
      await assertRejects(() => replayHost(folder), Problem, "fixture.json");
    }, bad);
  }
});

Deno.test("replayHost() refuses a newer schema", async () => {
  await withFixture([], async (folder) => {
    await assertRejects(() => replayHost(folder), Problem, "newer cellproof");
  }, { ...INFO, schema: 2 });
});

Deno.test("run() names the line when it is damaged inside", async () => {
  const inside = JSON.stringify(line(RUN.argv, 1)).replace('"status":0', '"status":oh');
  for (const bad of [inside, JSON.stringify(line(RUN.argv, 1, { ...RESULT, ended: "well" }))]) {
    await withFixture(bad, async (folder) => {
      const host = await open(folder);
      const error = await assertRejects(() => host.run(RUN), Problem, "answers.jsonl:1");
      assert(!(error instanceof UnknownRequest));
    });
  }
});

Deno.test("writeText() and close() do nothing", async () => {
  await withFixture([], async (folder) => {
    const host = await open(folder);
    await host.writeText(`${folder}/new`, "x");
    await host.close();
    await assertRejects(() => Deno.stat(`${folder}/new`), Deno.errors.NotFound);
  });
});

Deno.test("replayHost() needs only the permission to read, and never loads zx", async () => {
  await withFixture([line(RUN.argv, 1)], async (folder) => {
    const module = new URL("./replay.ts", import.meta.url);
    const script = `const { replayHost } = await import(${JSON.stringify(module.href)});
      const { host } = await replayHost(${JSON.stringify(folder)});
      console.log((await host.run(${JSON.stringify(RUN)})).stdout);`;
    const live = await liveHost();
    const { stdout, stderr } = await live.run({
      argv: [Deno.execPath(), "run", "--no-prompt", `--allow-read=${folder}`, "-"],
      stdin: script,
      timeoutSeconds: 30,
    });
    await live.close();
    assertEquals(stdout, "out\n", stderr);
  });
});
