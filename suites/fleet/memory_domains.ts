/**
 * Whether GPUs of one host can map memory of another one (02.1.2).
 *
 * CUDA maps another host's memory by a fabric handle (`CU_MEM_HANDLE_TYPE_FABRIC`) and by nothing else,
 * and "for IPC between processes on different nodes they must be connected via the NVSwitch fabric"
 * (CUDA Driver API, `CUmemFabricHandle`). NVIDIA's Internode Memory Exchange (IMEX) maps it "between the
 * GPUs in an NVLink domain", which is "a set of nodes that can communicate over NVLink" (Multi-Node
 * NVLink Systems, user guide and IMEX guide). Which domain a GPU is in, its driver tells as the cluster
 * and the clique of its fabric (NVML, `nvmlGpuFabricInfo_t`): a registration counts where its state is
 * "Completed" and its status "Success", and a cluster that is all zeros is no domain of several hosts.
 *
 * A domain that two hosts are in is a counterexample wherever it is seen. One that a single host is in
 * may join it to hosts that were not asked.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import type { FabricDescription } from "../result.ts";
import { few, open, type Reading } from "../topology/reading.ts";
import type { GpuDigest } from "./digest.ts";
import { type FleetMember, type FleetReading, onBareMetal, withoutGpus } from "./fleet_member.ts";

const FEWEST_HOSTS = 2;
/** GPUs that are built for NVLink between hosts: GH200, GB200, GB300 and the like. */
const BUILT_FOR_DOMAINS = /\bG[BH]\d{3}\b/;
const ON_NO_FABRIC = /^\[?(n\/a|not supported)\]?$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ZEROS = "0".repeat(32);
const PUNCTUATION = /[^0-9a-z]/gi;
/** Of a driver's words. */
const LONGEST_WORDS = 40;

/** The NVLink domain of a GPU; null for none that spans hosts. */
interface Placed {
  readonly domain: string | null;
}

/** Why the domain of a GPU is not known. */
interface Doubt {
  readonly doubt: string;
}

/** "no NVLink domain, over which memory of another host can be mapped, spans two hosts" */
export function noMemoryShared(reading: FleetReading): Reading {
  const shared = sharedDomain([...reading.hosts, ...reading.others]);
  if (shared !== null) {
    const seen =
      `GPUs of ${few(shared)} are in one NVLink domain, over which memory of another host can ` +
      "be mapped";
    return { value: false, seen };
  }
  const none = withoutGpus(reading);
  if (none !== null) return none;
  const hosts = onBareMetal(reading).filter(({ gpus }) => gpus === null || gpus.length > 0);
  if (hosts.length < FEWEST_HOSTS) {
    return open("It takes two hosts on bare metal with GPUs, and one is here", "gpu-hosts");
  }
  const doubts = doubtsAmong(reading);
  if (doubts.length > 0) {
    const because = `It is not known of every GPU that no NVLink leads to another host: ${
      few(doubts)
    }`;
    return { ...open(because), inDoubt: true };
  }
  const seen =
    `By their drivers, no GPU of the ${hosts.length} hosts is in an NVLink domain that leads to ` +
    "another host";
  return { value: true, seen };
}

/** The hosts of a domain that spans several; null where none does. */
function sharedDomain(hosts: readonly FleetMember[]): string[] | null {
  const byDomain = new Map<string, Set<FleetMember>>();
  for (const host of hosts) {
    for (const domain of domainsOf(host)) {
      byDomain.set(domain, (byDomain.get(domain) ?? new Set()).add(host));
    }
  }
  const shared = [...byDomain.values()].find((within) => areSeveral([...within]));
  return shared === undefined ? null : [...shared].map(({ name }) => name);
}

function domainsOf({ gpus }: FleetMember): string[] {
  return (gpus ?? []).map(placeOf).flatMap((place) =>
    "domain" in place && place.domain !== null ? [place.domain] : []
  );
}

/** Whether hosts are surely more than one machine: two results may be of a host and its guest. */
function areSeveral(hosts: readonly FleetMember[]): boolean {
  const ofFirst = new Set(hosts.slice(0, 1));
  // The set grows while it is gone through.
  for (const one of ofFirst) {
    const signs = new Set(signsOf(one));
    for (const host of hosts) {
      if (!ofFirst.has(host) && signsOf(host).some((sign) => signs.has(sign))) ofFirst.add(host);
    }
  }
  return ofFirst.size < hosts.length;
}

/** What two machines do not have in common. */
function signsOf({ hostname, bootId, gpus }: FleetMember): string[] {
  return [
    `hostname ${hostname}`,
    ...(bootId === "unknown" ? [] : [`boot ${bootId}`]),
    ...(gpus ?? []).flatMap(({ uuidHash }) => uuidHash === null ? [] : [`gpu ${uuidHash}`]),
  ];
}

/** Why a domain may span hosts that were asked and did not tell, or such as were not asked. */
function doubtsAmong({ hosts, others, missing }: FleetReading): string[] {
  const members = [...hosts, ...others];
  const told = new Set(members.map(({ name }) => name));
  const untold = missing.filter((name) => !told.has(name));
  const doubts = [
    ...members.flatMap(doubtsOf),
    ...untold.map((name) => `there is no result of ${name}`),
  ];
  return [...new Set(doubts)];
}

/** A guest's driver may tell nothing of the fabric: it counts for no host, and only a domain against one. */
function doubtsOf(host: FleetMember): string[] {
  const { name, bareMetal, gpus } = host;
  const within = domainsOf(host).length === 0
    ? []
    : [`${name} is in an NVLink domain, which may join it to hosts that were not asked`];
  if (!bareMetal) return within;
  if (gpus === null) return [`the driver of ${name} could not tell of its GPUs`];
  const unplaced = gpus.map(placeOf).flatMap((place) => "doubt" in place ? [place.doubt] : []);
  return [...within, ...unplaced.map((doubt) => `a GPU of ${name} ${doubt}`)];
}

function placeOf({ name, lost, fabric }: GpuDigest): Placed | Doubt {
  if (lost !== null) return { doubt: `is lost (${shorten(lost, LONGEST_WORDS)})` };
  if (fabric === null) return { doubt: "has a driver that tells nothing of a fabric" };
  const { state, status } = fabric;
  if (ON_NO_FABRIC.test(state)) {
    return BUILT_FOR_DOMAINS.test(name ?? "")
      ? { doubt: "is built for NVLink between hosts, and has not registered with a fabric" }
      : { domain: null };
  }
  if (state === "Completed" && status === "Success") return registered(fabric);
  const words = shorten(`${state}, ${status ?? "no status"}`, LONGEST_WORDS);
  return { doubt: `registers with a fabric (${words})` };
}

function registered({ clusterUuid, cliqueId }: FabricDescription): Placed | Doubt {
  if (clusterUuid === null) return { doubt: "has a driver that tells no cluster of its fabric" };
  if (clusterUuid.replaceAll(PUNCTUATION, "") === ZEROS) return { domain: null };
  const cluster = clusterUuid.toLowerCase();
  if (!UUID.test(cluster)) return { doubt: "is in an NVLink cluster whose UUID is none" };
  if (cliqueId === null) return { doubt: `is in the NVLink cluster ${cluster}, in no clique` };
  return { domain: `${cluster}.${cliqueId}` };
}
