import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NODE_STATUS, type NodeEnd, type NodeStart } from "../../runners/fleet/fleet_folder.ts";
import type { SlurmJob } from "../../runners/slurm/slurm_records.ts";
import {
  type CallBack,
  type NodeSighting,
  outcomeOfReports,
  outcomeWithoutResult,
  stageOf,
} from "./node_stage.ts";

const START: NodeStart = {
  hostname: "h",
  epochSeconds: 1.8e9,
  jobId: "7",
  folder: "/tmp/cellproof-fleet-ABCDEFGH",
};
const END: NodeEnd = { status: 101, epochSeconds: 1.8e9, left: null };
const JOB: SlurmJob = {
  jobId: 7,
  arrayJobId: 7,
  arrayTaskId: 0,
  name: "cellproof-x-0",
  userId: 0,
  userName: "root",
  state: "RUNNING",
  reason: null,
  nodes: "n1",
  requiredNodes: "n1",
  ended: null,
  startedAt: null,
};
const SIGHTING: NodeSighting = { node: "n1", job: JOB, start: START, end: null, calledBack: null };
const CANCELLED: CallBack = { state: "cancelled", because: "the fleet was interrupted" };

/** The stage in one word; of one that is over, its state and the kinds of its faults. */
function told(sighting: Partial<NodeSighting>): string {
  const stage = stageOf({ ...SIGHTING, ...sighting });
  if (stage.stage !== "over") return stage.stage;
  return [stage.state ?? "result", ...stage.faults.map(({ kind }) => kind)].join(" ");
}

function job(state: SlurmJob["state"], status: number | null = null): SlurmJob {
  return { ...JOB, state, ended: status === null ? null : { kind: "exited", status } };
}

Deno.test("stageOf() follows a job through the queue", () => {
  assertEquals(told({ job: job("PENDING"), start: null }), "waiting");
  assertEquals(told({ job: job("RUNNING"), start: null }), "running");
  assertEquals(told({ job: job("COMPLETING") }), "running");
  assertEquals(told({ job: job("UNKNOWN") }), "running");
});

Deno.test("stageOf() takes a told end for one, whatever Slurm says of the job", () => {
  for (const state of ["RUNNING", "COMPLETING", "COMPLETED", "FAILED", "NODE_FAIL"] as const) {
    assertEquals(told({ job: job(state), end: END }), "result");
  }
  assertEquals(told({ job: null, end: END }), "result");
});

Deno.test("stageOf() takes no exit status for a result", () => {
  assertEquals(told({ job: job("COMPLETED", 0) }), "nothing no-result");
  assertEquals(told({ job: job("FAILED", 100) }), "nothing no-result");
});

Deno.test("stageOf() says died of a node that Slurm lost, though its job exited with 0", () => {
  assertEquals(told({ job: job("NODE_FAIL", 0) }), "died dead-node");
  assertEquals(told({ job: job("NODE_FAIL", 0), start: null }), "died dead-node");
});

Deno.test("stageOf() says why Slurm ended a job, also where the run told its end", () => {
  const brokenOff = { ...END, status: 130 };
  assertEquals(told({ job: job("TIMEOUT"), end: brokenOff }), "timed-out time-limit");
  assertEquals(told({ job: job("CANCELLED"), end: brokenOff }), "cancelled cancelled");
  assertEquals(told({ job: job("COMPLETING"), end: brokenOff }), "running");
  assertEquals(told({ job: job("PREEMPTED") }), "cancelled cancelled");
});

Deno.test("stageOf() says what the node's script exits with, also where it told that end", () => {
  const { noSharedFolder, damagedHarness, linkedFolder, ...lacks } = NODE_STATUS;
  const of = (status: number) => [
    told({ job: job("FAILED", status), start: null }),
    told({ job: job("COMPLETING"), end: { ...END, status } }),
    told({ job: null, end: { ...END, status } }),
  ];
  assertEquals(of(noSharedFolder), Array(3).fill("nothing no-shared-folder"));
  assertEquals(of(damagedHarness), Array(3).fill("nothing damaged-harness"));
  assertEquals(of(linkedFolder), Array(3).fill("nothing no-shared-folder"));
  const { wrongUse: _, ...others } = lacks;
  for (const status of Object.values(others)) {
    assertEquals(of(status), Array(3).fill("nothing no-result"));
  }
  const left = { folder: START.folder, because: "files" } as const;
  assertEquals(
    told({ end: { ...END, status: damagedHarness, left } }),
    "nothing damaged-harness left-files",
  );
});

Deno.test("stageOf() names what a node lacks that could not even begin", () => {
  const failed = job("FAILED", NODE_STATUS.missingProgram);
  const stage = stageOf({ ...SIGHTING, job: failed, start: null });
  assert(stage.stage === "over");
  assertStringIncludes(stage.because ?? "", "lacks a program");
});

Deno.test("stageOf() names CELLPROOF_TMP where a node cannot use its temporary folder", () => {
  for (const status of [NODE_STATUS.noRoom, NODE_STATUS.noPrograms]) {
    const stage = stageOf({ ...SIGHTING, job: job("FAILED", status) });
    assert(stage.stage === "over");
    assertStringIncludes(stage.faults[0]?.because ?? "", "CELLPROOF_TMP");
    assertStringIncludes(stage.faults[0]?.cure ?? "", "CELLPROOF_TMP");
  }
});

Deno.test("stageOf() tells a task that was called back from one that had begun", () => {
  const calledBack: CallBack = { state: "waited", because: "it waited for 5 s" };
  assertEquals(told({ job: job("CANCELLED"), start: null, calledBack }), "waited waited");
  assertEquals(told({ job: job("CANCELLED"), calledBack: CANCELLED }), "cancelled cancelled");
  assertEquals(told({ job: null, start: null, calledBack: CANCELLED }), "cancelled cancelled");
  assertEquals(told({ job: job("CANCELLED"), calledBack }), "cancelled cancelled");
  assertEquals(told({ job: job("TIMEOUT"), calledBack }), "timed-out time-limit");
});

Deno.test("stageOf() tells the cure of a task that was called back, where it has one of its own", () => {
  const cureOf = (calledBack: CallBack) => {
    const stage = stageOf({ ...SIGHTING, job: job("CANCELLED"), start: null, calledBack });
    assert(stage.stage === "over");
    return stage.faults.map(({ because, cure }) => [because, cure]);
  };
  const calledBack: CallBack = { state: "unavailable", because: "its time limit is too long" };
  const because = "Its time limit is too long.";
  const usual =
    "Put the node back into service, measure it again (--nodes NAME --out NEW), and merge both folders.";
  assertEquals(cureOf(calledBack), [[because, usual]]);
  assertEquals(cureOf({ ...calledBack, cure: "Ask for less." }), [[because, "Ask for less."]]);
});

Deno.test("stageOf() says what a run left on its node", () => {
  const files = { folder: START.folder, because: "files" } as const;
  const journal = { ...files, because: "journal" } as const;
  assertEquals(told({ end: { ...END, left: files } }), "result left-files");
  assertEquals(told({ end: { ...END, left: journal } }), "result not-restored");
  assertEquals(told({ end: { ...END, status: 3 } }), "result not-restored");
  assertEquals(told({ end: { ...END, status: 3, left: journal } }), "result not-restored");
  assertEquals(told({ end: { ...END, status: 3, left: files } }), "result not-restored left-files");
  const brokenOff = { ...END, status: 137, left: journal };
  assertEquals(told({ job: job("NODE_FAIL"), end: brokenOff }), "died dead-node not-restored");
});

Deno.test("stageOf() gives up a job that Slurm has forgotten", () => {
  assertEquals(told({ job: null }), "nothing no-result");
  assertEquals(told({ job: null, start: null }), "nothing no-result");
});

Deno.test("outcomeOfReports() knows a node by what its job told alone", () => {
  const known = (start: NodeStart | null, end: NodeEnd | null): string => {
    const { state, faults } = outcomeOfReports("n1", { start, end });
    return [state ?? "result", ...faults.map(({ kind }) => kind)].join(" ");
  };
  assertEquals(known(START, END), "result");
  assertEquals(known(null, END), "result");
  assertEquals(known(START, { ...END, status: 3 }), "result not-restored");
  assertEquals(known(START, { ...END, status: 130 }), "nothing no-result");
  assertEquals(known(START, { ...END, status: NODE_STATUS.noRoom }), "nothing no-result");
  assertEquals(known(START, null), "nothing left-files");
  assertEquals(known(null, null), "nothing");
});

Deno.test("outcomeWithoutResult() says why a node left no result, once", () => {
  const told = (start: NodeStart | null, end: NodeEnd | null, printed: string | null = null) => {
    const known = outcomeOfReports("n1", { start, end });
    const { faults } = outcomeWithoutResult("n1", known, { start, printed });
    return faults.map(({ kind, because, cure }) => `${kind} ${because} ${cure}`).join(" ");
  };
  assertMatch(
    told(START, END, "Cannot x: y."),
    /^no-result .* It printed: Cannot x: y\. See nodes/,
  );
  assertMatch(told(START, END), /^no-result Its run left no result\. See nodes\/n1\/log\.txt/);
  assertMatch(told(null, null), /^no-result Its job has not begun, .* squeue; .*kubectl describe/);
  assertMatch(told(START, null), /^left-files .* no-result Its job told no end: .* See nodes/);
  const damaged = told(START, { ...END, status: NODE_STATUS.damagedHarness }, "Cannot x: y.");
  assertMatch(damaged, /^damaged-harness (?!.*no-result)/);
});
