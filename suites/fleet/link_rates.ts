/**
 * What InfiniBand carries between hosts with GPUs (02.1.2).
 *
 * @module
 */
import type { InfinibandDescription } from "../result.ts";
import { count, few, gigabytes, type Open, open, type Reading } from "../topology/reading.ts";
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

/** "between two hosts with GPUs, InfiniBand carries at least half of its port's rate" */
export function infinibandCarries(reading: FleetReading): Reading {
  const none = withoutGpus(reading) ?? withoutInfiniband(reading);
  if (none !== null) return none;
  const measured = measuredIn(reading);
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
  const sound = soundLinks(reading).flatMap((link) => carriedBy(link) ?? [])
    .filter(({ runs }) => runs >= FEWEST_RUNS);
  if (sound.length === 0) return unmeasured(reading);
  return { value: true, seen: `InfiniBand carries ${few(sound.map(inWords))}` };
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
 * All figures that may count against the statement: also single ones, and those of hosts that are not
 * judged; not those of a guest, or of a port that is known to be none of InfiniBand.
 */
function measuredIn({ hosts, others, links }: FleetReading): Carried[] {
  const members = new Map([...hosts, ...others].map((host) => [host.name, host]));
  return links.flatMap((link) => {
    const [sender, receiver] = [members.get(link.from), members.get(link.to)];
    const isInGuest = [sender, receiver].some((host) => host?.bareMetal === false);
    const port = sender?.infiniband?.find((one) => portName(one) === link.port);
    const isOther = (port?.linkLayer ?? INFINIBAND) !== INFINIBAND;
    return isInGuest || isOther || link.from === link.to ? [] : carriedBy(link) ?? [];
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
  const [failed] = links.flatMap(({ from, to, failure }) =>
    failure === null ? [] : [`${from} and ${to}: ${failure}`]
  );
  if (failed !== undefined) return open(`No link was measured between ${failed}`);
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
