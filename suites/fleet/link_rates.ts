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

/** A link whose figures count. */
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
  const links = carriedOver(reading);
  if (links.length === 0) return unmeasured(reading);
  const impossible = links.filter(({ most, rate }) => most > rate);
  if (impossible.length > 0) {
    const because = "More was measured than the port carries, so the measurement failed";
    return { ...open(`${because}: ${few(impossible.map(inWords))}`), inDoubt: true };
  }
  const slow = links.filter(({ least, rate }) => least < HALF * rate);
  if (slow.length > 0) {
    const because =
      "Less than half of the port's rate does not show that InfiniBand is the ceiling";
    return { ...open(`${because}: ${few(slow.map(inWords))}`), inDoubt: true };
  }
  return { value: true, seen: `InfiniBand carries ${few(links.map(inWords))}` };
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
  return infiniband?.filter(({ active, linkLayer }) => active && linkLayer === "InfiniBand") ?? [];
}

/** A port as links name it. */
export function portName({ adapter, port }: InfinibandDescription): string {
  return `${adapter} port ${port}`;
}

function carriedOver(reading: FleetReading): Carried[] {
  const able = new Map(onBareMetal(reading).filter(canCarry).map((host) => [host.name, host]));
  return reading.links.flatMap((link) => carried(link, able) ?? []);
}

/** Null for a link that was not measured often enough, or is not one of InfiniBand between two of them. */
function carried(link: HostLink, able: ReadonlyMap<string, FleetMember>): Carried | null {
  const { from, to, port, portBytesPerSecond: rate, bytesPerSecond } = link;
  const sender = able.get(from);
  if (sender === undefined || !able.has(to) || from === to || rate === null) return null;
  const overInfiniband = activePorts(sender).some((one) => portName(one) === port);
  if (!overInfiniband || bytesPerSecond.length < FEWEST_RUNS) return null;
  return {
    between: `${from} and ${to}`,
    rate,
    least: Math.min(...bytesPerSecond),
    most: Math.max(...bytesPerSecond),
    runs: bytesPerSecond.length,
  };
}

/** Why there are no figures, by the links that were tried. */
function unmeasured({ links }: FleetReading): Open {
  const [failed] = links.flatMap(({ from, to, failure }) =>
    failure === null ? [] : [`${from} and ${to}: ${failure}`]
  );
  if (failed !== undefined) return open(`No link was measured between ${failed}`);
  return links.length === 0
    ? open("No link was measured: a fleet on Slurm measures some, where perftest is on its nodes")
    : open(
      `No link was measured in ${FEWEST_RUNS} runs between two hosts with an active InfiniBand port`,
    );
}

function inWords({ between, rate, least, most, runs }: Carried): string {
  return `${gigabytes(least)} to ${gigabytes(most)} in ${
    count(runs, "run")
  } between ${between}, of ` +
    `the port's ${gigabytes(rate)}`;
}
