/**
 * Which links of a fleet are measured: pure.
 *
 * @module
 */
import type { LinkEnds } from "../../runners/fleet/link_job.ts";
import type { InfinibandDescription } from "../result.ts";
import { type FleetMember, isNodeName } from "./fleet_member.ts";
import { activePorts, canCarry } from "./link_rates.ts";

/** A few show what a link carries; all of them would keep a cluster busy. */
const MOST_PAIRS = 8;
/** As the kernel names adapters and ports; nothing else may become part of a command. */
const ADAPTER = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const PORT = /^[1-9]\d{0,2}$/;

/** A link that is to be measured, and what it can carry by the slower of its ports. */
export interface LinkPair extends LinkEnds {
  /** Null where a port does not tell its rate. */
  readonly bytesPerSecond: number | null;
}

/** Neighbours by name, each at most once: hosts on bare metal with GPUs and an active InfiniBand port. */
export function pairsOf(members: readonly FleetMember[]): LinkPair[] {
  const ends = members.flatMap(endOf);
  const pairs = Array.from({ length: Math.min(MOST_PAIRS, Math.floor(ends.length / 2)) });
  return pairs.flatMap((_, index) => {
    const [from, to] = ends.slice(2 * index);
    return from === undefined || to === undefined ? [] : [pairOf(from, to)];
  });
}

/** Whether a port's names are such as the kernel gives. */
export function isNameablePort(
  { adapter, port }: Pick<InfinibandDescription, "adapter" | "port">,
): boolean {
  return ADAPTER.test(adapter) && PORT.test(port);
}

interface ChosenPort extends Pick<FleetMember, "name"> {
  readonly port: InfinibandDescription;
}

/** The host with the first of its fastest ports; nothing where it has none that can be named. */
function endOf(member: FleetMember): ChosenPort[] {
  if (!member.bareMetal || !canCarry(member) || !isNodeName(member.name)) return [];
  const ports = activePorts(member).filter(isNameablePort);
  const [port] = ports.toSorted((one, other) =>
    (other.bitsPerSecond ?? 0) - (one.bitsPerSecond ?? 0)
  );
  return port === undefined ? [] : [{ name: member.name, port }];
}

function pairOf(from: ChosenPort, to: ChosenPort): LinkPair {
  const rates = [from, to].map(({ port }) => port.bitsPerSecond);
  const slowest = Math.min(...rates.map((rate) => rate ?? NaN));
  return {
    from: { node: from.name, port: { device: from.port.adapter, port: from.port.port } },
    to: { node: to.name, port: { device: to.port.adapter, port: to.port.port } },
    bytesPerSecond: Number.isNaN(slowest) ? null : slowest / 8,
  };
}
