/**
 * A job's state in one word: until 23.02 Slurm prints one, which a flag can take the place of, and from
 * 23.11 on the base state and the flags beside it.
 *
 * @module
 */
import { slurmWords } from "./slurm_json.ts";
import { SLURM_JOB_STATES, type SlurmJobState } from "./slurm_records.ts";

/** The base states of the flags that stand alone before 23.11 (`job_state_string` in its sources). */
const BASE_STATES: Readonly<Record<string, SlurmJobState>> = {
  CONFIGURING: "RUNNING",
  RESIZING: "RUNNING",
  SIGNALING: "RUNNING",
  STOPPED: "RUNNING",
  STAGE_OUT: "COMPLETING",
  REQUEUED: "PENDING",
  REQUEUE_FED: "PENDING",
  REQUEUE_HOLD: "PENDING",
  RESV_DEL_HOLD: "PENDING",
  SPECIAL_EXIT: "PENDING",
};

/** `COMPLETING` comes before the state in which the job ends. Null where this is no state at all. */
export function parseJobState(value: unknown): SlurmJobState | null {
  const words = slurmWords(value);
  if (words === null || words.length === 0) return null;
  if (words.includes("COMPLETING")) return "COMPLETING";
  const base = SLURM_JOB_STATES.find((state) => words.includes(state));
  return base ?? words.map((word) => BASE_STATES[word]).find(Boolean) ?? "UNKNOWN";
}
