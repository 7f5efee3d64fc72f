/**
 * Jobs, from `squeue --json`.
 *
 * @module
 */
import { parseJobState } from "./job_state.ts";
import { type SlurmFields, slurmNumber, slurmText } from "./slurm_json.ts";
import { isLiving, type SlurmJob } from "./slurm_records.ts";
import { parseWaitStatus } from "./wait_status.ts";

/** Null as soon as the job is not understood. */
export function slurmJob(fields: SlurmFields): SlurmJob | null {
  const jobId = slurmNumber(fields["job_id"]);
  const state = parseJobState(fields["job_state"]);
  if (jobId === null || state === null) return null;
  const nodes = slurmText(fields["nodes"]) ?? "";
  const started = slurmNumber(fields["start_time"]) ?? 0;
  return {
    jobId,
    arrayJobId: slurmNumber(fields["array_job_id"]) || null,
    arrayTaskId: slurmNumber(fields["array_task_id"]),
    name: slurmText(fields["name"]) ?? "",
    userId: slurmNumber(fields["user_id"]),
    userName: slurmText(fields["user_name"]),
    state,
    reason: slurmText(fields["state_reason"]),
    nodes,
    requiredNodes: slurmText(fields["required_nodes"]) ?? "",
    ended: isLiving(state) ? null : parseWaitStatus(fields["exit_code"]),
    // While it waits this is when it is expected to; of one that was cancelled before, when that was.
    startedAt: state === "PENDING" || nodes === "" || !(started > 0)
      ? null
      : new Date(started * 1000),
  };
}
