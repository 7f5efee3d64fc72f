/**
 * What is wrong with hosts and their results, and which results are judged: pure.
 *
 * @module
 */
import type { HostFate } from "./arrival.ts";
import { clockFault, usualStart } from "./clocks.ts";
import { commonGroundOf, type OwnGround, thresholdsKey } from "./common_ground.ts";
import type { HostDigest } from "./digest.ts";
import { type DigestedHost, type Duplicate, duplicatesAmong } from "./duplicates.ts";
import type { CommonGround, FaultKind, FleetFault, HostState } from "./fleet_result.ts";
import type { NamedArrival } from "./host_names.ts";

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
}

/** What results are held against, beside each other. */
export interface InspectionOptions {
  readonly own: OwnGround;
  readonly now: Date;
}

/** All that a check of one host may look at. */
interface Context {
  readonly common: CommonGround | null;
  readonly duplicates: ReadonlyMap<string, Duplicate>;
  readonly now: Date;
  readonly usual: Date | null;
}

/** Finds one kind of fault in a host. */
interface HostCheck {
  readonly kind: FaultKind;
  /** What becomes of a whole result that has the fault. */
  readonly leavesOut: boolean;
  readonly cure: string | ((host: NamedArrival) => string);
  /** What is wrong, as a sentence; null for nothing. */
  readonly find: (host: NamedArrival, context: Context) => string | null;
}

const KINDS_IN_WORDS: Readonly<Record<CommonGround["kind"], string>> = {
  "live": "of live runs",
  "dry-run": "dry runs",
  "synthetic": "dry runs of hosts that nobody ever measured",
};

/** In the order in which they are told; the first one that leaves a result out says why. */
const HOST_CHECKS: readonly HostCheck[] = [
  {
    kind: "unreadable-result",
    leavesOut: true,
    cure: ({ outcome }) =>
      (outcome.kind === "unreadable" ? outcome.cure : null) ?? "Measure the host again.",
    find: ({ outcome }) => outcome.kind === "unreadable" ? outcome.because : null,
  },
  {
    kind: "partial-result",
    leavesOut: true,
    cure: "Go on with its run (deno task bench --out FOLDER), and merge again.",
    find: ({ outcome }) => outcome.kind === "result" ? whyPartial(outcome.digest) : null,
  },
  {
    kind: "other-kind",
    leavesOut: true,
    cure: "Merge dry runs by themselves.",
    find: withGround(({ kind }, common) =>
      kind === common.kind
        ? null
        : `Most results are ${KINDS_IN_WORDS[common.kind]}; this one is ${ofKind(kind)}.`
    ),
  },
  {
    kind: "other-version",
    leavesOut: true,
    cure:
      "Measure the host again by the same version, or merge each version's results by themselves.",
    find: withGround(({ version }, common) =>
      version === common.version
        ? null
        : `Most results are of cellproof ${common.version}; this one is of ${version}.`
    ),
  },
  {
    kind: "other-thresholds",
    leavesOut: true,
    cure: "Judge it again by the same ones: deno task judge RESULT --threshold high=H,medium=M.",
    find: withGround(({ thresholds }, common) =>
      thresholdsKey(thresholds) === thresholdsKey(common.thresholds)
        ? null
        : `Most results are judged by ${inWords(common)}; this one by ${inWords({ thresholds })}.`
    ),
  },
  {
    kind: "duplicate-host",
    leavesOut: true,
    cure: "Nothing, where it is one machine; give two machines two hostnames.",
    find: ({ name }, { duplicates }) => {
      const duplicate = duplicates.get(name);
      if (duplicate === undefined) return null;
      const { of, sign } = duplicate;
      return `It is of the same machine as ${of} (${sign}), whose result is the later one.`;
    },
  },
  {
    kind: "wrong-clock",
    leavesOut: false,
    cure: "Set the host's clock (timedatectl); measure it again where the result is an old one.",
    find: ({ outcome, window }, { now, usual }) =>
      outcome.kind === "result" ? clockFault(outcome.digest, { window, now, usual }) : null,
  },
];

/** The kinds that the results themselves show: what an earlier merge found of them is found again. */
export const FOUND_IN_RESULTS: readonly FaultKind[] = HOST_CHECKS.map(({ kind }) => kind);

/** The fault that a state is, where nobody has told it before, and what mends it. */
const FAULT_OF_STATE: Partial<Record<HostState, readonly [FaultKind, string]>> = {
  "nothing": ["no-result", "Look at what the run printed, and measure the host again."],
  "died": ["dead-node", "Look after the node, and measure it again."],
  "timed-out": ["time-limit", "Give the run more time, or a shorter --budget."],
  "cancelled": ["cancelled", "Measure the host again."],
  "unavailable": ["unavailable-node", "Put the node back into service, and measure it."],
  "waited": ["waited", "Measure the host when the queue is shorter, or give it longer to wait."],
};

/** Faults that say why there is no whole result. */
const STATE_FAULTS: readonly FaultKind[] = [
  ...Object.values(FAULT_OF_STATE).map(([kind]) => kind),
  "no-shared-folder",
  "damaged-harness",
];

/** States that a run's end explains better than what it left. */
const EXPLAINING: readonly HostFate["state"][] = [
  "died",
  "timed-out",
  "cancelled",
  "unavailable",
  "waited",
];

/** Says of every host what became of it, and what is wrong. */
export function inspectHosts(
  arrivals: readonly NamedArrival[],
  { own, now }: InspectionOptions,
): Inspection {
  const whole = digested(arrivals).filter(({ digest }) => digest.end === "whole");
  const common = commonGroundOf(whole.map(({ digest }) => digest), own);
  const alike = whole.filter(({ digest }) => common !== null && isAlike(digest, common));
  const context: Context = {
    common,
    duplicates: duplicatesAmong(alike),
    now,
    usual: usualStart(digested(arrivals).map(({ digest }) => digest)),
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

function isAlike({ ground }: HostDigest, common: CommonGround): boolean {
  return ground.kind === common.kind && ground.version === common.version &&
    thresholdsKey(ground.thresholds) === thresholdsKey(common.thresholds);
}

function inspectHost(
  arrival: NamedArrival,
  context: Context,
): { readonly host: InspectedHost; readonly faults: readonly FleetFault[] } {
  const { name, faults: known } = arrival;
  const found = HOST_CHECKS.flatMap(({ find, cure, ...check }) => {
    const because = find(arrival, context);
    const words = typeof cure === "string" ? cure : cure(arrival);
    return because === null ? [] : [{ ...check, because, cure: words }];
  });
  const isDuplicate = context.duplicates.has(name);
  const host = { arrival, ...becameOf(arrival, found), isDuplicate };
  const ofState = has(known, STATE_FAULTS) ? [] : faultOfState(host);
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
  if (fate !== null && (outcome.kind === "nothing" || EXPLAINING.includes(fate.state))) {
    return fate;
  }
  if (outcome.kind === "nothing") return { state: "nothing", because: "Its run left no result." };
  return { state: outcome.kind === "unreadable" ? "unreadable" : "partial", because };
}

function faultOfState(
  { state, because }: Pick<InspectedHost, "state" | "because">,
): NamedArrival["faults"] {
  const fault = FAULT_OF_STATE[state];
  if (fault === undefined) return [];
  const [kind, cure] = fault;
  return [{ kind, because: because ?? "Its run left no result.", cure }];
}

function whyPartial({ end }: HostDigest): string | null {
  if (end === "whole") return null;
  return end === "interrupted"
    ? "Its run was interrupted before it came to its end."
    : "Its run did not come to its end: it goes on, or it was killed.";
}

/** A check of what a whole result has in common with most. */
function withGround(
  find: (ground: CommonGround, common: CommonGround) => string | null,
): HostCheck["find"] {
  return ({ outcome }, { common }) =>
    outcome.kind !== "result" || outcome.digest.end !== "whole" || common === null
      ? null
      : find(outcome.digest.ground, common);
}

function ofKind(kind: CommonGround["kind"]): string {
  return { "live": "of a live run", "dry-run": "a dry run", "synthetic": "a synthetic one" }[kind];
}

function inWords({ thresholds: { high, medium } }: Pick<CommonGround, "thresholds">): string {
  return `high=${high},medium=${medium}`;
}
