import { assert, assertEquals } from "@std/assert";
import { objectionTo, type SubmissionPlace } from "./objection.ts";
import { UsageProblem } from "../../problem.ts";
import type { SlurmSubmission } from "./submission.ts";

const SUBMISSION: SlurmSubmission = {
  name: "fleet",
  partition: "gpu",
  tasks: 3,
  script: "/shared/node.sh",
  args: [],
  timeLimitSeconds: 60,
  deadlineSeconds: null,
  gres: null,
};
const NODE = { name: "n1", states: ["IDLE"], gres: "gpu:8", reason: null };
const PARTITION = { name: "gpu", state: "UP", longestSeconds: 90, jobsAtOnce: 1 };
const PLACE: SubmissionPlace = {
  cluster: { largestArray: 3 },
  partition: PARTITION,
  nodes: [{ ...NODE, partitions: ["gpu"] }, { ...NODE, partitions: ["big"], gres: "gpu:16" }],
};

function objection(change: Partial<SlurmSubmission>, place: Partial<SubmissionPlace> = {}): string {
  return objectionTo({ ...SUBMISSION, ...change }, { ...PLACE, ...place })?.message ?? "none";
}

Deno.test("objectionTo() has none where all is within the limits", () => {
  assertEquals(objection({}), "none");
  assertEquals(objection({ gres: "gpu:8", timeLimitSeconds: null }), "none");
});

Deno.test("objectionTo() counts the time in whole minutes, as Slurm does", () => {
  assert(objection({ timeLimitSeconds: 61 }).includes("a time limit of 2 min"));
  const endless = { ...PARTITION, longestSeconds: null };
  assertEquals(objection({ timeLimitSeconds: 1e9 }, { partition: endless }), "none");
});

Deno.test("objectionTo() speaks of no budget that nobody gave", () => {
  const condition = objectionTo({ ...SUBMISSION, timeLimitSeconds: 300 }, PLACE)?.parts.condition;
  assertEquals(condition, "a time limit of 5 min is more than the partition gpu allows (1 min)");
});

Deno.test("objectionTo() refuses a partition in which no job has a node for itself", () => {
  const partition = { ...PARTITION, jobsAtOnce: 4 };
  const refused = objectionTo(SUBMISSION, { ...PLACE, partition });
  assert(refused instanceof UsageProblem);
  assert(refused.message.includes("share nodes, whatever they ask (OverSubscribe=FORCE:4)"));
});

Deno.test("objectionTo() refuses a task more than an array may have", () => {
  assert(objection({ tasks: 4 }).includes("at most 3"));
});

Deno.test("objectionTo() looks for gres on the partition's own nodes", () => {
  assert(objection({ gres: "gpu:16" }).includes("they have: gpu:8)"));
  assert(objection({ gres: "gpu" }, { nodes: [] }).includes("no nodes"));
});

Deno.test("objectionTo() refuses a partition that takes no jobs, not one that lets them wait", () => {
  const inState = (state: string) => objection({}, { partition: { ...PARTITION, state } });
  for (const state of ["DRAIN", "INACTIVE"]) assert(inState(state).includes("takes no jobs now"));
  for (const state of ["UP", "DOWN"]) assertEquals(inState(state), "none");
});

Deno.test("objectionTo() is one of usage where the user asks for what there is not", () => {
  const isUsage = (change: Partial<SlurmSubmission>) =>
    objectionTo({ ...SUBMISSION, ...change }, PLACE) instanceof UsageProblem;
  assertEquals([isUsage({ gres: "gpu:9" }), isUsage({ timeLimitSeconds: 61 })], [true, true]);
  assertEquals(isUsage({ tasks: 4 }), false);
});
