/**
 * How many GPUs the hosts of one cluster have together (02.1.2): those that judged hosts show for
 * certain, and the most that there may be with all that is not counted.
 *
 * @module
 */
import { count, few, type Open, open, type Reading } from "../topology/reading.ts";
import type { GpuDigest } from "./digest.ts";
import {
  type FleetMember,
  type FleetReading,
  isPhysical,
  onBareMetal,
  withoutGpus,
} from "./fleet_member.ts";
import { compareNames } from "./host_names.ts";
import { soundLinks } from "./link_rates.ts";

/** 数十到数百, "tens to hundreds". */
const FEWEST_TENS = 20;
const MOST_HUNDREDS = 999;
/** What a host may have that tells nothing: no server has more than NVIDIA's HGX-2. */
const MOST_OF_A_HOST = 16;

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
  const size = sizeOf(cluster.hosts);
  const [have, together] = cluster.hosts.length === 1 ? ["has", ""] : ["have", " together"];
  const all = `${cluster.because} ${have} ${count(size, "GPU")}${together}`;
  const seen = `${all}${besides(cluster, reading)}`;
  if (size > MOST_HUNDREDS) return { value: false, seen };
  if (size < FEWEST_TENS) {
    return open(
      `${seen}. They need not be all of the cluster: ${FEWEST_TENS} and more are tens`,
      "gpu-cluster",
    );
  }
  const most = mostOf(reading);
  if (most === null) return inDoubt(`${seen}. Nobody told how many hosts the cluster has beside`);
  if (most > MOST_HUNDREDS) {
    return inDoubt(`${seen}. With those it may have ${most}, and hundreds end at ${MOST_HUNDREDS}`);
  }
  return { value: true, seen: most > size ? `${seen}: ${most} at most with those` : seen };
}

function inDoubt(because: string): Open {
  return { ...open(because), inDoubt: true };
}

/** The hosts on bare metal that are one cluster. */
function clusterOf(reading: FleetReading): Cluster | Open {
  const hosts = onBareMetal(reading);
  const { request } = reading;
  if (request !== null) {
    const of = count(hosts.length, "host");
    const name = schedulerName(request.scheduler);
    return {
      hosts,
      because: request.cluster === null
        ? `${of} of one ${name} cluster`
        : `${of} of the ${name} cluster ${request.cluster}`,
    };
  }
  const linked = largestLinked(reading);
  if (linked.length > 1) {
    return { hosts: linked, because: `${linked.length} hosts with InfiniBand links between them` };
  }
  return open(
    "Nothing shows that these hosts are one cluster: no scheduler ran them as one fleet, and no " +
      "InfiniBand link between them was measured",
    "gpu-cluster",
  );
}

function schedulerName(scheduler: "slurm"): string {
  return { slurm: "Slurm" }[scheduler];
}

/** The hosts that measured links join, one with the other, and that have the most GPUs together. */
function largestLinked(reading: FleetReading): FleetMember[] {
  const links = soundLinks(reading);
  const groups = links.map(({ from }) => {
    const reached = new Set([from]);
    // The set grows while it is gone through.
    for (const one of reached) {
      for (const { from, to } of links) {
        if (from === one) reached.add(to);
        if (to === one) reached.add(from);
      }
    }
    return onBareMetal(reading).filter(({ name }) => reached.has(name));
  });
  const [largest = []] = groups.toSorted((one, other) =>
    sizeOf(other) - sizeOf(one) || compareNames(firstName(one), firstName(other))
  );
  return largest;
}

function firstName(hosts: readonly FleetMember[]): string {
  return hosts.map(({ name }) => name).sort(compareNames)[0] ?? "";
}

/** How many GPUs hosts have for certain. */
function sizeOf(hosts: readonly FleetMember[]): number {
  return uuidsOf(countedOn(hosts)).size;
}

/** The GPUs that are devices as a whole, and each told apart from all others. */
function countedOn(hosts: readonly FleetMember[]): GpuDigest[] {
  return shownBy(hosts).filter((gpu) => isPhysical(gpu) && gpu.uuidHash !== null);
}

function shownBy(hosts: readonly FleetMember[]): GpuDigest[] {
  return hosts.flatMap(({ gpus }) => gpus ?? []);
}

function uuidsOf(gpus: readonly GpuDigest[]): Set<string> {
  return new Set(gpus.flatMap(({ uuidHash }) => uuidHash ?? []));
}

/** How many GPUs there are at most with all that is not counted; null where nobody knows. */
function mostOf(reading: FleetReading): number | null {
  const notAsked = reading.request?.nodesNotAsked ?? null;
  if (notAsked === null) return null;
  const members = [...reading.hosts, ...reading.others];
  const shown = shownBy(members);
  const unnamed = shown.filter(({ uuidHash }) => uuidHash === null).length;
  const untold = members.filter(({ gpus }) => gpus === null).length + silentIn(reading).length;
  const mostOfOne = Math.max(MOST_OF_A_HOST, ...members.map(({ gpus }) => gpus?.length ?? 0));
  return uuidsOf(shown).size + unnamed + (untold + notAsked) * mostOfOne;
}

/** The hosts that were asked and left nothing that tells of them. */
function silentIn({ others, missing }: FleetReading): string[] {
  const told = new Set(others.map(({ name }) => name));
  return missing.filter((name) => !told.has(name));
}

/** What is not counted, as the end of a sentence. */
function besides(cluster: Cluster, reading: FleetReading): string {
  const { hosts, missing, request } = reading;
  const uncounted = shownBy(cluster.hosts).length - countedOn(cluster.hosts).length;
  const untold = cluster.hosts.filter(({ gpus }) => gpus === null);
  const elsewhere = hosts.filter((host) =>
    !cluster.hosts.includes(host) && (host.gpus === null || host.gpus.length > 0)
  );
  const [guests, unlinked] = [false, true].map((metal) =>
    elsewhere.filter(({ bareMetal }) => bareMetal === metal)
  );
  const notAsked = request?.nodesNotAsked ?? 0;
  const unknown = uncounted === 1 ? "tells no UUID, is" : "tell no UUID, are";
  const remarks = [
    ...(uncounted === 0
      ? []
      : [`${count(uncounted, "GPU")} of theirs that ${unknown} lost or shared out`]),
    ...thoseOf(untold, "whose driver could not tell"),
    ...thoseOf(guests ?? [], "not on bare metal"),
    ...thoseOf(unlinked ?? [], "which no link joins to them"),
    ...thoseOf(missing.map((name) => ({ name })), "of which there is no result to judge"),
    ...(notAsked === 0 ? [] : [`those of ${count(notAsked, "node")} not asked`]),
  ];
  return remarks.length === 0 ? "" : `, not counting ${remarks.join(", nor ")}`;
}

function thoseOf(hosts: readonly Pick<FleetMember, "name">[], why: string): string[] {
  return hosts.length === 0 ? [] : [`those of ${few(hosts.map(({ name }) => name))}, ${why}`];
}
