/** The made-up fleet of which all is true, changed, and asked one thing; for tests. @module */
import type { FabricDescription } from "../../result.ts";
import type { Reading } from "../../topology/reading.ts";
import { ALL_TRUE } from "../control_fleets.ts";
import type { FleetMember, FleetReading } from "../fleet_member.ts";
import type { HostLink } from "../fleet_result.ts";

/** "untested" where something is missing, "inconclusive" where it stays in doubt. */
export type Answer = boolean | "untested" | "inconclusive";

/** What a case changes of the fleet, and what is answered then. */
export type Case = readonly [change: Partial<FleetReading>, answer: Answer];

/** An answer, and its sentence. */
export function answerTo(
  ask: (reading: FleetReading) => Reading,
  change: Partial<FleetReading>,
): { readonly answer: Answer; readonly words: string } {
  const reading = ask({ ...ALL_TRUE, ...change });
  if (reading.value !== null) return { answer: reading.value, words: reading.seen };
  return { answer: reading.inDoubt ? "inconclusive" : "untested", words: reading.because };
}

export const GUEST = { bareMetal: false, environment: "inside a KVM guest" };
export const LOST = { lost: "GPU is lost" };

/** Its first hosts, each changed. */
export function hosts(count: number, change: Partial<FleetMember> = {}): FleetMember[] {
  return ALL_TRUE.hosts.slice(0, count).map((host) => ({ ...host, ...change }));
}

/** A host of eight GPUs like its hosts, that is none of them. */
export function anotherHost(name: string, change: Partial<FleetMember> = {}): FleetMember {
  const gpus = Array.from({ length: 8 }, (_, gpu) => `${name}/${gpu}`).map((uuidHash) => ({
    ...{ name: "NVIDIA X9000", uuidHash, virtualizationMode: "none", lost: null },
    fabric: NO_FABRIC,
  }));
  const identity = { name, hostname: name, bootId: `boot of ${name}` };
  return { ...identity, bareMetal: true, environment: "", gpus, infiniband: [], ...change };
}

/** A registration of a GPU that is on no fabric. */
export const NO_FABRIC: FabricDescription = {
  state: "N/A",
  status: null,
  clusterUuid: null,
  cliqueId: null,
};

/** Its hosts, of which the first ones' GPUs are changed. */
export function withGpus(change: object, count = ALL_TRUE.hosts.length): FleetMember[] {
  return ALL_TRUE.hosts.map((host, index) => index < count ? changedGpus(host, change) : host);
}

/** A host whose GPUs are changed. */
export function changedGpus(host: FleetMember, change: object): FleetMember {
  return { ...host, gpus: host.gpus?.map((gpu) => ({ ...gpu, ...change })) ?? null };
}

/** A host whose GPUs are in the NVLink domain of this cluster. */
export function inDomain(host: FleetMember, clusterUuid: string, cliqueId = 1): FleetMember {
  const fabric = { state: "Completed", status: "Success", clusterUuid, cliqueId };
  return changedGpus(host, { fabric });
}

/** Its hosts, each port changed. */
export function withPorts(change: object): FleetMember[] {
  return ALL_TRUE.hosts.map((host) => ({
    ...host,
    infiniband: host.infiniband?.map((port) => ({ ...port, ...change })) ?? null,
  }));
}

/** Its link, changed. */
export function links(change: Partial<HostLink>): HostLink[] {
  return ALL_TRUE.links.map((link) => ({ ...link, ...change }));
}
