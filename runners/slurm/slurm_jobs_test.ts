import { assertEquals } from "@std/assert";
import { slurmJob } from "./slurm_jobs.ts";
import { FAILED_TASKS, HELD_ARRAYS } from "./slurm_samples.ts";

const FAILED = FAILED_TASKS["22.05"] ?? {};

Deno.test("slurmJob() reads a task that failed from every version alike", () => {
  for (const [version, fields] of Object.entries(FAILED_TASKS)) {
    assertEquals(slurmJob(fields), {
      jobId: 2,
      arrayJobId: 1,
      arrayTaskId: 0,
      name: "fleet",
      userId: 0,
      userName: "root",
      state: "FAILED",
      reason: "NonZeroExitCode",
      nodes: "n3",
      requiredNodes: "n3",
      ended: { kind: "exited", status: 9 },
      startedAt: new Date("2026-11-30T15:25:52Z"),
    }, version);
  }
});

Deno.test("slurmJob() reads an array whose tasks wait, which has no task and no end", () => {
  for (const [version, fields] of Object.entries(HELD_ARRAYS)) {
    const { arrayJobId, arrayTaskId, state, ended, startedAt } = slurmJob(fields) ?? {};
    assertEquals([arrayJobId, arrayTaskId], [7, null], version);
    assertEquals([state, ended, startedAt], ["PENDING", null, null], version);
  }
});

Deno.test("slurmJob() knows no array where Slurm says 0", () => {
  const job = slurmJob({ ...FAILED, array_job_id: 0, array_task_id: null });
  assertEquals([job?.arrayJobId, job?.arrayTaskId], [null, null]);
});

Deno.test("slurmJob() has no end while the node cleans up", () => {
  assertEquals(slurmJob({ ...FAILED, job_state: ["FAILED", "COMPLETING"] })?.ended, null);
});

Deno.test("slurmJob() has no start where the job only waited", () => {
  const expected = { ...FAILED, job_state: "PENDING", nodes: "" };
  assertEquals(slurmJob(expected)?.startedAt, null);
  const cancelled = { ...FAILED, job_state: "CANCELLED", nodes: null };
  assertEquals(slurmJob(cancelled)?.startedAt, null);
});

Deno.test("slurmJob() is null where the id or the state is not told", () => {
  for (
    const change of [{ job_id: null }, { job_id: "2" }, { job_state: null }, { job_state: [] }]
  ) {
    assertEquals(slurmJob({ ...FAILED, ...change }), null);
  }
});
