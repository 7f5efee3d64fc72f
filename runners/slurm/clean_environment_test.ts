import { assertEquals } from "@std/assert";
import type { Host } from "../host.ts";
import { runSlurm } from "./run_slurm.ts";
import { liveHost } from "../seam/live.ts";
import { changedHost } from "../testing/changed_host.ts";

/** What a user, or a job that this runs in, may have set. */
const SET = {
  ...{ SLURM_JOB_ID: "7", SLURM_JOBID: "7", SLURM_NODELIST: "n9", SLURM_TIME_FORMAT: "relative" },
  ...{ SQUEUE_STATES: "RUNNING", SCANCEL_STATE: "RUNNING", SCANCEL_INTERACTIVE: "1" },
  ...{ SINFO_FORMAT: "%N", SCONTROL_FUTURE: "1" },
  ...{ SLURM_CONF: "/etc/slurm.conf", SLURM_CLUSTERS: "lab", SLURM_JWT: "token" },
  ...{ SBATCH_WAIT: "1", SBATCH_EXPORT: "NONE", SBATCH_ACCOUNT: "physics" },
  ...{ CELLPROOF_TMP: "/scratch", CELLPROOF_NODE: "n9", SECRET: "1" },
} as const;
const REACHES = ["SLURM_CLUSTERS", "SLURM_CONF", "SLURM_JWT"];

Deno.test("runSlurm() keeps from a command of Slurm what is set for it, but how it reaches the cluster", async () => {
  const kept = ["CELLPROOF_NODE", "CELLPROOF_TMP", ...sbatchOf(Object.keys(SET)), "SECRET"];
  for (const command of ["squeue", "scontrol", "scancel", "sinfo"]) {
    assertEquals(await setFor(command), [...kept, ...REACHES].sort(), command);
  }
});

Deno.test("runSlurm() lets a job keep nothing beside it but what is set for jobs, and where to unpack", async () => {
  assertEquals(await setFor("sbatch"), ["CELLPROOF_TMP", "SBATCH_ACCOUNT", ...REACHES].sort());
});

Deno.test("runSlurm() passes arguments and standard input on as they are", async () => {
  const argv = ["scontrol", "-x", "a b", "$(c)", ""] as const;
  const script = 'printf "%s|" "$@"\ncat\n';
  assertEquals(await printed(script, { argv, stdin: "in\n" }), "-x|a b|$(c)||in\n");
});

/** Of what is set, what a command sees. */
async function setFor(command: string): Promise<string[]> {
  const text = await printed("compgen -e\n", { argv: [command], env: SET });
  return text.split("\n").filter((name) => name in SET).sort();
}

/** What a script prints that stands in for a command. */
async function printed(
  script: string,
  request: Omit<Parameters<typeof runSlurm>[1], "action">,
): Promise<string> {
  const host = await liveHost();
  try {
    return await runSlurm(await finding(script, request.argv[0], host), {
      action: "see",
      ...request,
    });
  } finally {
    await host.close();
  }
}

async function finding(script: string, command: string, host: Host): Promise<Host> {
  const folder = await host.temporaryFolder();
  await Deno.writeTextFile(`${folder}/${command}`, `#!/bin/bash\n${script}`, { mode: 0o755 });
  const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
  return changedHost(host, {
    run: (request) => host.run({ ...request, env: { ...request.env, ...env } }),
  });
}

function sbatchOf(names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith("SBATCH_"));
}
