/**
 * How many GPUs the hosts of one cluster have together (02.1.2).
 *
 * @module
 */
import { count, few, type Open, open, type Reading } from "../topology/reading.ts";
import {
  type FleetMember,
  type FleetReading,
  onBareMetal,
  physicalGpus,
  withoutGpus,
} from "./fleet_member.ts";
import type { HostLink } from "./fleet_result.ts";

/** 数十到数百, "tens to hundreds". */
const FEWEST_TENS = 20;
const FEWEST_THOUSANDS = 1000;

/** Hosts that are one cluster, and what says so. */
interface Cluster {
  readonly hosts: readonly FleetMember[];
  readonly because: string;
}

/** "the hosts of one cluster have 20 to 999 GPUs together" */
export function twentyGpusOrMore(reading: FleetReading): Reading {
  const none = withoutGpus(reading);
  if (none !== null) return none;
  const cluster = clusterOf(reading);
  if ("value" in cluster) return cluster;
  const gpus = countedOn(cluster.hosts).size;
  const seen = `${cluster.because} have ${count(gpus, "GPU")} together${besides(cluster, reading)}`;
  if (gpus >= FEWEST_THOUSANDS) return { value: false, seen };
  if (gpus < FEWEST_TENS) {
    return open(
      `${seen}. They need not be all of the cluster: ${FEWEST_TENS} and more are tens`,
      "fleet",
    );
  }
  const most = gpus + reading.missing.length * mostOfOne(cluster);
  if (most < FEWEST_THOUSANDS) return { value: true, seen };
  return { ...open(`${seen}. With those it may have ${FEWEST_THOUSANDS} and more`), inDoubt: true };
}

/** The hosts on bare metal that are one cluster. */
function clusterOf(reading: FleetReading): Cluster | Open {
  const hosts = onBareMetal(reading);
  const { request } = reading;
  if (request !== null && request.cluster !== null) {
    const name = `${schedulerName(request.scheduler)} cluster ${request.cluster}`;
    return { hosts, because: `${count(hosts.length, "host")} of the ${name}` };
  }
  const linked = largestLinked(hosts, reading.links);
  if (linked.length > 1) {
    return { hosts: linked, because: `${linked.length} hosts with links between them` };
  }
  return open(
    "Nothing shows that these hosts are one cluster: no scheduler ran them, and no link between them " +
      "was measured",
    "fleet",
  );
}

function schedulerName(scheduler: "slurm"): string {
  return { slurm: "Slurm" }[scheduler];
}

/** The most hosts that measured links join, one with the other. */
function largestLinked(hosts: readonly FleetMember[], links: readonly HostLink[]): FleetMember[] {
  const carried = links.filter(({ bytesPerSecond }) => bytesPerSecond.some((rate) => rate > 0));
  const groups = carried.map(({ from }) => reachedFrom(from, carried))
    .map((names) => hosts.filter(({ name }) => names.has(name)));
  return groups.reduce((most, group) => group.length > most.length ? group : most, []);
}

function reachedFrom(name: string, links: readonly HostLink[]): Set<string> {
  const reached = new Set([name]);
  for (const one of reached) {
    for (const { from, to } of links) {
      if (from === one) reached.add(to);
      if (to === one) reached.add(from);
    }
  }
  return reached;
}

/** Each GPU once, by its UUID: one that does not tell it may be any. */
function countedOn(hosts: readonly FleetMember[]): Set<string> {
  return new Set(hosts.flatMap(physicalGpus).flatMap(({ uuidHash }) => uuidHash ?? []));
}

function mostOfOne({ hosts }: Cluster): number {
  return Math.max(...hosts.map((host) => countedOn([host]).size));
}

/** What is not counted, as the end of a sentence. */
function besides({ hosts }: Cluster, { missing }: FleetReading): string {
  const uncounted = hosts.flatMap(({ gpus }) => gpus ?? [])
    .filter(({ uuidHash, lost }) => uuidHash === null || lost !== null).length;
  const untold = hosts.filter(({ gpus }) => gpus === null).map(({ name }) => name);
  const remarks = [
    ...(uncounted === 0 ? [] : [`${count(uncounted, "GPU")} that the driver tells no UUID of`]),
    ...(untold.length === 0 ? [] : [`those of ${few(untold)}, whose driver could not tell`]),
    ...(missing.length === 0
      ? []
      : [`those of ${few(missing)}, of which there is no result to judge`]),
  ];
  return remarks.length === 0 ? "" : `, not counting ${remarks.join(", nor ")}`;
}
