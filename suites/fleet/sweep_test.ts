import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CLEAN_STATUS } from "../../runners/fleet/node_job.ts";
import { demandOf } from "./fleet_jobs.ts";
import { sweep } from "./sweep.ts";
import { ScriptedSlurm } from "./testing/scripted_slurm.ts";

/** The job that cleans up on the first one. */
const CLEANING = "cellproof-20260102T030000Z-0123abcd-clean-n1";

/** A fleet of two nodes of which the first one's run was killed. */
function killed(): ScriptedSlurm {
  const slurm = new ScriptedSlurm(["n1", "n2"]);
  slurm.tellStart("n1");
  slurm.tellStart("n2");
  slurm.tellEnd("n2", 0);
  return slurm;
}

/** The nodes on which something may be left. */
async function swept(slurm: ScriptedSlurm): Promise<string[]> {
  const faults = await sweep(slurm.plan(), slurm.ports);
  for (const { kind } of faults) assertEquals(kind, "left-files");
  return faults.map(({ host }) => host);
}

Deno.test("sweep() asks nothing of Slurm where no run was killed", async () => {
  const slurm = killed();
  slurm.tellEnd("n1", 0);
  assertEquals([await swept(slurm), slurm.calls], [[], []]);
});

Deno.test("sweep() believes the exit status of a job that cleaned up, though its words are seen late", async () => {
  const slurm = killed();
  slurm.at(1, () => slurm.begin("n1"));
  slurm.at(2, () => slurm.end("n1", CLEAN_STATUS.cleaned));
  assertEquals(await swept(slurm), []);
  assert(slurm.seconds < 5);
});

Deno.test("sweep() believes what a job told that Slurm forgot", async () => {
  const slurm = killed();
  slurm.at(1, () => {
    slurm.tellEnd("n1", 137);
    slurm.forget();
  });
  assertEquals(await swept(slurm), []);
});

/** What the sweep says where its job ends with this status, as one text. */
async function saidOf(status: number): Promise<string> {
  const slurm = killed();
  slurm.at(1, () => slurm.begin("n1"));
  slurm.at(2, () => slurm.end("n1", status));
  const faults = await sweep(slurm.plan(), slurm.ports);
  return faults.map(({ kind, host, because, cure }) => `${kind} ${host}: ${because} ${cure}`)
    .join();
}

Deno.test("sweep() says what is left by the status of the job that could not clean up", async () => {
  const { notRestored, filesLeft, inUse, foreignFolder } = CLEAN_STATUS;
  assertMatch(
    await saidOf(notRestored),
    /^not-restored n1: .*is in \/tmp\/run .*\/harness\/main.ts recover/,
  );
  assertMatch(await saidOf(filesLeft), /^left-files n1: .*\/tmp\/run could not be removed/);
  assertMatch(await saidOf(inUse), /^not-restored n1: Its run still goes on there/);
  const foreign = await saidOf(foreignFolder);
  assertMatch(foreign, /^left-files n1: .*none of this fleet's/);
  assert(!foreign.includes("--allow-all"), "nobody is to run what is in there");
  assertMatch(await saidOf(1), /^left-files n1: .*\/tmp\/run may be left/);
});

Deno.test("sweep() believes why a folder was left, where Slurm forgot the job", async () => {
  const slurm = killed();
  slurm.at(1, () => {
    slurm.tellEnd("n1", 137, { folder: "/tmp/run", because: "journal" });
    slurm.forget();
  });
  const faults = await sweep(slurm.plan(), slurm.ports);
  assertEquals(faults.map(({ kind }) => kind), ["not-restored"]);
});

Deno.test("sweep() submits nothing to a node that takes no jobs", async () => {
  const slurm = killed();
  slurm.states.set("n1", ["DOWN", "NOT_RESPONDING"]);
  assertEquals([await swept(slurm), slurm.calls], [["n1"], ["nodes", `jobs ${CLEANING}`]]);
});

Deno.test("sweep() loses no fleet where Slurm does not answer", async () => {
  const slurm = killed();
  slurm.refuses = () => true;
  assertEquals(await swept(slurm), ["n1"]);
  assertStringIncludes(slurm.said.at(-1) ?? "", "does not answer");
});

for (const refused of ["pin", "release"]) {
  Deno.test(`sweep() leaves no job behind where Slurm refuses to ${refused} it`, async () => {
    const slurm = killed();
    slurm.refuses = (call) => call.startsWith(refused);
    assertEquals(await swept(slurm), ["n1"]);
    assertEquals(Object.values(slurm.tasks), ["CANCELLED"]);
  });
}

Deno.test("sweep() waits two minutes for a job, and takes it back", async () => {
  const slurm = killed();
  assertEquals(await swept(slurm), ["n1"]);
  assertEquals(slurm.tasks, { n1: "CANCELLED" });
  assert(slurm.seconds >= 120 && slurm.seconds < 125);
});

for (const [longestSeconds, asked] of [[null, 300], [3600, 300], [60, 60]] as const) {
  Deno.test(`sweep() asks for ${asked} s where a job may have ${longestSeconds ?? "any time"}`, async () => {
    const slurm = killed();
    slurm.longestSeconds = longestSeconds;
    slurm.at(1, () => slurm.tellEnd("n1", 137));
    await swept(slurm);
    assertEquals(slurm.submissions.map(({ timeLimitSeconds }) => timeLimitSeconds), [asked]);
  });
}

/** A cluster that has a job of a coordinator that was killed while it cleaned up. */
async function cleaningBegun(isLetGo: boolean): Promise<ScriptedSlurm> {
  const slurm = killed();
  const job = await slurm.submit({
    ...demandOf(slurm.plan().order, 1),
    ...{ name: CLEANING, deadlineSeconds: null, script: "/cellproof/node.sh", args: [] },
  });
  if (isLetGo) {
    await slurm.pin(job, 0, "n1");
    await slurm.release(job);
  }
  slurm.calls.length = 0;
  return slurm;
}

for (const isLetGo of [true, false]) {
  const state = isLetGo ? "waits" : "is held";
  Deno.test(`sweep() goes on with the job of an earlier coordinator that ${state}`, async () => {
    const slurm = await cleaningBegun(isLetGo);
    slurm.at(1, () => slurm.begin("n1"));
    slurm.at(2, () => slurm.end("n1", CLEAN_STATUS.cleaned));
    assertEquals(await swept(slurm), []);
    assertEquals(slurm.calls.filter((call) => call.startsWith("submit")), []);
    assertEquals(slurm.calls.includes("release 100"), !isLetGo);
  });
}

Deno.test("sweep() takes back the job of an earlier coordinator where the node takes none now", async () => {
  const slurm = await cleaningBegun(false);
  slurm.states.set("n1", ["DOWN"]);
  assertEquals(await swept(slurm), ["n1"]);
  assertEquals(Object.values(slurm.tasks), ["CANCELLED"]);
});

Deno.test("sweep() submits another job where the earlier one was taken back", async () => {
  const slurm = await cleaningBegun(true);
  await slurm.cancel([100]);
  slurm.at(1, () => slurm.tellEnd("n1", 137));
  assertEquals(await swept(slurm), []);
  assertEquals(slurm.calls.filter((call) => call.startsWith("submit")).length, 1);
});
