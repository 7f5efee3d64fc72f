import { assert, assertEquals } from "@std/assert";
import { slurmProblem } from "./failures.ts";
import { UsageProblem } from "../../problem.ts";

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
  ["Invalid job array specification", "MaxArraySize, or max_array_tasks"],
  ["Invalid generic resource (gres) specification", "gres"],
  ["Requested time limit is invalid (missing or exceeds some limit)", "time limit"],
  ["Required partition not available (inactive or drain)", "takes no jobs"],
  ["Requested node configuration is not available", "no node of the partition"],
  ["Incompatible versions of client and server code", "different versions"],
  ['Munge encode failed: Failed to access "/run/munge/munge.socket.2"', "who this is"],
  ["sinfo: fatal: Could not establish a configuration source", "configuration is missing"],
  ["Unable to contact slurm controller (connect failure)", "does not answer"],
  ["slurm_load_jobs: Failed while looking for jobs", "does not answer"],
  ["slurm_load_jobs error: Unspecified error", "does not answer"],
  ["slurm_load_jobs error: Socket timed out on send/recv operation", "does not answer"],
  ["squeue: error: Communication connection failure", "does not answer"],
  ["scontrol: error: Message receive failure", "does not answer"],
  ["slurm_load_jobs error: Connection refused", "does not answer"],
  ["slurm_suspend error: Unexpected message received", "does not answer"],
  ["sinfo: error: s_p_parse_file: cannot stat file /etc/slurm.conf", "configuration is missing"],
  ["sinfo: fatal: Unable to process configuration file", "configuration is not understood"],
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

Deno.test("slurmProblem() is one of usage where what was asked for cannot be had", () => {
  const asked = ["no such partition", "gres", "time limit"];
  for (const [said, meaning] of SAYINGS) {
    const isUsage = slurmProblem("submit the jobs", said) instanceof UsageProblem;
    assertEquals(isUsage, asked.includes(meaning), said);
  }
});

Deno.test("slurmProblem() takes a plugin's refusal of a submission for no silence", () => {
  const said = "sbatch: error: Batch job submission failed: Unspecified error";
  const { message } = slurmProblem("submit the jobs", said, 1);
  assert(message.includes("Slurm refused it with status 1"), message);
});

Deno.test("slurmProblem() quotes one line where the configuration is missing", () => {
  const last = "sinfo: fatal: Could not establish a configuration source";
  const sought = `sinfo: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host
sinfo: error: fetch_config: DNS SRV lookup failed
sinfo: error: _establish_config_source: failed to fetch config
${last}
`;
  assertEquals(slurmProblem("use Slurm", sought).parts.seen, last);
  const first = "sinfo: error: s_p_parse_file: cannot stat file /etc/slurm.conf";
  const named = `${first}\nsinfo: fatal: Unable to process configuration file\n`;
  assertEquals(slurmProblem("use Slurm", named).parts.seen, first);
});
