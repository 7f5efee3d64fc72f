/**
 * What shows that two results are of one machine, or of two: pure.
 *
 * @module
 */
import { isGuest } from "../host_description.ts";
import { isWhole, mayBeOf } from "../machine_identity.ts";
import { isoTime } from "./clocks.ts";
import type { HostDigest } from "./digest.ts";

/** A result, and what is known of where it came from. */
export interface Trace {
  readonly digest: HostDigest;
  /** See `HostArrival`; null where nobody knows. */
  readonly node: string | null;
  /** Whether the times that it tells are in doubt. */
  readonly isInDoubt: boolean;
}

/** A reading that two machines cannot have in common, and what it is. */
export interface Sign {
  readonly key: string;
  readonly words: string;
}

/** All that is certain: a container has its host's kernel and GPUs, and a guest has a kernel of its own. */
export function signsOf({ digest: { bootId, gpus, told }, node }: Trace): Sign[] {
  // A guest, and the host that gave it the GPU, are two places to measure.
  const where = isGuest(told.environment) ? "in a guest" : "on a host";
  return [
    ...(node === null ? [] : [{ key: `node ${node}`, words: "the same node of one cluster" }]),
    ...(gpus ?? []).flatMap(({ uuidHash }) =>
      uuidHash === null
        ? []
        : [{ key: `gpu ${uuidHash} ${where}`, words: "a GPU with the same UUID" }]
    ),
    ...(bootId === "unknown" ? [] : [{ key: `boot ${bootId}`, words: "the same boot id" }]),
  ];
}

/** Equal for results that call the place where they were measured the same: one machine, or namesakes. */
export function homeOf({ told: { hostname, environment } }: HostDigest): string {
  return JSON.stringify([hostname, environment]);
}

/** Whether two results are of one home. */
export function areAtHome(one: Trace, other: Trace): boolean {
  return homeOf(one.digest) === homeOf(other.digest);
}

/** What two results of one home have in common where their hardware agrees in all that both tell. */
export function agreement(one: Trace, other: Trace): string | null {
  if (areOtherNodes(one, other)) return null;
  const [ours, theirs] = [one.digest.hardware, other.digest.hardware];
  if (isWhole(ours) && isWhole(theirs)) {
    const isSame = one.digest.told.machine === other.digest.told.machine;
    return isSame ? "the same hostname and hardware" : null;
  }
  const isSame = ours.cpuModel === theirs.cpuModel && ours.cpuCount === theirs.cpuCount &&
    (mayBeOf(ours, theirs) || mayBeOf(theirs, ours));
  return isSame ? "the same hostname, and hardware that agrees in all that both tell" : null;
}

/** Whether two results whose hardware differs are of two machines for certain, none that was changed. */
export function areTwo(one: Trace, other: Trace): boolean {
  return areOtherNodes(one, other) || ranAtOnce(one, other);
}

function areOtherNodes({ node: one }: Trace, { node: other }: Trace): boolean {
  return one !== null && other !== null && one !== other;
}

/** A replay has the times of what it replays. */
function ranAtOnce(one: Trace, other: Trace): boolean {
  const isTimed = ({ digest, isInDoubt }: Trace) => digest.ground.kind === "live" && !isInDoubt;
  if (!isTimed(one) || !isTimed(other)) return false;
  const [ours, theirs] = [one, other].map(({ digest: { told } }) => ({
    start: isoTime(told.startedAt) ?? NaN,
    end: isoTime(told.endedAt ?? "") ?? NaN,
  }));
  if (ours === undefined || theirs === undefined) return false;
  return ours.start < theirs.end && theirs.start < ours.end;
}
