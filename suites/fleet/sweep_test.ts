import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLEAN_STATUS } from "../../runners/fleet/node_job.ts";
import { sweep } from "./sweep.ts";
import { ScriptedSlurm } from "./testing/scripted_slurm.ts";

/** A fleet of two nodes of which the first one's run was killed. */
function killed(): ScriptedSlurm {
  const slurm = new ScriptedSlurm(["n1", "n2"]);
  slurm.tellStart("n1");
  slurm.tellStart("n2");
  slurm.tellEnd("n2", 0);
  return slurm;
}

/** The nodes on which something is left. */
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

Deno.test("sweep() says what is left where the job could not clean up, and how to do it", async () => {
  const slurm = killed();
  slurm.at(1, () => slurm.begin("n1"));
  slurm.at(2, () => slurm.end("n1", CLEAN_STATUS.notRestored));
  const [fault] = await sweep(slurm.plan(), slurm.ports);
  assertStringIncludes(fault?.because ?? "", "/tmp/run may be left");
  assertStringIncludes(fault?.cure ?? "", "/tmp/run/harness/main.ts recover");
});

Deno.test("sweep() submits nothing to a node that takes no jobs", async () => {
  const slurm = killed();
  slurm.states.set("n1", ["DOWN", "NOT_RESPONDING"]);
  assertEquals([await swept(slurm), slurm.calls], [["n1"], ["nodes"]]);
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
