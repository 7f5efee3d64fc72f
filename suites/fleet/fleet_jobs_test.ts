import { assert, assertEquals, assertRejects } from "@std/assert";
import { Problem, UsageProblem } from "../../problem.ts";
import { demandOf, FleetJobs, jobsInWords, NotBegun } from "./fleet_jobs.ts";
import { ScriptedSlurm } from "./testing/scripted_slurm.ts";

const NAMES = ["n1", "n2", "n3", "n4"];

/** One whose arrays have two tasks at most. */
function cluster(): ScriptedSlurm {
  return new ScriptedSlurm(NAMES, 2);
}

/** What a coordinator of its fleet has to do with Slurm. */
function jobsOf(slurm: ScriptedSlurm): FleetJobs {
  return new FleetJobs(slurm.plan(), slurm.ports);
}

function all(state: string): Record<string, string> {
  return Object.fromEntries(NAMES.map((name) => [name, state]));
}

Deno.test("FleetJobs.submit() lets nothing go before all of it is submitted and has its node", async () => {
  const slurm = cluster();
  await jobsOf(slurm).submit();
  const steps = slurm.calls.filter((call) => !call.startsWith("jobs ")).map((call) =>
    call.split(" ")[0]
  );
  assertEquals(steps, ["submit", "pinAll", "submit", "pinAll", "release", "release"]);
  assertEquals(slurm.tasks, all("PENDING Resources"));
});

Deno.test("FleetJobs.submit() keeps a refusal of what the user asked for as what it is", async () => {
  const slurm = cluster();
  const refusal = new UsageProblem({ action: "submit the jobs", condition: "no node has gpu:9" });
  slurm.submit = () => Promise.reject(refusal);
  const error = await assertRejects(() => jobsOf(slurm).submit(), NotBegun);
  assertEquals([error.refusal, error.message], [refusal, refusal.message]);
});

Deno.test("FleetJobs.byNode() finds the task of each node, also the one without a number", async () => {
  const slurm = cluster();
  await jobsOf(slurm).submit();
  const byNode = await jobsOf(slurm).byNode();
  assertEquals([...byNode.keys()].sort(), NAMES);
  assertEquals(byNode.get("n4")?.arrayTaskId, null);
});

Deno.test("FleetJobs.callBack() takes back those tasks alone, by one command", async () => {
  const slurm = cluster();
  await jobsOf(slurm).submit();
  const byNode = await jobsOf(slurm).byNode();
  byNode.delete("n1");
  await jobsOf(slurm).callBack(byNode);
  assertEquals(slurm.calls.at(-1), "cancel 100_1 102_0 102_1");
  assertEquals(slurm.tasks["n1"], "PENDING Resources");
});

for (const part of ["submit cellproof-20260102T030000Z-0123abcd-1", "pinAll 102", "release 102"]) {
  Deno.test(`FleetJobs.submit() takes all back where Slurm refuses to ${part}`, async () => {
    const slurm = cluster();
    slurm.refuses = (call) => call === part;
    await assertRejects(() => jobsOf(slurm).submit(), NotBegun);
    assertEquals(new Set(Object.values(slurm.tasks)), new Set(["CANCELLED"]));
  });
}

Deno.test("FleetJobs.submit() goes on after a coordinator that was killed in its middle", async () => {
  for (
    const step of ["pinAll 100", "submit cellproof-20260102T030000Z-0123abcd-1", "release 102"]
  ) {
    const slurm = cluster();
    slurm.refuses = (call) => {
      if (call === step) throw new Error("killed");
      return slurm.calls.includes(step);
    };
    await assertRejects(() => jobsOf(slurm).submit(), Problem);
    slurm.refuses = () => false;
    await jobsOf(slurm).submit();
    assertEquals(slurm.tasks, all("PENDING Resources"), step);
    assertEquals(slurm.calls.filter((call) => call.startsWith("submit")).length, 2 + repeats(step));
  }
});

/** Whether the step is itself a submission, which is then tried twice. */
function repeats(step: string): number {
  return step.startsWith("submit") ? 1 : 0;
}

Deno.test("FleetJobs.submit() submits nothing again that Slurm has forgotten", async () => {
  const slurm = cluster();
  await jobsOf(slurm).submit();
  for (const name of NAMES) slurm.finish(name);
  slurm.forget();
  slurm.calls.length = 0;
  await jobsOf(slurm).submit();
  assertEquals(slurm.calls.filter((call) => !call.startsWith("jobs ")), []);
});

Deno.test("FleetJobs.submit() does not take back what began where it cannot let the rest go", async () => {
  const slurm = cluster();
  await jobsOf(slurm).submit();
  slurm.begin("n1");
  for (const name of ["n3", "n4"]) slurm.change(name, { reason: "JobHeldUser" });
  slurm.refuses = (call) => call.startsWith("release");
  const error = await assertRejects(() => jobsOf(slurm).submit(), Problem);
  assert(!(error instanceof NotBegun));
  assertEquals(slurm.tasks["n1"], "RUNNING");
});

Deno.test("jobsInWords() names each array once, and what shows and ends it", async () => {
  const slurm = cluster();
  await jobsOf(slurm).submit();
  const jobs = await jobsOf(slurm).list();
  const words = "job arrays 100, 102 (squeue --jobs=100,102, scancel 100 102)";
  assertEquals(jobsInWords(jobs.toReversed()), words);
  assertEquals(jobsInWords(jobs.slice(0, 1)), "job array 100 (squeue --jobs=100, scancel 100)");
});

Deno.test("demandOf() asks for what the order does, and time to begin and end", () => {
  const { order } = cluster().plan({ gres: "gpu:8", budgetSeconds: 60 });
  const demand = { partition: "gpu", gres: "gpu:8", tasks: 2, timeLimitSeconds: 360 };
  assertEquals(demandOf(order, 2), demand);
});
