/**
 * What is known of hosts before their results are read, and by whom.
 *
 * @module
 */
import type { HostArrival, TimeWindow } from "../../suites/fleet/arrival.ts";
import { isoTime } from "../../suites/fleet/clocks.ts";
import type { FleetRequest, FleetResult, HostLink } from "../../suites/fleet/fleet_result.ts";

/** An arrival whose result is to be read; without a `place` there is none. */
export interface Awaited extends Omit<HostArrival, "outcome" | "source"> {
  /** The folder of a run, or its file. */
  readonly place: string | null;
  /** What a `fleet.json` tells of the result; null where none tells of any. */
  readonly told: ToldResult | null;
}

/** A result that an earlier merge read. */
export interface ToldResult {
  readonly source: string;
  /** See `machineOf`; null where it could not be read. */
  readonly machine: string | null;
  /** When its run began, as it tells itself; null where it could not be read. */
  readonly startedAt: string | null;
}

/** What one source of knowledge says of the hosts of a fleet. */
export interface View {
  /** What the user named. */
  readonly path: string;
  /** Views of one fleet have the same. */
  readonly fleet: string;
  readonly knows: Knowledge;
  /** When it was written down, as ISO 8601; empty where nobody knows. */
  readonly mergedAt: string;
  readonly request: FleetRequest | null;
  readonly awaited: readonly Awaited[];
  /** By the names that the hosts have here. */
  readonly links: readonly HostLink[];
}

/** How much a view knows of its hosts beside their results, from the least on. */
export const KNOWLEDGE = ["run", "merged by hand", "going on", "nodes", "ended"] as const;
export type Knowledge = typeof KNOWLEDGE[number];

/** A host of which nothing is known but where its result lies. */
export const UNKNOWN = { name: null, fate: null, faults: [], window: null, told: null } as const;

/** When a fleet went on, by a clock that is right; null where nobody knows. */
export function windowOf(
  { request, mergedAt }: Pick<FleetResult, "request" | "mergedAt">,
): Omit<TimeWindow, "begun"> | null {
  const [from, until] = [request?.submittedAt ?? "", request?.endedAt ?? mergedAt].map(isoTime);
  return !from || !until ? null : { from: new Date(from), until: new Date(until) };
}
