/**
 * Made-up hosts as the pages over several of them have them, for tests.
 *
 * @module
 */
import type { Machine } from "../../history/stored.ts";
import type { FlipEvent } from "../events.ts";
import type { HostSummary, SiteHost } from "../host_summary.ts";

const KEY = "0123456789abcdef";

const RUN = { machine: KEY, startedAt: "2026-01-02T02:00:00.000Z", dryRun: null };

/** A host with two nights, whose summary is empty but for the events, unless changed. */
export function siteHost(
  changes: Partial<Machine> = {},
  events: readonly FlipEvent[] = [],
  summaryChanges: Partial<HostSummary> = {},
): SiteHost {
  const machine = {
    ...{ key: KEY, hostname: "alpha", environment: "bare metal", cpuModel: "CPU", gpus: [] },
    ...{ runs: 2, firstRun: "2026-01-01T02:00:00.000Z", lastRun: "2026-01-02T02:00:00.000Z" },
    ...{ predecessor: null, hardwareChanges: [] },
    ...changes,
  };
  const summary = {
    ...{
      newest: null,
      nights: 2,
      later: null,
      refuted: [],
      events,
      suspects: { claims: [], series: [], repeated: false },
      hasPredecessor: false,
      usualGapSeconds: null,
    },
    ...summaryChanges,
  };
  return { machine, summary, successor: null, fleets: [] };
}

/** A claim that was confirmed and is refuted. */
export function flip(claim: string): FlipEvent {
  return {
    kind: "flip",
    claim,
    from: "confirmed",
    to: "refuted",
    repeated: true,
    run: RUN,
    since: RUN,
    configuration: ["kernel 1 -> 2"],
  };
}
