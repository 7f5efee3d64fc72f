/** A made-up run for tests. @module */
import type { RunDescription } from "../result.ts";

/** A live run of ten minutes over everything, unless changed. */
export function sampleRun(changes: Partial<RunDescription> = {}): RunDescription {
  return {
    version: "1.0.0",
    startedAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:10:00.000Z",
    durationSeconds: 600,
    seed: 1,
    selection: [],
    budgetSeconds: null,
    thresholds: { high: 0.95, medium: 0.5 },
    dryRun: null,
    notes: [],
    ...changes,
  };
}
