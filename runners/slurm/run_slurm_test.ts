import { assert, assertRejects } from "@std/assert";
import type { CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { runSlurm } from "./run_slurm.ts";

Deno.test("runSlurm() says that a tool is missing where there is no such command", async () => {
  const host = answering({ ended: "not-found", status: null });
  const missing = await assertRejects(() => run(host), MissingTool);
  assert(missing.message.includes("there is no squeue"), missing.message);
});

Deno.test("runSlurm() says so too where bash finds no such command, and says no word", async () => {
  await assertRejects(() => run(answering({ status: 127 })), MissingTool);
  const broken = answering({ status: 127, stderr: "squeue: error while loading shared libraries" });
  const { message } = await assertRejects(() => run(broken), Problem);
  assert(message.includes("shared libraries"), message);
});

Deno.test("runSlurm() gives the reason where Slurm waits for a configuration until it is ended", async () => {
  const stderr = "sinfo: error: s_p_parse_file: cannot stat file /etc/slurm/slurm.conf, retrying";
  const host = answering({ ended: "timed-out", status: null, stderr });
  const { message } = await assertRejects(() => run(host), Problem);
  assert(message.includes("configuration is missing") && message.includes("cannot stat"), message);
});

Deno.test("runSlurm() says how long it waited for a controller that says nothing", async () => {
  const host = answering({ ended: "timed-out", status: null });
  const { message } = await assertRejects(() => run(host), Problem);
  assert(message.includes("squeue did not answer within 30 s"), message);
});

function run(host: Host): Promise<string> {
  return runSlurm(host, { action: "list the jobs", argv: ["squeue", "--json"] });
}

function answering(result: Partial<CommandResult>): Host {
  const ended = { ended: "exited", status: 0, stdout: "", stderr: "" } as const;
  const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
  const run = () => Promise.resolve({ ...ended, ...times, ...result });
  return { run } as Pick<Host, "run"> as Host;
}
