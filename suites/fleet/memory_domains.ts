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
 * @module
 */
import { count, few, type Open, open, type Reading } from "../topology/reading.ts";
import type { GpuDigest } from "./digest.ts";
import { type FleetMember, type FleetReading, onBareMetal, withoutGpus } from "./fleet_member.ts";

const FEWEST_HOSTS = 2;
/** GPUs that are built for NVLink between hosts: GH200, GB200, GB300 and the like. */
const BUILT_FOR_DOMAINS = /\bG[BH]\d{3}\b/;
const ON_NO_FABRIC = /^\[?(n\/a|not supported)\]?$/i;
const ALL_ZEROS = /^[0-]+$/;

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
  const none = withoutGpus(reading);
  if (none !== null) return none;
  const metal = onBareMetal(reading);
  const hosts = metal.filter(({ gpus }) => gpus === null || gpus.length > 0);
  if (hosts.length < FEWEST_HOSTS) {
    return open("It takes two hosts on bare metal with GPUs, and one is here", "fleet");
  }
  const shared = sharedDomain(hosts);
  if (shared !== null) {
    const seen =
      `GPUs of ${few(shared)} are in one NVLink domain, over which memory of another host can ` +
      "be mapped";
    return { value: false, seen };
  }
  return doubtAmong(hosts) ?? { value: true, seen: seenOf(hosts) };
}

/** The hosts of a domain that spans several; null where none does. */
function sharedDomain(hosts: readonly FleetMember[]): string[] | null {
  const byDomain = new Map<string, Set<string>>();
  for (const { name, gpus } of hosts) {
    for (const domain of (gpus ?? []).flatMap(domainsOf)) {
      byDomain.set(domain, (byDomain.get(domain) ?? new Set()).add(name));
    }
  }
  const shared = [...byDomain.values()].find(({ size }) => size > 1);
  return shared === undefined ? null : [...shared];
}

function domainsOf(gpu: GpuDigest): string[] {
  const place = placeOf(gpu);
  return "domain" in place && place.domain !== null ? [place.domain] : [];
}

function doubtAmong(hosts: readonly FleetMember[]): Open | null {
  const doubts = hosts.flatMap(({ name, gpus }) =>
    gpus === null
      ? [`the driver of ${name} could not tell of its GPUs`]
      : gpus.map(placeOf).flatMap((place) =>
        "doubt" in place ? [`a GPU of ${name} ${place.doubt}`] : []
      )
  );
  if (doubts.length === 0) return null;
  const because = `It is not known of every GPU which NVLink domain it is in: ${
    few([...new Set(doubts)])
  }`;
  return { ...open(because), inDoubt: true };
}

function placeOf({ name, lost, fabric }: GpuDigest): Placed | Doubt {
  if (lost !== null) return { doubt: `is lost (${lost})` };
  if (fabric === null) return { doubt: "has a driver that tells nothing of a fabric" };
  const { state, status, clusterUuid, cliqueId } = fabric;
  if (ON_NO_FABRIC.test(state)) {
    return BUILT_FOR_DOMAINS.test(name ?? "")
      ? { doubt: "is built for NVLink between hosts, and has not registered with a fabric" }
      : { domain: null };
  }
  if (state !== "Completed" || status !== "Success") {
    return { doubt: `registers with a fabric (${state}, ${status ?? "no status"})` };
  }
  if (clusterUuid === null) return { doubt: "has a driver that tells no cluster of its fabric" };
  if (ALL_ZEROS.test(clusterUuid)) return { domain: null };
  if (cliqueId === null) return { doubt: `is in the NVLink cluster ${clusterUuid}, in no clique` };
  return { domain: `${clusterUuid}.${cliqueId}` };
}

function seenOf(hosts: readonly FleetMember[]): string {
  const gpus = hosts.flatMap((host) => host.gpus ?? []);
  const within = gpus.filter((gpu) => domainsOf(gpu).length > 0).length;
  const rest = gpus.length - within;
  const ways = [
    ...(within === 0 ? [] : [`${count(within, "GPU")} in a domain of the own host alone`]),
    ...(rest === 0 ? [] : [`${count(rest, "GPU")} in none that leads to another host`]),
  ];
  return `No NVLink domain spans two of the ${hosts.length} hosts: by their drivers, ${
    ways.join(" and ")
  }`;
}
