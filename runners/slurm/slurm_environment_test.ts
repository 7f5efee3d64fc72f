import { assertEquals } from "@std/assert";
import type { Host } from "../host.ts";
import { changedHost } from "../testing/changed_host.ts";
import { TestCluster } from "./testing/cluster.ts";
import { tour } from "./testing/tour.ts";

/** Each disarms or garbles a command that sees it. */
const SET = {
  ...{ SCANCEL_STATE: "RUNNING", SCANCEL_USER: "nobody", SCANCEL_INTERACTIVE: "1" },
  ...{ SQUEUE_STATES: "FAILED", SQUEUE_NAMES: "other", SQUEUE_USERS: "nobody" },
  ...{ SQUEUE_FORMAT: "%i", SINFO_FORMAT: "%N", SINFO_PARTITION: "none" },
  ...{ SLURM_JOB_ID: "1", SLURM_JOBID: "1", SLURM_DEBUG_FLAGS: "Protocol" },
} as const;
const SEEN = { nodes: ["n1", "n2"], pinned: ["n2", "n1"], left: 0 };
const JOB_SECONDS = 30;

let cluster: TestCluster;

Deno.test.beforeAll(async () => {
  cluster = await TestCluster.start({ nodes: 2 });
});

Deno.test.afterAll(() => cluster[Symbol.asyncDispose]());

Deno.test("Slurm pins, lists and cancels whatever the user has set for its commands", async () => {
  const run: Host["run"] = (request) =>
    cluster.host.run({ ...request, env: { ...SET, ...request.env } });
  assertEquals(await tour(changedHost(cluster.host, { run })), SEEN);
});

Deno.test("Slurm pins, lists and cancels from within a job", async () => {
  const output = `${cluster.folder}/tour.txt`;
  const program = `${import.meta.dirname}/testing/tour.ts`;
  const wrap = `--wrap=exec '${Deno.execPath()}' run --allow-all '${program}'`;
  const argv = ["sbatch", "--wait", `--output=${output}`, wrap] as const;
  await cluster.host.run({ argv, timeoutSeconds: JOB_SECONDS });
  assertEquals(JSON.parse(await Deno.readTextFile(output)), SEEN);
});
