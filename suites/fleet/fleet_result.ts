/**
 * The merged results of many hosts: plain data, written to `fleet.json` and read by every report of a
 * fleet. The published JSON Schema is `reports/fleet/fleet.schema.json`; both change together with
 * {@linkcode FLEET_SCHEMA_VERSION}.
 *
 * @module
 */
import type { Requirement } from "../../requirements.ts";
import type { Coverage, Observation, Ratio, Thresholds, Verdict } from "../result.ts";

/** Version of the shape below; a reader refuses a newer one. */
export const FLEET_SCHEMA_VERSION = 1;

export interface FleetResult {
  readonly schema: number;
  /** Version of the cellproof that merged. */
  readonly version: string;
  readonly mergedAt: string;
  /** How the results were asked for; null where they came by other ways. */
  readonly request: FleetRequest | null;
  /** What the judged results have in common; null where none is judged. */
  readonly common: CommonGround | null;
  /** Every host that was asked or gave anything, by name. */
  readonly hosts: readonly FleetHost[];
  readonly faults: readonly FleetFault[];
  /** What only many hosts together tell, with its controls. */
  readonly observations: readonly Observation[];
  /** In the document's order. */
  readonly claims: readonly FleetClaim[];
  readonly disagreements: readonly Disagreement[];
  readonly outliers: readonly Outlier[];
  /**
   * The most hosts of one make that a series compares: those of usable ratios of the same work. Absent
   * where an older cellproof merged.
   */
  readonly mostCompared?: number;
  readonly links: readonly HostLink[];
  readonly coverage: Coverage;
}

/** A fleet that a scheduler ran. */
export interface FleetRequest {
  /** Unique among all fleets; part of the names of its jobs. */
  readonly id: string;
  readonly scheduler: "slurm";
  /** The scheduler's name of the cluster; null where it tells none. */
  readonly cluster: string | null;
  readonly partition: string;
  /** How many nodes the cluster had beside those that were asked; null where nobody knows. */
  readonly nodesNotAsked: number | null;
  readonly submittedAt: string;
  /** When the last host's outcome was known; null while it is not. */
  readonly endedAt: string | null;
}

/** What results must have in common to be judged together. */
export interface CommonGround {
  /** Version of the cellproof that measured. */
  readonly version: string;
  readonly thresholds: Thresholds;
  /** Whether they are dry runs, and whether of hosts that nobody ever measured. */
  readonly kind: "live" | "dry-run" | "synthetic";
}

/**
 * What became of a host: `measured` (a whole result, which is judged), `left-out` (a whole one that is
 * not judged, but on claims of which no other result of its machine speaks), `partial` (its run did not
 * come to its end), `unreadable` (what it left is no result), `nothing` (its run left none), `died` (the
 * scheduler lost the node while the run went on), `timed-out` (its time limit ended the run), `cancelled`,
 * `unavailable` (drained, down or the like before the run began), `waited` (nothing ran there in the time
 * given: the queue was full).
 */
export const HOST_STATES = [
  "measured",
  "left-out",
  "partial",
  "unreadable",
  "nothing",
  "died",
  "timed-out",
  "cancelled",
  "unavailable",
  "waited",
] as const;
export type HostState = typeof HOST_STATES[number];

export interface FleetHost {
  /** The scheduler's name of the node, else the hostname, else where the result lies. Unique. */
  readonly name: string;
  readonly state: HostState;
  /** Why it is not `measured`, as a sentence; null where it is. */
  readonly because: string | null;
  /** Where its result lies, seen from the folder of `fleet.json` where it lies below; null for none. */
  readonly source: string | null;
  /** What its result tells, whether judged or not; null where there is no readable one. */
  readonly told: HostTold | null;
}

/** Verdicts as letters: of thousands of hosts their names would take most of the file. */
export const VERDICT_LETTERS: Readonly<Record<Verdict, string>> = {
  confirmed: "c",
  refuted: "r",
  inconclusive: "i",
  untested: "u",
  error: "e",
  editorial: "d",
};

export interface HostTold {
  readonly hostname: string;
  /** See `machineOf`. */
  readonly machine: string;
  /** Sixteen digits that hosts of the same make have in common, and what that make is, in words. */
  readonly model: string;
  readonly modelName: string;
  readonly environment: string;
  readonly bareMetal: boolean;
  readonly kernel: string;
  readonly gpuDriver: string | null;
  /** How many GPUs of each name; null where the driver could not tell. */
  readonly gpus: Readonly<Record<string, number>> | null;
  readonly version: string;
  readonly startedAt: string;
  /** Null where the run did not come to its end. */
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  /**
   * A letter of {@linkcode VERDICT_LETTERS} for each of the fleet's claims, in their order, or "-"
   * where it was not judged there.
   */
  readonly verdicts: string;
}

/** What may be wrong with a host or its result. */
export const FAULTS = [
  "dead-node",
  "unavailable-node",
  "lost-gpu",
  "no-result",
  "partial-result",
  "unreadable-result",
  "other-version",
  "other-thresholds",
  "other-kind",
  "stale-result",
  "duplicate-host",
  "wrong-clock",
  "time-limit",
  "no-shared-folder",
  "damaged-harness",
  "not-restored",
  "left-files",
  "waited",
  "cancelled",
] as const;
export type FaultKind = typeof FAULTS[number];

export interface FleetFault {
  readonly kind: FaultKind;
  /** The name of its {@linkcode FleetHost}. */
  readonly host: string;
  /** A sentence with what was seen. */
  readonly because: string;
  /** What mends it, as a sentence; null where nothing needs mending. */
  readonly cure: string | null;
}

/** A claim over all judged hosts. */
export interface FleetClaim {
  readonly id: string;
  readonly verdict: Verdict;
  /** One sentence with the figures. */
  readonly because: string;
  readonly reading: string;
  /** How many judged hosts say what. */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** What would decide it where it is open and that is one known thing. */
  readonly lacks: Requirement | null;
}

/** A claim that hosts of one make take differently. */
export interface Disagreement {
  readonly id: string;
  readonly modelName: string;
  readonly confirmed: readonly string[];
  readonly refuted: readonly string[];
  /** What all hosts of one side have and none of the other, such as "kernel 6.1 where it is refuted". */
  readonly differ: readonly string[];
}

/** A host whose ratio is unlike those of the other hosts of its make. */
export interface Outlier extends Pick<Ratio, "workload" | "arm" | "n"> {
  readonly host: string;
  readonly modelName: string;
  readonly experiment: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** The other hosts of the make: how many, their median, and the range that one of them may have. */
  readonly others: {
    readonly count: number;
    readonly median: number;
    readonly low: number;
    readonly high: number;
  };
  readonly because: string;
}

/** What one link between two hosts carried. */
export interface HostLink {
  readonly from: string;
  readonly to: string;
  /** Such as "mlx5_0 port 1". */
  readonly port: string;
  /** What the port is said to carry; null where it is not told. */
  readonly portBytesPerSecond: number | null;
  /** One for each independent run, as measured. */
  readonly bytesPerSecond: readonly number[];
  /** Why there are no figures; null where there are. */
  readonly failure: string | null;
  readonly argv: readonly string[];
}
