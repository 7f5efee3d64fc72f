/**
 * What Slurm prints as text, alike in all its versions: `scontrol show partition` and `scontrol show
 * config`.
 *
 * @module
 */
import type { SlurmCluster, SlurmPartition } from "./slurm_records.ts";

/** A partition, and whether jobs that name none go there. */
export interface ListedPartition extends SlurmPartition {
  readonly isDefault: boolean;
}

const DAY_SECONDS = 86_400;
/** How many jobs share where `OverSubscribe` says FORCE and no number. */
const DEFAULT_SHARE = 4;
const NO_LIMIT = /^(?:UNLIMITED|INFINITE)$/;
/** Days, hours, minutes, seconds: "2-00:00:00", "01:30:00". */
const DURATION = /^(?:(\d+)-)?(\d+):(\d\d):(\d\d)$/;

/** Reads `scontrol show partition --oneliner`; null where a line is not understood. */
export function parsePartitions(text: string): ListedPartition[] | null {
  const lines = text.split("\n").filter((line) => line.includes("PartitionName="));
  const partitions = lines.map(parsePartition);
  return partitions.every((partition) => partition !== null) ? partitions : null;
}

/** Reads what `scontrol show config` tells of the cluster; null where this is none. */
export function parseConfiguration(text: string): Omit<SlurmCluster, "version"> | null {
  const value = (name: string) =>
    new RegExp(`^${name}\\s*=\\s*(.*?)\\s*$`, "m").exec(text)?.[1] ?? null;
  const mostTasks = /(?:^|,)max_array_tasks=(\d+)/i.exec(value("SchedulerParameters") ?? "")?.[1];
  const largestArray = Math.min(
    Number(/^\d+$/.exec(value("MaxArraySize") ?? "")?.[0] ?? NaN),
    Number(mostTasks ?? Infinity),
  );
  const killWaitSeconds = Number(/^(\d+) sec$/.exec(value("KillWait") ?? "")?.[1] ?? NaN);
  if (Number.isNaN(largestArray) || Number.isNaN(killWaitSeconds)) return null;
  const name = value("ClusterName");
  return { name: name === "" || name === "(null)" ? null : name, largestArray, killWaitSeconds };
}

/** "slurm 23.02.6", and "slurm-wlm 22.05.8" of Debian; null where this is neither. */
export function parseSlurmVersion(text: string): string | null {
  return /^slurm\S* (\d+\.\d+\S*)\s*$/m.exec(text)?.[1] ?? null;
}

function parsePartition(line: string): ListedPartition | null {
  const fields = new Map(
    line.trim().split(/\s+/).map((word) => {
      const end = word.indexOf("=");
      return [word.slice(0, end), word.slice(end + 1)];
    }),
  );
  const [name, state, maxTime] = ["PartitionName", "State", "MaxTime"].map((key) =>
    fields.get(key)
  );
  if (name === undefined || state === undefined || maxTime === undefined) return null;
  const longestSeconds = NO_LIMIT.test(maxTime) ? null : parseDuration(maxTime);
  if (longestSeconds === null && !NO_LIMIT.test(maxTime)) return null;
  const jobsAtOnce = parseForced(fields.get("OverSubscribe") ?? "");
  return { name, state, longestSeconds, jobsAtOnce, isDefault: fields.get("Default") === "YES" };
}

/** With "NO", "YES:4" and "EXCLUSIVE" a job that asks for a node of its own has it; with "FORCE:1", too. */
function parseForced(overSubscribe: string): number {
  const forced = /^FORCE(?::(\d+))?$/.exec(overSubscribe);
  return forced === null ? 1 : Number(forced[1] ?? DEFAULT_SHARE);
}

function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) =>
    Number(part ?? 0)
  );
  return days * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds;
}
