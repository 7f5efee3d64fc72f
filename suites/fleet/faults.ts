/**
 * What is wrong with hosts and their results, and which results are judged: pure.
 *
 * @module
 */
import { clockFault, usualStart } from "./clocks.ts";
import { commonGroundOf, type OwnGround, thresholdsKey, type Voter } from "./common_ground.ts";
import { CURES } from "./cures.ts";
import type { ClaimDigest, HostDigest } from "./digest.ts";
import {
  type Contender,
  type DigestedHost,
  duplicatesAmong,
  type Machine,
  machinesAmong,
  namesakesAmong,
} from "./duplicates.ts";
import type { CommonGround, FaultKind, FleetFault, HostState } from "./fleet_result.ts";
import {
  HOST_CHECKS,
  type HostCheck,
  type HostContext,
  isExplained,
  whyStale,
} from "./host_checks.ts";
import type { NamedArrival } from "./host_names.ts";
import { voicesAmong } from "./voices.ts";

/** What was found out about all hosts. */
export interface Inspection {
  readonly hosts: readonly InspectedHost[];
  readonly faults: readonly FleetFault[];
  /** Null where no result is whole. */
  readonly common: CommonGround | null;
}

/** A host, and what became of it. */
export interface InspectedHost {
  readonly arrival: NamedArrival;
  readonly state: HostState;
  /** Why it is not `measured`, as a sentence; null where it is. */
  readonly because: string | null;
  /** Whether it is left out only for another result of its machine. */
  readonly isDuplicate: boolean;
  /** Whether its result is older than the fleet, so that it tells nothing of it. */
  readonly isStale: boolean;
  /** The claims on which its result speaks for its machine. */
  readonly voice: readonly ClaimDigest[];
}

/** What results are held against, beside each other. */
export interface InspectionOptions {
  readonly own: OwnGround;
  readonly now: Date;
}

/** The kinds that the results themselves show: what an earlier merge found of them is found again. */
export const FOUND_IN_RESULTS: readonly FaultKind[] = HOST_CHECKS.map(({ kind }) => kind);

/** The fault that a state is, where nobody has told it before. */
const FAULT_OF_STATE: Partial<Record<HostState, FaultKind>> = {
  "nothing": "no-result",
  "died": "dead-node",
  "timed-out": "time-limit",
  "cancelled": "cancelled",
  "unavailable": "unavailable-node",
  "waited": "waited",
};

/** Faults that say why there is no whole result. */
export const OF_NO_RESULT: readonly FaultKind[] = [
  ...Object.values(FAULT_OF_STATE),
  "no-shared-folder",
  "damaged-harness",
];

/** Says of every host what became of it, and what is wrong. */
export function inspectHosts(
  arrivals: readonly NamedArrival[],
  { own, now }: InspectionOptions,
): Inspection {
  const clock = { now, usual: usualStart(digested(arrivals).map(({ digest }) => digest)) };
  const whole = contenders(arrivals.filter((one) => whyStale(one) === null), now)
    .filter(({ digest }) => digest.end === "whole");
  const common = commonGroundOf(machinesAmong(whole).flatMap(votersOf), own);
  const machines = machinesAmong(
    whole.filter(({ digest }) => common !== null && isAlike(digest, common)),
  );
  const context: HostContext = {
    common,
    duplicates: duplicatesAmong(machines),
    namesakes: namesakesAmong(machines),
    voices: voicesAmong(machines),
    ...clock,
  };
  const inspected = arrivals.map((arrival) => inspectHost(arrival, context));
  return {
    hosts: inspected.map(({ host }) => host),
    faults: inspected.flatMap(({ faults }) => faults),
    common,
  };
}

function digested(arrivals: readonly NamedArrival[]): DigestedHost[] {
  return arrivals.flatMap(({ name, outcome }) =>
    outcome.kind === "result" ? [{ name, digest: outcome.digest }] : []
  );
}

function contenders(arrivals: readonly NamedArrival[], now: Date): Contender[] {
  return arrivals.flatMap((arrival) => {
    const { node = null, window } = arrival;
    return digested([arrival]).map((host) => ({
      ...host,
      node,
      // A host that was measured again days after all others is of another time, and told the right one.
      isInDoubt: clockFault(host.digest, { window, now, usual: null }) !== null,
    }));
  });
}

function votersOf({ results, namesake }: Machine): Voter[] {
  const [{ name: machine }] = namesake?.results ?? results;
  return results.map(({ digest: { ground } }) => ({ ground, machine }));
}

function isAlike({ ground }: HostDigest, common: CommonGround): boolean {
  return ground.kind === common.kind && ground.version === common.version &&
    thresholdsKey(ground.thresholds) === thresholdsKey(common.thresholds);
}

function inspectHost(
  arrival: NamedArrival,
  context: HostContext,
): { readonly host: InspectedHost; readonly faults: readonly FleetFault[] } {
  const { name, faults: known } = arrival;
  const found = HOST_CHECKS.flatMap(({ find, cure, ...check }) => {
    const because = find(arrival, context);
    const words = typeof cure === "string" ? cure : cure(arrival);
    return because === null ? [] : [{ ...check, because, cure: words }];
  });
  const isDuplicate = context.duplicates.has(name);
  const host = {
    arrival,
    ...becameOf(arrival, found),
    isDuplicate,
    isStale: whyStale(arrival) !== null,
    voice: context.voices.get(name) ?? [],
  };
  const ofState = has(known, OF_NO_RESULT) ? [] : faultOfState(host);
  const all = [...known, ...ofState, ...found.filter(({ kind }) => !has(known, [kind]))];
  return {
    host,
    faults: all.map(({ kind, because, cure }) => ({ kind, host: name, because, cure })),
  };
}

function has(faults: NamedArrival["faults"], kinds: readonly FaultKind[]): boolean {
  return faults.some(({ kind }) => kinds.includes(kind));
}

/** The state of a host, from what it left, what is wrong with that, and what the scheduler says. */
function becameOf(
  { outcome, fate }: NamedArrival,
  found: readonly (Pick<FleetFault, "because"> & Pick<HostCheck, "leavesOut">)[],
): Pick<InspectedHost, "state" | "because"> {
  const because = found.find(({ leavesOut }) => leavesOut)?.because ?? null;
  if (outcome.kind === "result" && outcome.digest.end === "whole") {
    return { state: because === null ? "measured" : "left-out", because };
  }
  if (fate !== null && (outcome.kind === "nothing" || isExplained(fate))) {
    return fate;
  }
  if (outcome.kind === "nothing") return { state: "nothing", because: "Its run left no result." };
  return { state: outcome.kind === "unreadable" ? "unreadable" : "partial", because };
}

function faultOfState(
  { state, because }: Pick<InspectedHost, "state" | "because">,
): NamedArrival["faults"] {
  const kind = FAULT_OF_STATE[state];
  if (kind === undefined) return [];
  const cure = CURES[kind] ?? "Look at what the run printed, and measure the host again.";
  return [{ kind, because: because ?? "Its run left no result.", cure }];
}
