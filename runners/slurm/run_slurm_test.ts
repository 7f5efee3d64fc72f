import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { runSlurm, slurmProblem } from "./run_slurm.ts";

/** What Slurm says (`slurm_errno.c`), and a part of the sentence that it becomes. */
const SAYINGS: readonly (readonly [string, string])[] = [
  ["sbatch: error: invalid partition specified: x", "no such partition"],
  ["Batch job submission failed: Invalid partition name specified", "no such partition"],
  ["User's group not permitted to use this partition", "AllowGroups"],
  ["Invalid account or account/partition combination specified", "no account"],
  ["Invalid qos specification", "quality of service"],
  [
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    "a limit of the account",
  ],
  ["Access/permission denied", "may not do that"],
  ["Invalid job array specification", "MaxArraySize"],
  ["Invalid generic resource (gres) specification", "gres"],
  ["Requested time limit is invalid (missing or exceeds some limit)", "time limit"],
  ["Required partition not available (inactive or drain)", "takes no jobs"],
  ["Requested node configuration is not available", "no node of the partition"],
  ["Incompatible versions of client and server code", "different versions"],
  ['Munge encode failed: Failed to access "/run/munge/munge.socket.2"', "who this is"],
  ["sinfo: fatal: Could not establish a configuration source", "configuration is missing"],
  ["Unable to contact slurm controller (connect failure)", "does not answer"],
  ["squeue: unrecognized option '--json'", "no JSON"],
];

Deno.test("slurmProblem() says what Slurm's words mean, keeps them and names a cure", () => {
  for (const [said, meaning] of SAYINGS) {
    const { parts } = slurmProblem("submit the jobs", said, 1);
    assert(parts.condition.includes(meaning), `${said}: ${parts.condition}`);
    assertEquals([parts.seen, (parts.cure ?? "").length > 0], [said, true]);
  }
});

Deno.test("slurmProblem() keeps words that it does not know", () => {
  const { message } = slurmProblem("submit the jobs", "sbatch: error: perplexed", 3);
  assert(message.includes("status 3") && message.includes("perplexed"), message);
});

Deno.test("runSlurm() says that a tool is missing where there is no such command", async () => {
  const host = answering({ ended: "not-found", status: null });
  const missing = await assertRejects(() => run(host), MissingTool);
  assert(missing.message.includes("there is no squeue"), missing.message);
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
