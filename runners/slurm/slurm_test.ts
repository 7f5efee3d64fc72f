import { assert, assertEquals, assertRejects } from "@std/assert";
import { changedHost } from "../testing/changed_host.ts";
import { until } from "../testing/until.ts";
import type { Host } from "../host.ts";
import { MissingTool, Problem, UsageProblem } from "../../problem.ts";
import { Slurm } from "./slurm.ts";
import { isLiving, type SlurmJob } from "./slurm_records.ts";
import type { SlurmSubmission } from "./submission.ts";
import { TEST_PARTITION, TestCluster } from "./testing/cluster.ts";

/** Runs for $1 seconds, then ends with $2. */
const SCRIPT = '#!/bin/bash\nenv -0 > "$3/env-$SLURM_ARRAY_TASK_ID"\nsleep "$1"\nexit "$2"\n';

let cluster: TestCluster;
let slurm: Slurm;
/** On a node that dies before the tests begin: Slurm takes its time to see it. */
const LOST_JOB = "lost";

Deno.test.beforeAll(async () => {
  cluster = await TestCluster.start({ nodes: 4, gres: "gpu:h100:8" });
  await cluster.host.writeText(`${cluster.folder}/script.sh`, SCRIPT);
  slurm = await Slurm.open(cluster.host);
  await begin({ name: LOST_JOB, tasks: 1 }, ["n4"]);
  await untilAll(LOST_JOB, ({ state }) => state === "RUNNING");
  await cluster.killNode("n4");
});

Deno.test.afterAll(() => cluster[Symbol.asyncDispose]());

Deno.test("Slurm.open() tells the version and what bears on arrays", () => {
  assertEquals(slurm.cluster.name, cluster.name);
  assertEquals([slurm.cluster.largestArray, slurm.cluster.killWaitSeconds], [1001, 2]);
  assert(/^\d\d\.\d\d\./.test(slurm.cluster.version));
});

Deno.test("Slurm.open() says that Slurm is missing where PATH has none", async () => {
  const folder = await cluster.host.temporaryFolder();
  await Deno.symlink("/bin/bash", `${folder}/bash`);
  const missing = await assertRejects(() => Slurm.open(withEnv({ PATH: folder })), MissingTool);
  assert(missing.message.includes("no Slurm"), missing.message);
});

Deno.test("Slurm.nodes() tells what each node has, and why one is drained", async () => {
  await cluster.drain("n2", "bad fan");
  const nodes = await slurm.nodes();
  await cluster.resume("n2");
  assertEquals(nodes.map(({ name }) => name), ["n1", "n2", "n3", "n4"]);
  assertEquals(nodes[1], {
    name: "n2",
    states: ["IDLE", "DRAIN"],
    partitions: [TEST_PARTITION, "drained"],
    gres: "gpu:h100:8",
    reason: "bad fan",
  });
});

Deno.test("Slurm.partition() finds one by its name, or the default one", async () => {
  const gpu = { name: TEST_PARTITION, state: "UP", longestSeconds: 3600, jobsAtOnce: 1 };
  assertEquals(await slurm.partition(null), gpu);
  assertEquals(await slurm.partition(TEST_PARTITION), gpu);
  assertEquals((await slurm.partition("drained")).state, "DRAIN");
  const { message } = await assertRejects(() => slurm.partition("cpu"), UsageProblem);
  assert(message.includes("Name one of: gpu, drained."), message);
});

Deno.test("Slurm.submit() holds every task, and each runs where it is pinned", async () => {
  const id = await slurm.submit(submission({ name: "pinned", args: ["0", "9", cluster.folder] }));
  const [held, ...others] = await slurm.jobs("pinned");
  assertEquals([others, held?.state, held?.arrayTaskId], [[], "PENDING", null]);
  await slurm.pin(id, 0, "n3");
  await slurm.pin(id, 1, "n1");
  await slurm.release(id);
  const jobs = await untilAll("pinned", ({ state }) => !isLiving(state));
  const ends = jobs.map(({ arrayTaskId, nodes, state }) => [arrayTaskId, nodes, state]);
  assertEquals(ends.sort(), [[0, "n3", "FAILED"], [1, "n1", "FAILED"]]);
  for (const { ended, arrayJobId } of jobs) {
    assertEquals([ended, arrayJobId], [{ kind: "exited", status: 9 }, id]);
  }
});

Deno.test("Slurm.submit() hands the jobs none of this environment but what they need", async () => {
  const secretive = await Slurm.open(withEnv({ SECRET: "1", SBATCH_WAIT: "1" }));
  const args = ["0", "0", cluster.folder];
  const id = await secretive.submit(submission({ name: "clean", tasks: 1, args }));
  await slurm.release(id);
  await untilAll("clean", ({ state }) => state === "COMPLETED");
  const lines = (await cluster.host.readText(`${cluster.folder}/env-0`) ?? "").split("\0");
  const names = lines.map((line) => line.split("=")[0]);
  assert(names.includes("PATH") && names.includes("SLURM_JOB_ID"), names.join(" "));
  for (const name of ["SECRET", "CELLPROOF_COMMAND"]) assert(!names.includes(name), name);
});

Deno.test("Slurm.jobs() gives those of exactly this name", async () => {
  const ids = [];
  for (const name of ["same", "same-2"]) ids.push(await slurm.submit(submission({ name })));
  assertEquals((await slurm.jobs("same")).map(({ jobId }) => jobId), ids.slice(0, 1));
  assertEquals(await slurm.jobs("sam"), []);
  await slurm.cancel(ids);
});

Deno.test("Slurm.jobs() says why each waits, in Slurm's word", async () => {
  const [first, second] = [
    await begin({ name: "first", tasks: 1 }, ["n1"]),
    await begin({ name: "second", tasks: 1 }, ["n1"]),
  ];
  await untilAll("second", ({ reason }) => reason === "Resources");
  const held = await slurm.submit(submission({ name: "held", tasks: 1 }));
  assertEquals((await slurm.jobs("held"))[0]?.reason, "JobHeldUser");
  const argv = ["scontrol", "update", `JobId=${held}`, "Priority=0"] as const;
  await slurm.release(held);
  await cluster.host.run({ argv, timeoutSeconds: 10 });
  assertEquals((await slurm.jobs("held"))[0]?.reason, "JobHeldAdmin");
  await slurm.cancel([first, second, held]);
});

Deno.test("Slurm.cancel() ends what waits and what runs, and minds no job that has ended", async () => {
  const id = await begin({ name: "cancelled", tasks: 2 }, ["n1"]);
  await untilSome("cancelled", (jobs) => jobs.some(({ state }) => state === "RUNNING"));
  await slurm.cancel([id]);
  const jobs = await untilAll("cancelled", ({ state }) => state === "CANCELLED");
  const began = jobs.map(({ startedAt }) => startedAt !== null);
  assertEquals(began.sort(), [false, true]);
  await slurm.cancel([id, 4_000_000]);
  await slurm.cancel([]);
});

Deno.test("Slurm.submit() refuses what Slurm would refuse or let wait for ever", async () => {
  const refused: readonly (readonly [Partial<SlurmSubmission>, string])[] = [
    [{ partition: "cpu" }, "Name one of: gpu, drained."],
    [{ partition: "drained" }, "takes no jobs now"],
    [{ tasks: 1002 }, "at most 1001"],
    [{ gres: "gpu:9" }, "they have: gpu:h100:8"],
    [{ timeLimitSeconds: 3601 }, "is more than the partition gpu allows (60 min)"],
    [{ script: "/no/such/file" }, "/no/such/file"],
  ];
  for (const [change, words] of refused) {
    const asked = submission({ name: "refused", ...change });
    const { message } = await assertRejects(() => slurm.submit(asked), Problem);
    assert(message.includes(words), message);
  }
  assertEquals(await slurm.jobs("refused"), []);
});

/** Runs a command of scontrol on the cluster. */
async function control(...args: string[]): Promise<void> {
  const { status } = await cluster.host.run({ argv: ["scontrol", ...args], timeoutSeconds: 10 });
  assertEquals(status, 0, args.join(" "));
}

Deno.test("Slurm submits nothing where jobs share nodes, whatever they ask", async () => {
  const partition = "shared";
  await control("create", `PartitionName=${partition}`, "Nodes=n1,n2", "OverSubscribe=FORCE:2");
  const asked = submission({ name: "sharing", partition });
  const refused = [
    () => slurm.submit(asked),
    () => slurm.submitPair({ ...asked, nodes: ["n1", "n2"], timeLimitSeconds: 60 }),
  ];
  for (const submit of refused) {
    const { message } = await assertRejects(submit, UsageProblem);
    assert(message.includes("(OverSubscribe=FORCE:2)"), message);
  }
  assertEquals(await slurm.jobs("sharing"), []);
  await control("delete", `PartitionName=${partition}`);
});

Deno.test("Slurm.pin() refuses a node or a task that is not there", async () => {
  const id = await slurm.submit(submission({ name: "unpinned" }));
  await assertRejects(() => slurm.pin(id, 0, "n9"), Problem);
  await assertRejects(() => slurm.pin(id, 7, "n1"), Problem);
  await slurm.cancel([id]);
});

Deno.test("Slurm.pinAll() gives every task its node, and says where one is refused", async () => {
  const id = await slurm.submit(submission({ name: "all", tasks: 3 }));
  await slurm.pinAll(id, ["n3", "n1", "n2"]);
  const pinned = async () =>
    (await slurm.jobs("all")).map(({ arrayTaskId, requiredNodes }) => [arrayTaskId, requiredNodes]);
  assertEquals((await pinned()).sort(), [[0, "n3"], [1, "n1"], [2, "n2"]]);
  const refused = await assertRejects(() => slurm.pinAll(id, ["n9", "n3", "n3"]), Problem);
  assert(refused.message.includes("Invalid node name"), refused.message);
  assertEquals((await pinned()).sort(), [[0, "n3"], [1, "n3"], [2, "n3"]]);
  await assertRejects(() => slurm.pinAll(id, ["n1 Priority=9"]), Problem);
  await slurm.cancel([id]);
});

Deno.test("Slurm.jobs() says NODE_FAIL where the node died", async () => {
  const [lost] = await untilAll(LOST_JOB, ({ state }) => state === "NODE_FAIL");
  assertEquals([lost?.nodes, lost?.startedAt instanceof Date], ["n4", true]);
  const dead = (await slurm.nodes()).find(({ name }) => name === "n4");
  assert(dead?.states.includes("DOWN"), dead?.states.join(" "));
});

/** The cluster's host with more in the environment. */
function withEnv(env: Readonly<Record<string, string>>): Host {
  const run: Host["run"] = (request) =>
    cluster.host.run({ ...request, env: { ...env, ...request.env } });
  return changedHost(cluster.host, { run });
}

function submission(change: Partial<SlurmSubmission> & { readonly name: string }): SlurmSubmission {
  return {
    partition: TEST_PARTITION,
    tasks: 2,
    script: `${cluster.folder}/script.sh`,
    args: ["60", "0", cluster.folder],
    timeLimitSeconds: 120,
    deadlineSeconds: 3600,
    gres: null,
    ...change,
  };
}

/** Submits, gives the first tasks these nodes, and releases all. */
async function begin(
  change: Partial<SlurmSubmission> & { readonly name: string },
  nodes: readonly string[],
): Promise<number> {
  const asked = submission(change);
  const id = await slurm.submit(asked);
  for (let task = 0; task < asked.tasks; task++) {
    await slurm.pin(id, task, nodes[task] ?? nodes[0] ?? "");
  }
  await slurm.release(id);
  return id;
}

function untilAll(name: string, test: (job: SlurmJob) => boolean): Promise<readonly SlurmJob[]> {
  return untilSome(name, (jobs) => jobs.length > 0 && jobs.every(test));
}

async function untilSome(
  name: string,
  test: (jobs: readonly SlurmJob[]) => boolean,
): Promise<readonly SlurmJob[]> {
  let jobs: readonly SlurmJob[] = [];
  await until(`the jobs ${name} are so`, async () => test(jobs = await slurm.jobs(name)));
  return jobs;
}
