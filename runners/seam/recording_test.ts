import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { CommandRequest, Host } from "../host.ts";
import { liveHost } from "./live.ts";
import { Problem } from "../../problem.ts";
import { recordingHost } from "./recording.ts";
import { replayHost } from "./replay.ts";

const DETAILS = { version: "1.2.3", options: { seed: 7 } };

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cellproof-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Records `act` and replays it; gives what it returned both times. */
async function twice<T>(act: (host: Host) => Promise<T>): Promise<[T, T]> {
  const results: T[] = [];
  await inFolder(async (folder) => {
    const recording = await recordingHost(await liveHost(), `${folder}/fixture`, DETAILS);
    results.push(await act(recording));
    await recording.close();
    results.push(await act((await replayHost(`${folder}/fixture`)).host));
  });
  const [recorded, replayed] = results;
  if (recorded === undefined || replayed === undefined) throw new TypeError("not replayed");
  return [recorded, replayed];
}

function shell(script: string, ...args: string[]): CommandRequest {
  return { argv: ["sh", "-c", script, "sh", ...args], timeoutSeconds: 20 };
}

Deno.test("recordingHost() makes a fixture that replays every result unchanged", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((t) => t.replaceAll("\0", ""));
  const tricky = fc.constantFrom(
    "{project}",
    "{{home}",
    '","at":1',
    Deno.cwd(),
    "\ud800",
    "\u2028",
  );
  const args = fc.array(fc.oneof(text, tricky), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(args, { maxLength: 4 }), async (commands) => {
      const [recorded, replayed] = await twice(async (host) => {
        const results = [];
        for (const list of commands) {
          const env = { CELLPROOF_A: list.join(" ") };
          const request = { ...shell('printf %s "$@" >&2; cat', ...list), stdin: list.join(), env };
          results.push(await host.run(request));
        }
        return results;
      });
      assertEquals(replayed, recorded);
    }),
    { numRuns: 10 },
  );
});

Deno.test("recordingHost() keeps the order of equal requests", async () => {
  const [recorded, replayed] = await twice(async (host) => {
    const read = async () => (await host.run(shell("date +%N"))).stdout;
    return [await read(), await read(), await read()];
  });
  assertEquals(new Set(recorded).size, 3);
  assertEquals(replayed, recorded);
});

Deno.test("recordingHost() records sessions, files, folders and problems", async () => {
  const [recorded, replayed] = await twice(async (host) => {
    const session = await host.start({ argv: ["cat"], timeoutSeconds: 20 });
    await session.send("hello");
    const lines = [await session.receive(5), await session.receive(0.01)];
    const missing = await host.start({ argv: ["cellproof-no-such-program"], timeoutSeconds: 5 });
    const problem = await host.temporaryFolder("/proc").catch((error: unknown) => error);
    const files = [
      await host.readText("/proc/loadavg"),
      await host.readText("/no/such/file"),
      await host.readFolder("/proc/self/ns"),
      await host.readFolder("/no/such/folder"),
    ];
    assert(problem instanceof Problem);
    const ends = [await session.stop(5), await missing.stop(5)];
    return { lines, ends, files, problem: problem.message };
  });
  assertEquals(recorded.lines, ["hello", null]);
  assertEquals(replayed, recorded);
});

Deno.test("recordingHost() writes stable names in place of this machine's paths", async () => {
  await inFolder(async (folder) => {
    const fixture = `${folder}/fixture`;
    const act = async (host: Host) => {
      const temporary = await host.temporaryFolder();
      await host.writeText(`${temporary}/file`, "x\n");
      const project = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
      const result = await host.run(shell('echo "$@"; cat "$1"', `${temporary}/file`, project));
      return { temporary, project, stdout: result.stdout };
    };
    const recording = await recordingHost(await liveHost(), fixture, DETAILS);
    const recorded = await act(recording);
    await recording.close();
    const answers = await Deno.readTextFile(`${fixture}/answers.jsonl`);
    assertStringIncludes(answers, '"{tmp1}/file","{project}"');
    assertStringIncludes(answers, '"stdout":"{tmp1}/file {project}\\nx\\n"');
    assert(!answers.includes(recorded.temporary) && !answers.includes(recorded.project));
    const replayed = await act((await replayHost(fixture)).host);
    assertEquals(replayed.stdout, `${replayed.temporary}/file ${replayed.project}\nx\n`);
  });
});

Deno.test("recordingHost() does not record the environment", async () => {
  await inFolder(async (folder) => {
    Deno.env.set("CELLPROOF_SECRET", "hunter2-hunter2");
    const recording = await recordingHost(await liveHost(), `${folder}/fixture`, DETAILS);
    await recording.run(shell("true"));
    await recording.close();
    Deno.env.delete("CELLPROOF_SECRET");
    for (const name of ["fixture.json", "answers.jsonl"]) {
      assert(!(await Deno.readTextFile(`${folder}/fixture/${name}`)).includes("hunter2"));
    }
  });
});

Deno.test("recordingHost() refuses a folder that holds a fixture or cannot be written", async () => {
  await inFolder(async (folder) => {
    const live = await liveHost();
    await (await recordingHost(live, folder, DETAILS)).close();
    await assertRejects(() => recordingHost(live, folder, DETAILS), Problem, "a fixture already");
    await assertRejects(() => recordingHost(live, "/proc/x", DETAILS), Problem, "writable");
  });
});

Deno.test("recordingHost() goes on when no more can be written, and says so at the end", async () => {
  await inFolder(async (folder) => {
    const modules = ["live", "recording"].map((name) =>
      new URL(`./${name}.ts`, import.meta.url).href
    );
    const script = `const [{ liveHost }, { recordingHost }] =
        await Promise.all(${JSON.stringify(modules)}.map((module) => import(module)));
      const details = { version: "1", options: {} };
      const host = await recordingHost(await liveHost(), ${JSON.stringify(folder)}, details);
      const run = () => host.run({ argv: ["seq", "9999"], timeoutSeconds: 9 });
      console.log((await run()).status, (await run()).status);
      await host.close().catch((error) => console.log(error.name, error.parts.action));`;
    const live = await liveHost();
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" run -A -`;
    const argv: CommandRequest["argv"] = ["bash", "-c", limited, Deno.execPath()];
    const { stdout, stderr } = await live.run({ argv, stdin: script, timeoutSeconds: 20 });
    await live.close();
    assertStringIncludes(stdout, "0 0\nProblem record into", stderr);
  });
});

Deno.test("recordingHost() says of a fixture whether a machine gave the answers", async () => {
  for (const synthetic of [true, false, undefined]) {
    await inFolder(async (folder) => {
      const details = synthetic === undefined ? DETAILS : { ...DETAILS, synthetic };
      await (await recordingHost(await liveHost(), `${folder}/fixture`, details)).close();
      const { fixture } = await replayHost(`${folder}/fixture`);
      assertEquals(fixture.synthetic, synthetic === true);
    });
  }
});
