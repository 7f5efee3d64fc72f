/**
 * Made-up runs as a history gives them, for tests.
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../../../suites/result.ts";
import type { StoredRun } from "../../history/stored.ts";
import { startOf } from "./made_history.ts";

/** A live run of one night that decided nothing, unless changed. */
export function madeRun(night: number, changes: Partial<StoredRun> = {}): StoredRun {
  return {
    ...{
      id: night,
      machine: "0123456789abcdef",
      startedAt: startOf(night),
      endedAt: startOf(night),
    },
    ...{ durationSeconds: 1, version: "1", selection: [], counts: countsOf(), confirms: null },
    ...{ dryRun: null, synthetic: false, thresholds: { high: 0.95, medium: 0.5 } },
    configuration: { firmware: null, gpuDriver: null, kernel: "6.1", os: "Linux" },
    ...changes,
  };
}

/** These counts of verdicts, and none of the others. */
export function countsOf(
  counts: Partial<Record<Verdict, number>> = {},
): Readonly<Record<Verdict, number>> {
  const none = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  return { ...none, ...counts } as Record<Verdict, number>;
}
