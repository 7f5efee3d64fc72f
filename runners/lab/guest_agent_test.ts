import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { GuestAgent, parseAgentReply, parseExecStatus } from "./guest_agent.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

Deno.test("parseAgentReply() reads values and refusals, with the call's id", () => {
  const cases: [string, unknown][] = [
    ['{"return": {}, "id": 3}', { id: 3, refused: null, value: {} }],
    ['{"return": null}', { id: null, refused: null, value: null }],
    ['{"id": 4, "error": {"class": "X", "desc": "no"}}', { id: 4, refused: "no" }],
    ['{"error": {}}', { id: null, refused: "it says no reason" }],
    ['{"error": {"desc": 5}, "return": 1}', { id: null, refused: "5" }],
    ['{"return": 1, "id": "3"}', { id: null, refused: null, value: 1 }],
  ];
  for (const [line, reply] of cases) assertEquals(parseAgentReply(line), reply, line);
});

Deno.test("parseAgentReply() gives null for what is no reply", () => {
  const lines = [
    "",
    "null",
    "[]",
    "7",
    '"return"',
    "{}",
    '{"error": "no"}',
    '{"return": 1',
    "{'a': 1}",
  ];
  const hostile = ['{"__proto__": {"return": 1}}', "[".repeat(100_000), "\0".repeat(1_000_000)];
  for (const line of [...lines, ...hostile]) assertEquals(parseAgentReply(line), null);
});

Deno.test("parseExecStatus() reads how a program stands", () => {
  const nothing = { stdout: new Uint8Array(), stderr: new Uint8Array(), truncated: false };
  const exited = { exited: true, ...nothing } as const;
  assertEquals(parseExecStatus({ exited: false }), { exited: false });
  assertEquals(parseExecStatus({ exited: true, exitcode: 3 }), { ...exited, status: 3 });
  assertEquals(parseExecStatus({ exited: true, signal: 9 }), { ...exited, status: null });
});

Deno.test("parseExecStatus() reads outputs, and whether a part of them was dropped", () => {
  const texts = { "out-data": base64("ß\0"), "err-data": base64("e") };
  for (const name of ["out-truncated", "err-truncated"]) {
    const seen = parseExecStatus({ exited: true, exitcode: 0, ...texts, [name]: true });
    assertEquals(seen.exited && [seen.stdout, seen.stderr, seen.truncated], [
      Buffer.from("ß\0"),
      Buffer.from("e"),
      true,
    ]);
  }
});

Deno.test("parseExecStatus() takes no status for 0 that is none", () => {
  const odd = [{}, { exitcode: "0" }, { exitcode: null }, { exitcode: 0, signal: 9 }, {
    exitcode: 0.5,
  }];
  for (const one of odd) {
    const seen = parseExecStatus({ exited: true, ...one });
    assertEquals(seen.exited && seen.status, null, JSON.stringify(one));
  }
});

Deno.test("parseExecStatus() refuses what does not say whether the program ended", () => {
  for (const value of [undefined, null, 7, [], {}, { exited: 1 }, { exited: "true" }]) {
    assertThrows(() => parseExecStatus(value), Problem, "whether it did");
  }
});

/** An agent behind a pipe that says these lines, each when the next one is awaited. */
async function scripted(
  lines: readonly (string | null)[],
): Promise<{ agent: GuestAgent; sent: string[] }> {
  const sent: string[] = [];
  const left = [...lines];
  const session = {
    send: (line: string) => Promise.resolve(void sent.push(line)),
    receive: () => {
      const line = left.shift() ?? null;
      const id = /"arguments":\{"id":(\d+)\}/.exec(sent[1] ?? "")?.[1];
      return Promise.resolve(line?.replace("SYNC", id ?? "none") ?? null);
    },
    stop: () => Promise.resolve(void sent.push("stopped")),
  };
  const host = { start: () => Promise.resolve(session) } as unknown as Host;
  const options = { path: "/x", timeoutSeconds: 5, lifeSeconds: 5 };
  return { agent: await GuestAgent.connect(host, options), sent };
}

Deno.test("GuestAgent.connect() passes over what an earlier user left in the pipe", async () => {
  const left = ['return": 3}', '{"return": 7, "id": 1}', '{"error": {"desc": "stray"}}', "\0"];
  const { agent } = await scripted([...left, '{"return": SYNC}', '{"return": "own", "id": 1}']);
  assertEquals((await agent.call("guest-ping")) as unknown, { id: 1, refused: null, value: "own" });
});

Deno.test("GuestAgent.connect() refuses an agent that never answers, and lets it go", async () => {
  for (const lines of [[], ['{"return": 7}'], ['{"error": {"desc": "SYNC"}}']]) {
    await assertRejects(() => scripted(lines), Problem, "did not answer");
  }
});

Deno.test("GuestAgent.call() passes over a reply that came too late for another call", async () => {
  const lines = [
    '{"return": SYNC}',
    null,
    '{"return": "late", "id": 1}',
    '{"return": "own", "id": 2}',
  ];
  const { agent } = await scripted(lines);
  await assertRejects(() => agent.call("guest-ping"), Problem, "does not answer");
  assertEquals((await agent.call("guest-ping")) as unknown, { id: 2, refused: null, value: "own" });
});

Deno.test("GuestAgent.call() refuses what is no reply, or a value of nobody's call", async () => {
  for (const line of ["\u0001", "{}", '{"return": "x"}']) {
    const { agent } = await scripted(['{"return": SYNC}', line]);
    await assertRejects(() => agent.call("guest-ping"), Problem, "no reply");
  }
});

Deno.test("GuestAgent.exec() and execStatus() say what the agent refused, or did not tell", async () => {
  const refusal = '{"id": 1, "error": {"desc": "no such file"}}';
  const request = { argv: ["true"], env: [], stdin: "" } as const;
  const first = await scripted(['{"return": SYNC}', refusal]);
  assertEquals((await first.agent.exec(request)).refused, "no such file");
  const second = await scripted(['{"return": SYNC}', '{"return": {"pid": "1"}, "id": 1}']);
  assertEquals((await second.agent.exec(request)).refused, "it names no process");
  const third = await scripted(['{"return": SYNC}', refusal]);
  await assertRejects(() => third.agent.execStatus(1), Problem, "no such file");
});
