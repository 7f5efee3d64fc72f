/**
 * Nodes, from `sinfo --json` (21.08 and 22.05) or `scontrol show nodes --json` (from 23.02 on).
 *
 * @module
 */
import { isText } from "../json_values.ts";
import { type SlurmFields, slurmText, slurmWords } from "./slurm_json.ts";
import type { SlurmNode } from "./slurm_records.ts";

/** Null as soon as a node is not understood. */
export function slurmNode(fields: SlurmFields): SlurmNode | null {
  const name = slurmText(fields["name"]);
  const base = slurmWords(fields["state"]);
  // Only until 22.05: later the flags are in the same list.
  const flags = fields["state_flags"] === undefined ? [] : slurmWords(fields["state_flags"]);
  const partitions = partitionsOf(fields["partitions"]);
  if (name === null || base === null || base.length === 0) return null;
  if (flags === null || partitions === null) return null;
  return {
    name,
    states: [...base, ...flags],
    partitions,
    gres: slurmText(fields["gres"]) ?? "",
    reason: slurmText(fields["reason"]),
  };
}

/** A node that is in no partition has none in 22.05. */
function partitionsOf(value: unknown): string[] | null {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every(isText) ? value : null;
}
