/**
 * What can be wrong with one host's result: a table of checks.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import { NODE_FILES, NODES_FOLDER } from "../../runners/fleet/fleet_folder.ts";
import type { HostArrival, HostFate } from "./arrival.ts";
import { type ClockContext, clockFault, hasGoneBack, staleness } from "./clocks.ts";
import { thresholdsKey } from "./common_ground.ts";
import { CURES } from "./cures.ts";
import type { ClaimDigest, HostDigest } from "./digest.ts";
import type { Duplicate } from "./duplicates.ts";
import type { CommonGround, FaultKind } from "./fleet_result.ts";
import type { NamedArrival } from "./host_names.ts";

/** All that a check of one host may look at. */
export interface HostContext extends ClockContext {
  readonly common: CommonGround | null;
  readonly duplicates: ReadonlyMap<string, Duplicate>;
  /** Of each result that may be of another one's machine, whose hardware was changed, the name of that. */
  readonly namesakes: ReadonlyMap<string, string>;
  /** The claims on which each result speaks for its machine. */
  readonly voices: ReadonlyMap<string, readonly ClaimDigest[]>;
}

/** Finds one kind of fault in a host. */
export interface HostCheck {
  readonly kind: FaultKind;
  /** What becomes of a whole result that has the fault. */
  readonly leavesOut: boolean;
  readonly cure: string | ((host: NamedArrival) => string);
  /** What is wrong, as a sentence; null for nothing. */
  readonly find: (host: NamedArrival, context: HostContext) => string | null;
}

const KINDS_IN_WORDS: Readonly<Record<CommonGround["kind"], string>> = {
  "live": "of live runs",
  "dry-run": "dry runs",
  "synthetic": "dry runs of hosts that nobody ever measured",
};

/** In the order in which they are told; the first one that leaves a result out says why. */
export const HOST_CHECKS: readonly HostCheck[] = [
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
    cure: (host) =>
      (isOfNode(host) ? CURES["partial-result"] : null) ??
        `Go on with its run (deno task bench --out ${folderOf(host)}), and merge again.`,
    find: ({ outcome, fate }) =>
      outcome.kind === "result" && !isExplained(fate) ? whyPartial(outcome.digest) : null,
  },
  {
    kind: "stale-result",
    leavesOut: true,
    cure: "Measure the host again into a folder of its own.",
    find: whyStale,
  },
  {
    kind: "other-kind",
    leavesOut: true,
    cure: "Merge dry runs by themselves.",
    find: withGround(({ kind }, common) =>
      kind === common.kind
        ? null
        : `The results that are judged are ${KINDS_IN_WORDS[common.kind]}; this one is ${
          ofKind(kind)
        }.`
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
        : `The results that are judged are of cellproof ${common.version}; this one is of ${version}.`
    ),
  },
  {
    kind: "other-thresholds",
    leavesOut: true,
    cure: "Judge it again by the same ones: deno task judge RESULT --threshold high=H,medium=M.",
    find: withGround(({ thresholds }, common) =>
      thresholdsKey(thresholds) === thresholdsKey(common.thresholds)
        ? null
        : `The fleet is judged by ${inWords(common)}; this one by ${inWords({ thresholds })}.`
    ),
  },
  {
    kind: "duplicate-host",
    leavesOut: true,
    cure: "Nothing, where it is one machine; give two machines two hostnames.",
    find: ({ name }, { duplicates, voices }) => {
      const duplicate = duplicates.get(name);
      if (duplicate === undefined) return null;
      const { of, sign, reason } = duplicate;
      return `It is of the same machine as ${of} (${sign}), whose result ${reason}.${
        stillHeard(voices.get(name))
      }`;
    },
  },
  {
    kind: "duplicate-host",
    leavesOut: true,
    cure: "Merge the later result without it, where it is one machine that was changed; give two " +
      "hosts two hostnames, and measure again.",
    find: ({ name }, { namesakes, voices }) => {
      const of = namesakes.get(name);
      if (of === undefined) return null;
      return `It has the hostname of ${of} and other hardware: it is of one machine that was changed, ` +
        "or of another host of that name. They have one voice, and what either refutes is refuted." +
        stillHeard(voices.get(name));
    },
  },
  {
    kind: "wrong-clock",
    leavesOut: false,
    cure: ({ window }) =>
      window !== null && hasGoneBack(window)
        ? "Set the login node's clock (timedatectl)."
        : "Set the host's clock (timedatectl); measure it again where the result is an old one.",
    find: (host, { now, usual }) => {
      const { outcome, window } = host;
      // Of an old result the times are right.
      if (outcome.kind !== "result" || whyStale(host) !== null) return null;
      return clockFault(outcome.digest, { window, now, usual });
    },
  },
  {
    kind: "lost-gpu",
    leavesOut: false,
    cure: "Drain the node, reset the GPU or reseat it (dmesg: Xid), and measure it again.",
    find: (host, { duplicates }) => {
      const { outcome, name } = host;
      // An old result does not tell how the host is now.
      if (outcome.kind !== "result" || duplicates.has(name) || whyStale(host) !== null) return null;
      return whatIsLost(outcome.digest);
    },
  },
];

/** Why a result is older than its fleet, as an earlier merge found that knew when it went on, or this one. */
export function whyStale({ outcome, window, faults }: HostArrival): string | null {
  const known = faults.find(({ kind }) => kind === "stale-result");
  if (known !== undefined) return known.because;
  return outcome.kind === "result" ? staleness(outcome.digest, window) : null;
}

/** States that a run's end explains better than what it left. */
const EXPLAINING: readonly HostFate["state"][] = [
  "died",
  "timed-out",
  "cancelled",
  "unavailable",
  "waited",
];

/** Whether it is known why a run did not come to its end. */
export function isExplained(fate: HostFate | null): boolean {
  return fate !== null && EXPLAINING.includes(fate.state);
}

const RUN_OF_NODE = new RegExp(`(?:^|/)${NODES_FOLDER}/[^/]+/${NODE_FILES.result}$`);

/** Whether a fleet measured it: its run cannot be gone on with from here. */
function isOfNode({ window, source }: HostArrival): boolean {
  return window !== null || RUN_OF_NODE.test(source ?? "");
}

/** A run's folder as a word of a command; what stands for it where that is told as seen from elsewhere. */
function folderOf({ source }: HostArrival): string {
  const isCertain = source !== null && /^\/[\w./-]+$/.test(source) && !source.endsWith(".json");
  return isCertain ? source : "FOLDER";
}

/** On how much a result is heard though another one stands for its machine, as one more sentence. */
function stillHeard(voice: readonly ClaimDigest[] = []): string {
  const { length } = voice;
  return length === 0
    ? ""
    : ` On ${length} ${length === 1 ? "claim" : "claims"} it is still heard.`;
}

const LONGEST_WORDS = 200;

function whatIsLost({ gpus }: HostDigest): string | null {
  const lost = (gpus ?? []).flatMap(({ lost: words }, index) =>
    words === null ? [] : [`GPU ${index} is lost (${shorten(words, LONGEST_WORDS)})`]
  );
  return lost.length === 0 ? null : `${lost.join(", ")}.`;
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
