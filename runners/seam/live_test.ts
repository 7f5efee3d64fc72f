import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { CommandRequest, Host } from "../host.ts";
import { liveHost, type LiveHostOptions } from "./live.ts";
import { Problem } from "../../problem.ts";

type Argv = CommandRequest["argv"];

/** Counts the processes that descend from the test's commands, wherever they went. */
type Left = () => Promise<number>;

/** Runs a test on a live host, and asserts that nothing which it started is left. */
function live(
  name: string,
  test: (host: Host, left: Left) => Promise<void>,
  options: LiveHostOptions = {},
): void {
  Deno.test(name, async () => {
    const tag = crypto.randomUUID();
    Deno.env.set("CELLPROOF_TEST", tag);
    const left = () => processesWith(`CELLPROOF_TEST=${tag}`);
    const host = await liveHost(options);
    try {
      await test(host, left);
    } finally {
      await host.close();
      Deno.env.delete("CELLPROOF_TEST");
    }
    assertEquals(await left(), 0);
  });
}

async function processesWith(variable: string): Promise<number> {
  const script = `grep -lsaz -- "^$1" /proc/[0-9]*/environ | wc -l`;
  const args = ["-c", script, "bash", variable];
  const command = new Deno.Command("bash", { args, env: { CELLPROOF_TEST: "" } });
  return Number(new TextDecoder().decode((await command.output()).stdout));
}

function shell(script: string, rest: Partial<CommandRequest> = {}): CommandRequest {
  return { argv: ["sh", "-c", script], timeoutSeconds: 20, ...rest };
}

live("run() gives the status and both outputs", async (host) => {
  const result = await host.run(shell("echo out; echo err >&2; exit 3"));
  assertEquals([result.ended, result.status], ["exited", 3]);
  assertEquals([result.stdout, result.stderr], ["out\n", "err\n"]);
  assert(result.durationSeconds > 0);
  assert(!Number.isNaN(Date.parse(result.startedAt)));
});

live("run() gives a null status when a signal ended the command", async (host) => {
  const result = await host.run(shell("kill -9 $$"));
  assertEquals([result.ended, result.status], ["exited", null]);
});

live("run() passes every argument on byte by byte", async (host) => {
  const hostile = [
    "",
    " ",
    "$(touch x)",
    "`id`",
    "a;b",
    "*",
    "~",
    "-n",
    "'",
    '"',
    "\\",
    "\n",
    "!!",
  ];
  const argument = fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(..."\\'\"$`!\n\t\r\x01\x1b &|;<>(){}[]*?~#=%") }),
  ).map((text) => text.replaceAll("\0", ""));
  await fc.assert(
    fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 8 }), async (args) => {
      const argv: Argv = ["printf", "%s\\0", ...args];
      const { stdout } = await host.run({ argv, timeoutSeconds: 20 });
      assertEquals(stdout, args.map((arg) => `${arg}\0`).join(""));
    }),
    { numRuns: 60 },
  );
});

live("run() refuses a NUL byte in an argument", async (host) => {
  const argv: Argv = ["echo", "a\0b"];
  await assertRejects(() => host.run({ argv, timeoutSeconds: 5 }), Problem, "NUL");
});

live("run() refuses arguments that are too long for the system", async (host) => {
  const argv: Argv = ["echo", "x".repeat(200_000)];
  await assertRejects(() => host.run({ argv, timeoutSeconds: 5 }), Problem, "128 KiB");
});

live("run() says not-found when there is no such program", async (host) => {
  for (const program of ["cellproof-no-such-program", "/no/such/program", "", "-c", "a=b"]) {
    const result = await host.run({ argv: [program], timeoutSeconds: 5 });
    assertEquals([result.ended, result.status], ["not-found", null], program);
  }
});

live("run() says exited when a program itself ends with 127", async (host) => {
  const result = await host.run(shell("exit 127"));
  assertEquals([result.ended, result.status], ["exited", 127]);
});

live("run() runs the program and not the shell's builtin of that name", async (host) => {
  const result = await host.run({ argv: ["echo", "--version"], timeoutSeconds: 5 });
  assertStringIncludes(result.stdout, "coreutils");
});

live("run() feeds stdin, and gives an empty one otherwise", async (host) => {
  const text = "ß\n".repeat(100_000);
  assertEquals((await host.run(shell("cat", { stdin: text }))).stdout, text);
  assertEquals((await host.run(shell("cat"))).stdout, "");
  assertEquals((await host.run(shell("exec 0<&-; exit 4", { stdin: text }))).status, 4);
});

live("run() adds variables, and makes tools speak one language", async (host) => {
  const env = { CELLPROOF_A: "a'b c$(x)", LD_LIBRARY_PATH: "/no/such dir", BASH_ENV: "/etc/hosts" };
  const script = 'echo "$LC_ALL|$CELLPROOF_A|$LD_LIBRARY_PATH|$BASH_ENV"';
  const { stdout } = await host.run(shell(script, { env }));
  assertEquals(stdout, "C|a'b c$(x)|/no/such dir|/etc/hosts\n");
});

live("run() gives text for output that is none", async (host) => {
  const result = await host.run(shell("printf 'a\\377\\000b'"));
  assertEquals(result.stdout, "a\ufffd\0b");
});

live("run() ends the whole tree when the time is over", async (host, left) => {
  const script = "trap '' TERM; setsid sleep 61 & (trap '' TERM; sleep 62; sleep 63) & sleep 64";
  const result = await host.run(shell(`${script}; sleep 65`, { timeoutSeconds: 0.2 }));
  assertEquals([result.ended, result.status], ["timed-out", null]);
  assertEquals(await left(), 0);
});

live("run() lets a command obey SIGTERM when the time is over", async (host) => {
  const script = "trap 'echo bye; exit 5' TERM; echo begun; while :; do sleep 0.02; done";
  const result = await host.run(shell(script, { timeoutSeconds: 0.2 }));
  assertEquals([result.ended, result.status], ["timed-out", 5]);
  assertEquals(result.stdout, "begun\nbye\n");
});

live("run() ends a command that prints too much, and keeps what came", async (host) => {
  const result = await host.run(shell("yes", { maxOutputBytes: 1001 }));
  assertEquals([result.ended, result.stdout.length], ["output-limit", 1001]);
  const short = await host.run(shell("printf %2000d 1", { maxOutputBytes: 1001 }));
  assertEquals([short.ended, short.stdout.length], ["output-limit", 1001]);
  const exact = await host.run(shell("printf %1001d 1", { maxOutputBytes: 1001 }));
  assertEquals([exact.ended, exact.stdout.length], ["exited", 1001]);
});

live("run() returns when a background process holds the outputs", async (host) => {
  const result = await host.run(shell("sleep 60 & setsid sleep 60 & echo done", {}));
  assertEquals([result.ended, result.status, result.stdout], ["exited", 0, "done\n"]);
});

Deno.test("run() is cancelled when the signal is aborted", async () => {
  const controller = new AbortController();
  const host = await liveHost({ signal: controller.signal });
  const running = [host.run(shell("sleep 66")), host.run(shell("setsid sleep 66 & wait"))];
  const kept = host.run(shell("sleep 0.6; echo kept", { survivesCancel: true }));
  setTimeout(() => controller.abort(), 100);
  for (const result of await Promise.all(running)) assertEquals(result.ended, "cancelled");
  assertEquals((await host.run(shell("echo late"))).ended, "cancelled");
  assertEquals((await kept).stdout, "kept\n");
  assertEquals((await host.run(shell("echo undo", { survivesCancel: true }))).stdout, "undo\n");
  await host.close();
});

Deno.test("run() keeps the deadline", async () => {
  let deadline: number | null = null;
  const host = await liveHost({ deadline: () => deadline });
  assertEquals((await host.run(shell("echo a"))).ended, "exited");
  deadline = host.monotonicSeconds() + 0.2;
  assertEquals((await host.run(shell("sleep 67"))).ended, "cancelled");
  assertEquals((await host.run(shell("echo b"))).ended, "cancelled");
  await host.close();
});

live("start() talks line by line", async (host) => {
  const session = await host.start({ argv: ["cat"], timeoutSeconds: 20 });
  await session.send("one");
  await session.send("two");
  assertEquals(await session.receive(5), "one");
  assertEquals(await session.receive(5), "two");
  assertEquals(await session.receive(0.05), null);
  const result = await session.stop(5);
  assertEquals([result.ended, result.status, result.stdout], ["exited", null, "one\ntwo\n"]);
  assertEquals(await session.stop(5), result);
});

live("start() gives all lines of a command that dies, then null", async (host) => {
  const session = await host.start(shell("echo a; printf b; exit 3"));
  assertEquals([await session.receive(5), await session.receive(5)], ["a", "b"]);
  assertEquals(await session.receive(5), null);
  await session.send("nobody hears this");
  assertEquals((await session.stop(1)).status, 3);
});

live("start() insists when a session ignores SIGTERM", async (host) => {
  const session = await host.start(shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
  assertEquals(await session.receive(5), "up");
  assertEquals((await session.stop(0.1)).status, null);
});

live("start() ends a session when its time is over", async (host) => {
  const session = await host.start({ argv: ["cat"], timeoutSeconds: 0.2 });
  assertEquals(await session.receive(5), null);
  assertEquals((await session.stop(1)).ended, "timed-out");
});

live("start() keeps the last part of a long output", async (host) => {
  const session = await host.start(shell("seq 1 5000; sleep 60", { maxOutputBytes: 10 }));
  for (let line = 1; line <= 5000; line++) assertEquals(await session.receive(5), `${line}`);
  assertEquals((await session.stop(1)).stdout, "4999\n5000\n");
});

live("start() says not-found when there is no such program", async (host) => {
  const session = await host.start({ argv: ["cellproof-no-such-program"], timeoutSeconds: 5 });
  assertEquals(await session.receive(5), null);
  assertEquals((await session.stop(1)).ended, "not-found");
});

live("close() ends what still runs", async (host, left) => {
  const session = await host.start(shell("setsid sleep 68 & sleep 68 & sleep 0.1; echo up; wait"));
  assertEquals(await session.receive(5), "up");
  assertEquals(await left(), 3);
  await host.close();
  assertEquals((await session.stop(1)).ended, "cancelled");
  assertEquals((await host.run(shell("echo"))).ended, "cancelled");
});

live("readText() reads files of /proc and /sys, and gives null for none", async (host) => {
  assertStringIncludes(await host.readText("/proc/version") ?? "", "Linux");
  assertStringIncludes(await host.readText("/proc/sys/kernel/ostype") ?? "", "Linux");
  assert((await host.readText("/sys/kernel/mm/transparent_hugepage/enabled") ?? "x").length > 0);
  assertEquals(await host.readText("/no/such/file"), null);
  assertEquals(await host.readText("/proc"), null);
});

live("readFolder() gives sorted names, and null for none", async (host) => {
  const folder = await host.temporaryFolder();
  for (const name of ["b", "a b", "c\n"]) await host.writeText(`${folder}/sub/${name}`, name);
  assertEquals(await host.readFolder(`${folder}/sub`), ["a b", "b", "c\n"]);
  assertEquals(await host.readText(`${folder}/sub/a b`), "a b");
  assertEquals(await host.readFolder("/no/such/folder"), null);
  assertEquals(await host.readFolder("/proc/version"), null);
});

Deno.test("close() removes temporary folders, and can be called again", async () => {
  const host = await liveHost();
  const outer = await host.temporaryFolder();
  const inner = await host.temporaryFolder(outer);
  await host.writeText(`${inner}/deep/file`, "x");
  assertStringIncludes(inner, `${outer}/cellproof-`);
  await host.close();
  await host.close();
  await assertRejects(() => Deno.stat(outer), Deno.errors.NotFound);
});

live("temporaryFolder() says what to do when its parent cannot be written", async (host) => {
  await assertRejects(() => host.temporaryFolder("/proc"), Problem, "name another one");
  await assertRejects(() => host.writeText("/proc/no/file", ""), Problem, "name another one");
});

Deno.test("liveHost() needs the permission to run bash and nothing else", async () => {
  const module = new URL("./live.ts", import.meta.url).href;
  const script = `const { liveHost } = await import(${JSON.stringify(module)});
    const host = await liveHost();
    const quick = await host.run({ argv: ["sleep", "69"], timeoutSeconds: 0.1 });
    const seen = [
      (await host.readText("/proc/version")).slice(0, 5),
      await host.readText("/proc/no-such-file"),
      (await host.readFolder("/sys/class")).includes("net"),
      await host.readFolder("/proc/version"),
      await host.readFolder("/proc/no-such-folder"),
    ];
    await host.close();
    console.log(quick.ended, ...seen);`;
  const flags = ["--no-prompt", "--allow-run=bash", "--allow-read", "--allow-write"];
  const argv: Argv = [Deno.execPath(), "run", ...flags, "--allow-env", "--allow-sys", "-"];
  const host = await liveHost();
  const env = { LD_LIBRARY_PATH: "/no/such", BASH_ENV: "/no/such" };
  const result = await host.run({ argv, stdin: script, env, timeoutSeconds: 20 });
  await host.close();
  assertEquals(result.stdout, "timed-out Linux null true null null\n", result.stderr);
});
