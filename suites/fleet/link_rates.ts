/**
 * What InfiniBand carries between hosts with GPUs (02.1.2).
 *
 * @module
 */
import type { InfinibandDescription } from "../result.ts";
import { count, few, gigabytes, type Open, open, type Reading } from "../topology/reading.ts";
import { mayBeChance } from "./error_rate.ts";
import {
  type FleetMember,
  type FleetReading,
  onBareMetal,
  physicalGpus,
  withoutGpus,
} from "./fleet_member.ts";
import type { HostLink } from "./fleet_result.ts";

/** Independent runs of which none may lie below half of the port's rate. */
const FEWEST_RUNS = 3;
/** The share of a port's rate from which the port is what bounds the traffic. */
const HALF = 0.5;
const INFINIBAND = "InfiniBand";

/** A link's figures, held against the rate of its port. */
interface Carried {
  readonly between: string;
  readonly rate: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

/**
 * "between two hosts with GPUs, InfiniBand carries at least half of its port's rate". A link that could not
 * be measured is no counterexample, and where more of them could not than the error rate explains, the
 * others are no example of them.
 */
export function infinibandCarries(reading: FleetReading): Reading {
  const none = withoutGpus(reading) ?? withoutInfiniband(reading) ?? outOfBounds(reading);
  if (none !== null) return none;
  const sound = soundLinks(reading).filter((link) => whyUnmeasured(link) === null);
  if (sound.length === 0) return unmeasured(reading);
  const carried = `InfiniBand carries ${
    few(sound.flatMap((link) => carriedBy(link) ?? []).map(inWords))
  }`;
  const tried = countingIn(reading);
  const untold = tried.flatMap(unmeasuredInWords);
  if (untold.length === 0) return { value: true, seen: carried };
  const some = `${untold.length} of ${count(tried.length, "link")} could not be measured`;
  if (mayBeChance(untold.length, tried.length)) {
    return { value: true, seen: `${carried}; ${some}: ${few(untold)}` };
  }
  const because = `${some}, more than the error rate of 1 % explains: ${few(untold)}; ${carried}`;
  return { ...open(because), inDoubt: true };
}

/** Why links do not show that the port bounds what they carry; null where all figures may. */
function outOfBounds(reading: FleetReading): Open | null {
  const measured = countingIn(reading).flatMap((link) => carriedBy(link) ?? []);
  const impossible = measured.filter(({ most, rate }) => most > rate);
  if (impossible.length > 0) {
    const because = "More was measured than the port carries, so the measurement failed";
    return { ...open(`${because}: ${few(impossible.map(inWords))}`), inDoubt: true };
  }
  const slow = measured.filter(({ least, rate }) => least < HALF * rate);
  if (slow.length > 0) {
    const because =
      "Less than half of the port's rate does not show that InfiniBand is the ceiling";
    return { ...open(`${because}: ${few(slow.map(inWords))}`), inDoubt: true };
  }
  return null;
}

/** Why a link that was tried is not measured; null where it is. */
export function whyUnmeasured({ bytesPerSecond, failure }: HostLink): string | null {
  const runs = bytesPerSecond.length;
  if (failure !== null) return failure;
  return runs < FEWEST_RUNS ? `${count(runs, "run")} of ${FEWEST_RUNS} that it takes` : null;
}

function unmeasuredInWords(link: HostLink): string[] {
  const why = whyUnmeasured(link);
  return why === null ? [] : [`${link.from} and ${link.to} (${why})`];
}

/** Why no link can be measured; null where two hosts have what it takes. */
function withoutInfiniband(reading: FleetReading): Open | null {
  const able = onBareMetal(reading).filter(canCarry).map(({ name }) => name);
  if (able.length > 1) return null;
  const only = able.length === 0 ? "no host" : `one host, ${able[0]},`;
  return open(
    `Of those with GPUs on bare metal ${only} has an active InfiniBand port`,
    "infiniband",
  );
}

/** Whether it has a GPU that works, and an InfiniBand port that is active. */
export function canCarry(host: FleetMember): boolean {
  return physicalGpus(host).length > 0 && activePorts(host).length > 0;
}

/** The host's InfiniBand ports that are active; not those that do RDMA over Ethernet. */
export function activePorts({ infiniband }: FleetMember): InfinibandDescription[] {
  return infiniband?.filter(({ active, linkLayer }) => active && linkLayer === INFINIBAND) ?? [];
}

/** A port as links name it. */
export function portName({ adapter, port }: InfinibandDescription): string {
  return `${adapter} port ${port}`;
}

/**
 * The links that are InfiniBand's between two judged hosts with GPUs on bare metal, by the ports that
 * both tell of, and whose figures their ports can carry.
 */
export function soundLinks(reading: FleetReading): HostLink[] {
  const able = new Map(onBareMetal(reading).filter(canCarry).map((host) => [host.name, host]));
  return reading.links.filter((link) => {
    const { from, to, portBytesPerSecond: rate, bytesPerSecond, failure } = link;
    const [sender, receiver] = [able.get(from), able.get(to)];
    if (sender === undefined || receiver === undefined || sender === receiver) return false;
    return rate !== null && failure === null && isRateOf(link, sender, receiver) &&
      bytesPerSecond.length > 0 && bytesPerSecond.every((figure) => figure > 0 && figure <= rate);
  });
}

/** Whether the link's rate is that of the slower of its ports, as both hosts tell of them. */
function isRateOf(
  { port, portBytesPerSecond }: HostLink,
  sender: FleetMember,
  receiver: FleetMember,
): boolean {
  const senders = activePorts(sender).filter((one) => portName(one) === port);
  return senders.some(({ bitsPerSecond: one }) =>
    activePorts(receiver).some(({ bitsPerSecond: other }) =>
      one !== null && other !== null && Math.min(one, other) === (portBytesPerSecond ?? NaN) * 8
    )
  );
}

/**
 * All links that may count against the statement: also those of single figures, and of hosts that are not
 * judged; not those of a guest, or of a port that is known to be none of InfiniBand.
 */
function countingIn({ hosts, others, links }: FleetReading): HostLink[] {
  const members = new Map([...hosts, ...others].map((host) => [host.name, host]));
  return links.filter((link) => {
    const [sender, receiver] = [members.get(link.from), members.get(link.to)];
    const isInGuest = [sender, receiver].some((host) => host?.bareMetal === false);
    const port = sender?.infiniband?.find((one) => portName(one) === link.port);
    const isOther = (port?.linkLayer ?? INFINIBAND) !== INFINIBAND;
    return !isInGuest && !isOther && link.from !== link.to;
  });
}

/** Null for a link without figures, or without a rate to hold them against. */
function carriedBy(
  { from, to, portBytesPerSecond: rate, bytesPerSecond }: HostLink,
): Carried | null {
  if (rate === null || !(rate > 0) || bytesPerSecond.length === 0) return null;
  return {
    between: `${from} and ${to}`,
    rate,
    least: Math.min(...bytesPerSecond),
    most: Math.max(...bytesPerSecond),
    runs: bytesPerSecond.length,
  };
}

/** Why no figures count, by the links that were tried. */
function unmeasured({ links }: FleetReading): Open {
  const failed = links.filter(({ failure }) => failure !== null).flatMap(unmeasuredInWords);
  if (failed.length > 0) return open(`No link was measured between ${few(failed)}`);
  if (links.length === 0) {
    return open(
      "No link was measured: a fleet on Slurm measures some, where perftest is on its nodes",
    );
  }
  return open(
    `None of the links that were tried (${links.length}) was measured in ${FEWEST_RUNS} runs over ` +
      "InfiniBand ports of known rate between two judged hosts with GPUs on bare metal",
  );
}

function inWords({ between, rate, least, most, runs }: Carried): string {
  const figures = `${gigabytes(least)} to ${gigabytes(most)} in ${count(runs, "run")}`;
  return `${figures} between ${between}, of the port's ${gigabytes(rate)}`;
}
