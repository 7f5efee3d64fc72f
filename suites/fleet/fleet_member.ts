/**
 * What statements about a fleet are asked of: its hosts, and the links between them.
 *
 * @module
 */
import type { InfinibandDescription } from "../result.ts";
import { type Open, open } from "../topology/reading.ts";
import type { GpuDigest } from "./digest.ts";
import type { DigestedHost } from "./duplicates.ts";
import type { FleetRequest, HostLink } from "./fleet_result.ts";

/** What is asked of a host. */
export interface FleetMember {
  readonly name: string;
  readonly hostname: string;
  /** "unknown" where it is not told. */
  readonly bootId: string;
  readonly bareMetal: boolean;
  /** Such as "bare metal". */
  readonly environment: string;
  /** Null where the driver could not tell. */
  readonly gpus: readonly GpuDigest[] | null;
  /** Null where they could not be listed. */
  readonly infiniband: readonly InfinibandDescription[] | null;
}

/** What is asked of a fleet. */
export interface FleetReading {
  /** Those that are judged: different machines. */
  readonly hosts: readonly FleetMember[];
  /**
   * Those that are not judged and tell something of themselves all the same: a counterexample is one
   * there, too. No later result of the same machine is known to be judged.
   */
  readonly others: readonly FleetMember[];
  readonly links: readonly HostLink[];
  readonly request: FleetRequest | null;
  /** The names of hosts that were asked and of which nothing is judged, those of `others` too. */
  readonly missing: readonly string[];
}

/** The part of a host's digest that is asked. */
export function memberOf({ name, digest }: DigestedHost): FleetMember {
  const { told: { hostname, bareMetal, environment }, bootId, gpus, infiniband } = digest;
  return { name, hostname, bootId, bareMetal, environment, gpus, infiniband };
}

/** Whether a host's name is one that a scheduler gives its nodes. */
export function isNodeName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
}

/** The hosts on bare metal: a guest's driver tells of its own GPUs only. */
export function onBareMetal({ hosts }: FleetReading): FleetMember[] {
  return hosts.filter(({ bareMetal }) => bareMetal);
}

/** Whether the driver tells of a GPU that is a device as a whole, and has not lost it. */
export function isPhysical({ virtualizationMode, lost }: GpuDigest): boolean {
  return lost === null && virtualizationMode !== "vgpu";
}

/** The host's GPUs that are devices as a whole and work. */
export function physicalGpus({ gpus }: FleetMember): GpuDigest[] {
  return gpus?.filter(isPhysical) ?? [];
}

/** Why nothing is said of a fleet without GPUs on bare metal; null where it has any. */
export function withoutGpus(reading: FleetReading): Open | null {
  const { hosts } = reading;
  if (onBareMetal(reading).some((host) => physicalGpus(host).length > 0)) return null;
  const inGuest = hosts.find((host) => !host.bareMetal && physicalGpus(host).length > 0);
  return inGuest === undefined ? open("No host that is judged shows a GPU", "gpu") : open(
    `No host on bare metal that is judged shows a GPU: ${inGuest.name} runs ${inGuest.environment}`,
    "bare-metal",
  );
}
