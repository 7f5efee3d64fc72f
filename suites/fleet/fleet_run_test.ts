import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NODE_STATUS } from "../../runners/fleet/fleet_folder.ts";
import { Problem } from "../../problem.ts";
import { NotBegun } from "./fleet_jobs.ts";
import { FleetRun, outcomesOfUnavailable } from "./fleet_run.ts";
import type { NodeOutcome } from "./node_stage.ts";
import type { FleetOrder } from "./plan.ts";
import { FOLDER, ScriptedSlurm } from "./testing/scripted_slurm.ts";

const NAMES = ["n1", "n2", "n3"];
const RESULT = "result";

/** A fleet of these nodes, submitted. */
async function submitted({ names = NAMES, order = {}, largestArray = 1001 }: {
  readonly names?: readonly string[];
  readonly order?: Partial<FleetOrder>;
  readonly largestArray?: number;
} = {}) {
  const slurm = new ScriptedSlurm(names, largestArray);
  const run = new FleetRun(slurm.plan(order), slurm.ports);
  await run.submit();
  return { slurm, run };
}

/** Another coordinator of the same fleet. */
function again(slurm: ScriptedSlurm): FleetRun {
  return new FleetRun(slurm.plan(), slurm.ports);
}

/** The state of each node in one word, and the kinds of its faults. */
function told(outcomes: ReadonlyMap<string, NodeOutcome>): Record<string, string> {
  return Object.fromEntries(
    [...outcomes].map(([node, { state, faults }]) => [
      node,
      [state ?? RESULT, ...faults.map(({ kind }) => kind)].join(" "),
    ]),
  );
}

function each(names: readonly string[], word: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, word]));
}

/** Its calls but those that only ask. */
function changes({ calls }: ScriptedSlurm): string[] {
  return calls.filter((call) => !/^(?:jobs|nodes)\b/.test(call));
}

function finishAll(slurm: ScriptedSlurm, names: readonly string[]): void {
  for (const name of names) slurm.finish(name);
}

Deno.test("FleetRun gives each node its task, and waits until all have ended", async () => {
  const { slurm, run } = await submitted();
  assertEquals(changes(slurm).map((call) => call.split(" ")[0]), ["submit", "pinAll", "release"]);
  assertEquals(slurm.tasks, each(NAMES, "PENDING Resources"));
  for (const [index, name] of NAMES.entries()) slurm.at(10 * index, () => slurm.finish(name, 101));
  assertEquals(told(await run.follow()), each(NAMES, RESULT));
});

/** What was said, without the times of day. */
function lines({ said }: ScriptedSlurm): string[] {
  return said.map((text) => text.replace(/^\d\d:\d\d /, ""));
}

Deno.test("FleetRun.follow() names the job, who runs, and who waits and why", async () => {
  const { slurm, run } = await submitted();
  slurm.at(5, () => slurm.change("n2", { reason: "PartitionDown" }));
  slurm.at(10, () => slurm.begin("n1"));
  slurm.at(200, () => finishAll(slurm, NAMES));
  await run.follow();
  assertEquals(lines(slurm), [
    "3 nodes are asked, as job array 100 (squeue --jobs=100, scancel 100)",
    "fleet: 0 of 3 done, 3 waiting (n1, n2, n3: Resources)",
    "fleet: 0 of 3 done, 3 waiting (n1, n3: Resources; n2: PartitionDown)",
    "fleet: 0 of 3 done, 1 running (n1, for 0 s), 2 waiting (n2: PartitionDown; n3: Resources)",
    "fleet: 3 of 3 done",
  ]);
});

Deno.test("FleetRun.follow() says every few minutes that it goes on", async () => {
  const { slurm, run } = await submitted({ names: ["n1"] });
  slurm.begin("n1");
  slurm.at(1000, () => slurm.finish("n1"));
  await run.follow();
  const [asked, ...told] = lines(slurm);
  assertEquals(asked, "1 node is asked, as job array 100 (squeue --jobs=100, scancel 100)");
  assertEquals(told[1], "fleet: 0 of 1 done, 1 running (n1, for 4 min)");
  assertEquals(told.length, 1 + 4 + 1);
});

Deno.test("FleetRun.follow() names every array of a fleet, once", async () => {
  const { slurm, run } = await submitted(TWO_ARRAYS);
  slurm.at(5, () => finishAll(slurm, TWO_ARRAYS.names));
  await run.follow();
  const named = lines(slurm).filter((text) => text.includes("job array"));
  const words = "job arrays 100, 102 (squeue --jobs=100,102, scancel 100 102)";
  assertEquals(named, [`4 nodes are asked, as ${words}`]);
});

const TWO_ARRAYS = { names: ["n1", "n2", "n3", "n4"], largestArray: 2 };

Deno.test("FleetRun.follow() forgives a controller that does not answer for a while", async () => {
  const { slurm, run } = await submitted();
  slurm.refuses = () => slurm.seconds > 10 && slurm.seconds < 500;
  slurm.at(20, () => finishAll(slurm, NAMES));
  assertEquals(told(await run.follow()), each(NAMES, RESULT));
  const complaints = slurm.said.filter((text) => text.endsWith("Trying again."));
  assertEquals(complaints.length, 1, "said once, not at every look");
});

Deno.test("FleetRun.follow() gives up after ten minutes, and takes nothing back", async () => {
  const { slurm, run } = await submitted();
  slurm.begin("n1");
  slurm.refuses = () => true;
  const { message } = await assertRejects(() => run.follow(), Problem);
  assertStringIncludes(message, `--out ${FOLDER}`);
  assert(slurm.seconds > 600 && slurm.seconds < 700, `${slurm.seconds} s`);
  assertEquals(changes(slurm).filter((call) => call.startsWith("cancel")), []);
  slurm.refuses = () => false;
  slurm.at(slurm.seconds + 5, () => finishAll(slurm, NAMES));
  assertEquals(told(await again(slurm).follow()), each(NAMES, RESULT));
});

Deno.test("FleetRun.follow() ends a fleet whose first task does not see the folder", async () => {
  const { slurm, run } = await submitted();
  slurm.at(3, () => slurm.begin("n2", { silent: true }));
  slurm.at(4, () => slurm.end("n2", NODE_STATUS.noSharedFolder));
  const { message } = await assertRejects(() => run.follow(), NotBegun);
  assertStringIncludes(message, "the node n2 does not see the folder /shared/fleet");
  assertStringIncludes(message, "--out");
  assertEquals(slurm.tasks, { n1: "CANCELLED", n2: "FAILED", n3: "CANCELLED" });
});

Deno.test("FleetRun.follow() blames the node alone where another one sees the folder", async () => {
  const { slurm, run } = await submitted();
  slurm.finish("n1");
  slurm.begin("n2", { silent: true });
  slurm.end("n2", NODE_STATUS.noSharedFolder);
  slurm.at(5, () => slurm.finish("n3"));
  const outcomes = told(await run.follow());
  assertEquals(outcomes, { n1: RESULT, n2: "nothing no-shared-folder", n3: RESULT });
  assert(slurm.seconds < 10, "nothing more is waited for of a node that said what is wrong");
});

Deno.test("FleetRun.follow() waits for one that still runs before it calls no folder shared", async () => {
  const { slurm, run } = await submitted();
  for (const name of NAMES) slurm.begin(name, { silent: true });
  slurm.end("n1", NODE_STATUS.noSharedFolder);
  // Here it is seen late what the others wrote.
  for (const name of ["n2", "n3"]) slurm.at(30, () => slurm.finish(name));
  assertEquals(told(await run.follow())["n2"], RESULT);
});

Deno.test("FleetRun.follow() waits a minute for the end of a run that is seen late", async () => {
  const { slurm, run } = await submitted();
  for (const name of NAMES) slurm.begin(name);
  for (const name of NAMES) slurm.end(name, 0);
  slurm.at(40, () => slurm.tellEnd("n1", 101));
  slurm.at(100, () => slurm.tellEnd("n3", 101));
  const late = "nothing no-result";
  assertEquals(told(await run.follow()), { n1: RESULT, n2: late, n3: late });
  assert(slurm.seconds >= 60 && slurm.seconds < 70, `${slurm.seconds} s`);
});

Deno.test("FleetRun.follow() waits a minute for a job that Slurm does not list, begun or not", async () => {
  const { slurm, run } = await submitted();
  slurm.begin("n1");
  const listed = slurm.jobs.bind(slurm);
  const isAway = () => slurm.seconds > 5 && slurm.seconds < 20;
  slurm.jobs = async (name) => isAway() ? [] : await listed(name);
  slurm.at(50, () => finishAll(slurm, NAMES));
  assertEquals(told(await run.follow()), each(NAMES, RESULT));
});

Deno.test("FleetRun.follow() gives up a job that Slurm has not listed for a minute since it last did", async () => {
  const { slurm, run } = await submitted({ names: ["n1"] });
  slurm.begin("n1");
  const listed = slurm.jobs.bind(slurm);
  const isAway = () => slurm.seconds > 100 || slurm.seconds > 5 && slurm.seconds < 20;
  slurm.jobs = async (name) => isAway() ? [] : await listed(name);
  assertEquals(told(await run.follow()), { n1: "nothing no-result" });
  assert(slurm.seconds >= 160 && slurm.seconds < 165, `${slurm.seconds} s`);
});

Deno.test("FleetRun.follow() calls back the task of a node that is drained meanwhile", async () => {
  const { slurm, run } = await submitted();
  slurm.at(5, () => slurm.states.set("n3", ["IDLE", "DRAIN"]));
  for (const name of ["n1", "n2"]) slurm.at(20, () => slurm.finish(name));
  assertEquals(told(await run.follow())["n3"], "unavailable unavailable-node");
  assertEquals(changes(slurm).at(-1), "cancel 100_2");
});

Deno.test("FleetRun.follow() leaves a task alone that runs on a node that is drained", async () => {
  const { slurm, run } = await submitted();
  slurm.begin("n3");
  slurm.states.set("n3", ["ALLOCATED", "DRAIN"]);
  slurm.at(20, () => finishAll(slurm, NAMES));
  assertEquals(told(await run.follow()), each(NAMES, RESULT));
});

Deno.test("FleetRun.follow() calls back what waited too long, all of it at once", async () => {
  const { slurm, run } = await submitted({ order: { waitSeconds: 60 } });
  slurm.finish("n2");
  const outcomes = await run.follow();
  assertEquals(told(outcomes), { n1: "waited waited", n2: RESULT, n3: "waited waited" });
  assertStringIncludes(outcomes.get("n1")?.because ?? "", "60 s in the queue");
  assertEquals(changes(slurm).at(-1), "cancel 100_0 100_2");
  assert(slurm.seconds > 60 && slurm.seconds < 63);
});

for (const setOnSeconds of [3600, -3600]) {
  Deno.test(`FleetRun.follow() waits as long as asked where a clock is set by ${setOnSeconds} s`, async () => {
    const { slurm, run } = await submitted({ order: { waitSeconds: 60 } });
    slurm.at(5, () => slurm.setOnSeconds = setOnSeconds);
    await run.follow();
    assert(slurm.seconds > 60 && slurm.seconds < 63, `${slurm.seconds} s`);
  });
}

Deno.test("FleetRun.follow() counts what a fleet waited before its coordinator was killed", async () => {
  const { slurm } = await submitted();
  slurm.setOnSeconds = 50;
  await new FleetRun(slurm.plan({ waitSeconds: 60 }), slurm.ports).follow();
  assert(slurm.seconds > 10 && slurm.seconds < 13, `${slurm.seconds} s`);
});

Deno.test("FleetRun.follow() says died of a node that Slurm lost", async () => {
  const { slurm, run } = await submitted();
  slurm.begin("n1");
  slurm.at(5, () => slurm.change("n1", { state: "NODE_FAIL" }));
  for (const name of ["n2", "n3"]) slurm.at(5, () => slurm.finish(name));
  assertEquals(told(await run.follow())["n1"], "died dead-node");
});

const MANY = Array.from({ length: 2500 }, (_, index) => `n${index}`);

Deno.test("FleetRun asks a cluster of thousands by four commands a look, four times a minute", async () => {
  const { slurm, run } = await submitted({ names: MANY });
  assertEquals(changes(slurm).length, 3 * 3, "three arrays: submitted, pinned, released");
  slurm.calls.length = 0;
  const busy = MANY.slice(0, 100);
  slurm.at(60, () => finishAll(slurm, MANY.slice(100)));
  slurm.at(120, () => busy.forEach((name) => slurm.states.set(name, ["DOWN"])));
  const outcomes = told(await run.follow());
  assertEquals(outcomes["n0"], "unavailable unavailable-node");
  assertEquals(outcomes["n2499"], RESULT);
  // Three arrays and the nodes, and one command to call the hundred back.
  const looks = slurm.calls.filter((call) => call.endsWith("-0")).length;
  assert(slurm.calls.length <= 4 * looks + 1, `${slurm.calls.length} commands in ${looks} looks`);
  assert(looks <= 2 + slurm.seconds / 15, `${looks} looks in ${slurm.seconds} s`);
});

const CANCELLED = "cancelled cancelled";

Deno.test("FleetRun.follow() ends all of it where the user interrupts while it waits", async () => {
  const { slurm, run } = await submitted();
  slurm.at(7, () => slurm.interrupted = true);
  assertEquals(told(await run.follow()), each(NAMES, CANCELLED));
  assertEquals(slurm.tasks, each(NAMES, "CANCELLED"));
});

Deno.test("FleetRun.follow() keeps what was measured where the user interrupts while it runs", async () => {
  const { slurm, run } = await submitted();
  slurm.finish("n1");
  slurm.begin("n2");
  // It tells so itself when it is asked to end.
  slurm.at(8, () => slurm.tellEnd("n2", 130));
  slurm.at(7, () => slurm.interrupted = true);
  assertEquals(told(await run.follow()), { n1: RESULT, n2: CANCELLED, n3: CANCELLED });
});

Deno.test("FleetRun.follow() hears an interrupt at whatever moment of a look", async () => {
  for (const call of [`jobs cellproof-20260102T030000Z-0123abcd-0`, "nodes"]) {
    const { slurm, run } = await submitted();
    slurm.refuses = (asked) => {
      slurm.interrupted ||= asked === call;
      return false;
    };
    assertEquals(told(await run.follow()), each(NAMES, CANCELLED), call);
    assertEquals(slurm.tasks, each(NAMES, "CANCELLED"), call);
    assert(slurm.seconds < 5, `${slurm.seconds} s`);
  }
});

Deno.test("FleetRun.follow() tells of every node after an interrupt, also of one whose end is missed", async () => {
  const { slurm, run } = await submitted();
  slurm.begin("n1");
  slurm.end("n1", 0);
  slurm.at(7, () => slurm.interrupted = true);
  assertEquals(told(await run.follow()), each(NAMES, CANCELLED));
});

Deno.test("FleetRun submits nothing after an interrupt, and lets nothing go", async () => {
  const early = new ScriptedSlurm(NAMES);
  early.interrupted = true;
  const run = new FleetRun(early.plan(), early.ports);
  assertEquals(told(await run.follow()), each(NAMES, CANCELLED));
  assertEquals(changes(early), []);

  const slurm = new ScriptedSlurm(TWO_ARRAYS.names, TWO_ARRAYS.largestArray);
  slurm.refuses = (call) => {
    slurm.interrupted ||= call.startsWith("submit");
    return false;
  };
  const other = new FleetRun(slurm.plan(), slurm.ports);
  await other.submit();
  assertEquals(told(await other.follow()), each(TWO_ARRAYS.names, CANCELLED));
  assertEquals(slurm.calls.filter((call) => call.startsWith("release")), []);
  assertEquals(new Set(Object.values(slurm.tasks)), new Set(["CANCELLED"]));
});

Deno.test("FleetRun.follow() ends the jobs also where the controller is away when the user interrupts", async () => {
  const { slurm, run } = await submitted();
  slurm.begin("n1");
  slurm.at(7, () => slurm.interrupted = true);
  slurm.refuses = () => slurm.seconds > 5 && slurm.seconds < 50;
  assertEquals(told(await run.follow()), each(NAMES, CANCELLED));
  assertEquals(slurm.tasks, each(NAMES, "CANCELLED"));
});

Deno.test("FleetRun.follow() names the jobs where it cannot end them", async () => {
  const { slurm, run } = await submitted();
  slurm.interrupted = true;
  slurm.refuses = (call) => call.startsWith("cancel");
  const { message } = await assertRejects(() => run.follow(), Problem);
  assertStringIncludes(message, "scancel --name=cellproof-20260102T030000Z-0123abcd-0");
  assert(slurm.seconds >= 90 && slurm.seconds < 100, `${slurm.seconds} s`);
});

Deno.test("outcomesOfUnavailable() tells why each was not asked", () => {
  const plan = new ScriptedSlurm(NAMES).plan();
  const because = "Slurm calls the node DOWN";
  const outcomes = outcomesOfUnavailable({ ...plan, unavailable: [{ node: "n9", because }] });
  assertEquals(told(outcomes), { n9: "unavailable unavailable-node" });
  assertEquals(outcomes.get("n9")?.because, "Slurm calls the node DOWN.");
});
