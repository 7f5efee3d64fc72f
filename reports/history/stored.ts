/**
 * What a history tells: machines, their runs, and how verdicts and ratios went from run to run.
 *
 * @module
 */
import type { CommonGround, HostState } from "../../suites/fleet/fleet_result.ts";
import type { Configuration } from "../../suites/machine_identity.ts";
import type { Thresholds, Verdict } from "../../suites/result.ts";

/** One machine, told apart from others as `machineOf` does. */
export interface Machine {
  /** Sixteen hexadecimal digits. */
  readonly key: string;
  readonly hostname: string;
  readonly environment: string;
  readonly cpuModel: string;
  /** Names of its GPUs as the driver gave them when the machine came in; empty for none or unknown. */
  readonly gpus: readonly string[];
  /** Number of runs, and the starts of the first and the last (ISO 8601, UTC). */
  readonly runs: number;
  readonly firstRun: string;
  readonly lastRun: string;
  /**
   * Key of the machine of the same hostname that came in last before this one: the same host with
   * other hardware, most likely. Null for none.
   */
  readonly predecessor: string | null;
  /** What its hardware has other than that one, as sentences' ends; empty where that is null. */
  readonly hardwareChanges: readonly string[];
}

/** One run, without its evidence. */
export interface StoredRun {
  readonly id: number;
  /** Key of its machine. */
  readonly machine: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** ISO 8601, UTC; null where the run was killed or interrupted, or went on when its result came. */
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  /** Version of cellproof. */
  readonly version: string;
  readonly configuration: Configuration;
  readonly thresholds: Thresholds;
  /** The ids or prefixes that were selected; empty for all claims. */
  readonly selection: readonly string[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Id of the run that this one repeats, to confirm what changed in it; null for a first run. */
  readonly confirms: number | null;
  /** Name of the fixture that was replayed; null where a machine was measured. */
  readonly dryRun: string | null;
  /** True where no machine ever gave the answers. */
  readonly synthetic: boolean;
}

/** One claim's verdicts, in time order. */
export interface ClaimHistory {
  readonly claim: string;
  readonly points: readonly VerdictPoint[];
}

export interface VerdictPoint {
  /** Id of the run. */
  readonly run: number;
  readonly verdict: Verdict;
  /** True where figures decided it, and not what was observed. */
  readonly byRatio: boolean;
}

/** One ratio of an arm to its experiment's reference on one workload, in time order. */
export interface Series {
  readonly experiment: string;
  readonly workload: string;
  readonly arm: string;
  /** Only runs in which there is a ratio. */
  readonly points: readonly RatioPoint[];
}

export interface RatioPoint {
  /** Id of the run. */
  readonly run: number;
  readonly ratio: number;
  /** Confidence interval; null where the run had too few blocks for a bound. */
  readonly low: number | null;
  readonly high: number | null;
  /** Number of blocks. */
  readonly n: number;
}

/** What became of a result that was added. */
export interface Addition {
  readonly run: StoredRun;
  /** False where the history had this result, or a more complete one of the same run, already. */
  readonly isNew: boolean;
  /** True where a less complete result of the same run made way; the run keeps its id. */
  readonly replaced: boolean;
}

/** One fleet, without what it tells of claims. */
export interface StoredFleet {
  /** The request's; of a fleet that was merged by hand, a digest of its hosts' runs. */
  readonly id: string;
  /** Null where it was merged by hand. */
  readonly request: {
    readonly scheduler: string;
    readonly cluster: string | null;
    readonly partition: string;
  } | null;
  /** When it was submitted; merged by hand, when the last of its hosts began. ISO 8601, UTC. */
  readonly startedAt: string;
  /** When the last host's outcome was known; null while it is not, and where it was merged by hand. */
  readonly endedAt: string | null;
  readonly mergedAt: string;
  /** Version of the cellproof that merged. */
  readonly version: string;
  /** Null where no result was judged. */
  readonly kind: CommonGround["kind"] | null;
  /** SHA-256 of what it was read from, hexadecimal. */
  readonly digest: string;
  /** By state; states of which there are none are left out. */
  readonly states: Readonly<Partial<Record<HostState, number>>>;
}

/** What became of a host in a fleet. */
export interface StoredFleetHost {
  readonly name: string;
  readonly state: HostState;
  /** Why it is not `measured`; null where it is. */
  readonly because: string | null;
  /** What identifies its run, as its result tells it; null where there is no readable one. */
  readonly run: {
    readonly hostname: string;
    readonly machine: string;
    /** ISO 8601, UTC. */
    readonly startedAt: string;
  } | null;
}

/** What became of a fleet that was added. */
export interface FleetAddition {
  readonly fleet: StoredFleet;
  /** False where the history had it, or a later merge of it, already. */
  readonly isNew: boolean;
  /** True where an earlier merge of the same fleet made way. */
  readonly replaced: boolean;
}
