/**
 * What comes from one host to be merged: what its run left, and what is known of how it went.
 *
 * @module
 */
import type { HostDigest } from "./digest.ts";
import type { FleetFault, HostState } from "./fleet_result.ts";

/** One host that was asked, or one result that somebody named. */
export interface HostArrival {
  /** The scheduler's name of the node; null where none is known: then the result tells the hostname. */
  readonly name: string | null;
  /** Where its result lies; null for none. Two arrivals do not have the same. */
  readonly source: string | null;
  readonly outcome: HostOutcome;
  /** What the scheduler says became of the run; null where it ended by itself, or nobody knows. */
  readonly fate: HostFate | null;
  /** What was found to be wrong before the result was read; the merge names the host. */
  readonly faults: readonly Omit<FleetFault, "host">[];
  /** Between which times of a clock that is right the run went on; null where nobody knows. */
  readonly window: TimeWindow | null;
  /** Equal for results of one node of one scheduler's cluster; absent where nobody knows of which. */
  readonly node?: string;
}

/** What a run left: a result, a text that cannot be read as one, or nothing. */
export type HostOutcome =
  | { readonly kind: "result"; readonly digest: HostDigest }
  | {
    readonly kind: "unreadable";
    /** A sentence. */
    readonly because: string;
    readonly cure: string | null;
  }
  | { readonly kind: "nothing" };

/** What became of a run that did not end by itself, or never began. */
export interface HostFate {
  readonly state: Exclude<HostState, "measured" | "left-out">;
  /** A sentence. */
  readonly because: string;
}

/** From the submission until its outcome was known. */
export interface TimeWindow {
  readonly from: Date;
  readonly until: Date;
  /** When the job began on the node, by the node's own clock; null where it did not tell. */
  readonly begun: Date | null;
}
