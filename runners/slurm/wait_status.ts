/**
 * How a job ended, as Slurm's JSON tells: the status of `wait(2)` until 23.02, taken apart from 23.11 on.
 *
 * @module
 */
import { isObject } from "../json_values.ts";
import { type SlurmFields, slurmNumber } from "./slurm_json.ts";
import type { WaitStatus } from "./slurm_records.ts";

const LARGEST_STATUS = 0xffff;
/** Of a process that is only stopped, which is no end. */
const STOPPED = 0x7f;

/** Null where it tells of no end. */
export function parseWaitStatus(value: unknown): WaitStatus | null {
  const raw = slurmNumber(value);
  if (raw !== null) return fromRaw(raw);
  if (!isObject(value)) return null;
  const { return_code, signal }: SlurmFields = { ...value };
  const { id, signal_id }: SlurmFields = isObject(signal) ? { ...signal } : {};
  const number = slurmNumber(id ?? signal_id);
  if (number !== null && number > 0) return { kind: "signalled", signal: number };
  const status = slurmNumber(return_code);
  return status === null ? null : { kind: "exited", status };
}

function fromRaw(raw: number): WaitStatus | null {
  if (!Number.isInteger(raw) || raw < 0 || raw > LARGEST_STATUS) return null;
  const signal = raw & 0x7f;
  if (signal === STOPPED) return null;
  return signal === 0 ? { kind: "exited", status: raw >> 8 } : { kind: "signalled", signal };
}
