import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { CommandRequest, Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { hasLocalAgent, type LocalAgent, withAgentHost } from "../testing/local_agent.ts";
import type { LabHostOptions } from "./lab_host.ts";

type Argv = CommandRequest["argv"];
const ignore = !await hasLocalAgent();

/** Counts the processes of a test's commands, wherever they went. */
type Left = () => Promise<number>;

/** Runs a test behind a real agent, and asserts that nothing which it started is left. */
function behindAgent(
  name: string,
  test: (host: Host, left: Left, local: LocalAgent) => Promise<void>,
  options: Partial<LabHostOptions> = {},
): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      const id = crypto.randomUUID();
      const left = () => processesWith(`CELLPROOF_COMMAND=${id}`);
      await withAgentHost((host, local) => test(host, left, local), { id, ...options });
      assertEquals(await left(), 0);
    },
  });
}

async function processesWith(variable: string): Promise<number> {
  const script = `grep -lsaz -- "^$1" /proc/[0-9]*/environ | wc -l`;
  const command = new Deno.Command("bash", { args: ["-c", script, "bash", variable] });
  return Number(new TextDecoder().decode((await command.output()).stdout));
}

function shell(script: string, rest: Partial<CommandRequest> = {}): CommandRequest {
  return { argv: ["sh", "-c", script], timeoutSeconds: 20, ...rest };
}

behindAgent("labHost().run() gives the status and both outputs", async (host) => {
  const result = await host.run(shell("echo out; echo err >&2; exit 3"));
  assertEquals([result.ended, result.status], ["exited", 3]);
  assertEquals([result.stdout, result.stderr], ["out\n", "err\n"]);
  assert(result.durationSeconds > 0 && !Number.isNaN(Date.parse(result.startedAt)));
});

behindAgent("labHost().run() gives a null status when a signal ended the command", async (host) => {
  const result = await host.run(shell("kill -9 $$"));
  assertEquals([result.ended, result.status], ["exited", null]);
});

behindAgent("labHost().run() passes every argument on byte by byte", async (host) => {
  const hostile = ["", " ", "$(touch x)", "`id`", "*", "-n", "'", '"', "\\", "\n", "\x7f", "😀"];
  const argument = fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: fc.constantFrom(..."\\'\"$`!\n\t\r\x01\x1b &|;<>(){}[]*?~#=%äß") }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 8 }), async (args) => {
      const argv: Argv = ["printf", "%s\\0", ...args];
      const { stdout } = await host.run({ argv, timeoutSeconds: 20 });
      assertEquals(stdout, args.map((arg) => `${arg}\0`).join(""));
    }),
    { numRuns: 30 },
  );
});

behindAgent("labHost().run() refuses what it cannot pass on, and goes on", async (host) => {
  for (const text of ["a\0b", "\ud800", "\uffff"]) {
    await assertRejects(() => host.run({ argv: ["echo", text], timeoutSeconds: 5 }), Problem);
    assertEquals((await host.run(shell("echo next"))).stdout, "next\n");
  }
});

behindAgent("labHost().run() says not-found when there is no such program", async (host) => {
  for (const program of ["cellproof-no-such-program", "/no/such/program", "", "-c", "a=b"]) {
    const result = await host.run({ argv: [program], timeoutSeconds: 5 });
    assertEquals([result.ended, result.status], ["not-found", null], program);
  }
});

behindAgent("labHost().run() says exited when a program itself ends with 127", async (host) => {
  const result = await host.run(shell("exit 127"));
  assertEquals([result.ended, result.status], ["exited", 127]);
});

behindAgent("labHost().run() feeds stdin, and gives an empty one otherwise", async (host) => {
  const text = "ß\n".repeat(100_000);
  assertEquals((await host.run(shell("cat", { stdin: text }))).stdout, text);
  assertEquals((await host.run(shell("cat"))).stdout, "");
  assertEquals((await host.run(shell("exec 0<&-; exit 4", { stdin: text }))).status, 4);
});

behindAgent("labHost().run() adds variables to a small environment", async (host) => {
  const env = { CELLPROOF_A: "a'b c$(x)", LD_LIBRARY_PATH: "/no/such dir" };
  const script = 'echo "$LC_ALL|$HOME|$CELLPROOF_A|$LD_LIBRARY_PATH"';
  const { stdout } = await host.run(shell(script, { env }));
  assertEquals(stdout, "C|/root|a'b c$(x)|/no/such dir\n");
});

behindAgent("labHost().run() ends the whole tree when the time is over", async (host, left) => {
  const script = "trap '' TERM; setsid sleep 61 & (trap '' TERM; sleep 62; sleep 63) & sleep 64";
  const result = await host.run(shell(`${script}; sleep 65`, { timeoutSeconds: 0.3 }));
  assertEquals([result.ended, result.status], ["timed-out", null]);
  assertEquals(await left(), 0);
});

behindAgent("labHost().run() lets a command obey SIGTERM when the time is over", async (host) => {
  const script = "trap 'echo bye; exit 5' TERM; echo begun; while :; do sleep 0.02; done";
  const result = await host.run(shell(script, { timeoutSeconds: 0.3 }));
  assertEquals([result.ended, result.status], ["timed-out", 5]);
  assertEquals(result.stdout, "begun\nbye\n");
});

behindAgent("labHost().run() keeps the first part of too much output", async (host) => {
  const over = await host.run(shell("printf %2000d 1", { maxOutputBytes: 1001 }));
  assertEquals([over.ended, over.stdout.length], ["output-limit", 1001]);
  const exact = await host.run(shell("printf %1001d 1", { maxOutputBytes: 1001 }));
  assertEquals([exact.ended, exact.stdout.length], ["exited", 1001]);
});

behindAgent(
  "labHost().run() ends what holds the outputs of a command that ended",
  async (host, left) => {
    const result = await host.run(shell("sleep 60 & setsid sleep 60 & echo done; exit 3"));
    assertEquals([result.ended, result.status, result.stdout], ["exited", 3, "done\n"]);
    assert(result.durationSeconds < 10);
    assertEquals(await left(), 0);
  },
);

Deno.test({
  name: "labHost().run() is cancelled when the signal is aborted, but for what survives it",
  ignore,
  fn: async () => {
    const controller = new AbortController();
    await withAgentHost(async (host) => {
      const running = [host.run(shell("sleep 66")), host.run(shell("setsid sleep 66 & wait"))];
      const kept = host.run(shell("sleep 0.6; echo kept", { survivesCancel: true }));
      setTimeout(() => controller.abort(), 100);
      for (const result of await Promise.all(running)) assertEquals(result.ended, "cancelled");
      assertEquals((await host.run(shell("echo late"))).ended, "cancelled");
      assertEquals((await (await host.start(shell("echo late"))).stop(1)).ended, "cancelled");
      assertEquals((await kept).stdout, "kept\n");
      assertEquals((await host.run(shell("echo undo", { survivesCancel: true }))).stdout, "undo\n");
    }, { signal: controller.signal });
  },
});

Deno.test({
  name: "labHost().run() keeps the deadline",
  ignore,
  fn: async () => {
    let deadline: number | null = null;
    await withAgentHost(async (host) => {
      assertEquals((await host.run(shell("echo a"))).ended, "exited");
      deadline = host.monotonicSeconds() + 0.2;
      assertEquals((await host.run(shell("sleep 67"))).ended, "cancelled");
      assertEquals((await host.run(shell("echo b"))).ended, "cancelled");
    }, { deadline: () => deadline });
  },
});

Deno.test({
  name: "labHost() tells that the machine is gone, whatever it is asked then",
  ignore,
  fn: async () => {
    const controller = new AbortController();
    await withAgentHost(async (host, local) => {
      const running = host.run(shell("sleep 0.5", { timeoutSeconds: 0.2 }));
      const gone = assertRejects(() => running, Problem, "the machine ended");
      await local.agent.call("guest-ping");
      await local.kill();
      controller.abort();
      await gone;
      await assertRejects(
        () => host.run(shell("true", { survivesCancel: true })),
        Problem,
        "ended",
      );
      await assertRejects(() => host.close(), Problem, "the machine ended");
      await host.close();
    }, { signal: controller.signal });
  },
});

behindAgent("labHost().start() talks line by line", async (host) => {
  const session = await host.start({ argv: ["cat"], timeoutSeconds: 20 });
  await session.send("one");
  await session.send("two ß");
  assertEquals(await session.receive(5), "one");
  assertEquals(await session.receive(5), "two ß");
  assertEquals(await session.receive(0.05), null);
  const result = await session.stop(5);
  assertEquals([result.ended, result.status, result.stdout], ["exited", null, "one\ntwo ß\n"]);
  assertEquals(await session.stop(5), result);
});

behindAgent("labHost().start() sends more than a pipe holds to a slow reader", async (host) => {
  const session = await host.start(shell("sleep 0.5; head -n 1 | wc -c; sleep 60"));
  await session.send("ß".repeat(100_000));
  assertEquals(await session.receive(10), "200001");
  await session.stop(1);
});

behindAgent("labHost().start() gives all lines of a command that dies, then null", async (host) => {
  const session = await host.start(shell("echo a; printf b; exit 3"));
  assertEquals([await session.receive(5), await session.receive(5)], ["a", "b"]);
  assertEquals(await session.receive(5), null);
  await session.send("nobody hears this");
  assertEquals((await session.stop(1)).status, 3);
});

behindAgent("labHost().start() insists when a session ignores SIGTERM", async (host) => {
  const session = await host.start(shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
  assertEquals(await session.receive(5), "up");
  assertEquals((await session.stop(0.1)).status, null);
});

behindAgent("labHost().start() ends a session when its time is over", async (host) => {
  const session = await host.start({ argv: ["cat"], timeoutSeconds: 0.4 });
  assertEquals(await session.receive(5), null);
  assertEquals((await session.stop(1)).ended, "timed-out");
});

behindAgent("labHost().start() keeps the last part of a long output", async (host) => {
  const session = await host.start(shell("seq 1 5000; sleep 60", { maxOutputBytes: 10 }));
  for (let line = 1; line <= 5000; line++) assertEquals(await session.receive(5), `${line}`);
  assertEquals((await session.stop(1)).stdout, "4999\n5000\n");
});

behindAgent("labHost().start() says not-found when there is no such program", async (host) => {
  const session = await host.start({ argv: ["cellproof-no-such-program"], timeoutSeconds: 5 });
  assertEquals(await session.receive(5), null);
  assertEquals((await session.stop(1)).ended, "not-found");
});

behindAgent(
  "labHost().close() ends what still runs, and removes every folder",
  async (host, left) => {
    const folder = await host.temporaryFolder();
    await host.writeText(`${folder}/deep/file`, "x");
    const session = await host.start(shell("echo up; setsid sleep 68 & sleep 68"));
    assertEquals(await session.receive(5), "up");
    assert(await left() >= 3);
    await host.close();
    assertEquals((await host.run(shell("echo"))).ended, "cancelled");
    assertEquals((await (await host.start(shell("echo"))).stop(1)).ended, "cancelled");
    await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  },
);

behindAgent("labHost() reads files and folders, and gives null for none", async (host) => {
  const folder = await host.temporaryFolder();
  for (const name of ["b", "a b", "c\n"]) await host.writeText(`${folder}/${name}`, `ß${name}`);
  assertEquals(await host.readFolder(folder), ["a b", "b", "c\n"]);
  assertEquals(await host.readText(`${folder}/a b`), "ßa b");
  assertStringIncludes(await host.readText("/proc/version") ?? "", "Linux");
  const long = "ß\n".repeat(100_000);
  await host.writeText(`${folder}/long`, long);
  assertEquals(await host.readText(`${folder}/long`), long);
  const none = [
    host.readText("/no/such"),
    host.readText("/proc"),
    host.readFolder("/proc/version"),
  ];
  assertEquals(await Promise.all(none), [null, null, null]);
});

behindAgent("labHost() says what the machine said where no folder can be made", async (host) => {
  await assertRejects(() => host.temporaryFolder("/proc"), Problem, "mktemp");
  await assertRejects(() => host.writeText("/proc/no/file", ""), Problem, "status 1");
});
