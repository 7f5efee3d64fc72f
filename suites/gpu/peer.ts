/**
 * The GPU that a measured one copies to and from: of those that it reaches, one that NVLink joins first.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { parseDeviceQuery, type PeerAccess } from "../../runners/cuda/device_query.ts";
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import { connectionBetween, type GpuConnection } from "../../runners/gpu/gpu_topology.ts";
import type { Places } from "../places.ts";
import { nativeCuda } from "./cuda_place.ts";
import { gpuInventory, type GpuSubject, usable } from "./gpu_place.ts";
import { type NvlinkCapacity, nvlinkCapacity } from "./physics.ts";

/** What joins two GPUs. */
export interface PeerLink {
  /** Null where the topology does not tell. */
  readonly joinedBy: "nvlink" | "pcie" | null;
  /** What the NVLinks between the two carry; null where none joins them, or that is not told. */
  readonly nvlink: NvlinkCapacity | null;
}

/** The other GPU of a pair. */
export interface Peer extends PeerLink {
  readonly subject: GpuSubject;
}

const TIMEOUT_SECONDS = 120;

/**
 * The peer of a whole GPU; null where there is no other one, or CUDA says that it reaches none. Where
 * deviceQuery does not run, each is taken to be reached.
 */
export async function peerOf(places: Places, subject: GpuSubject): Promise<Peer | null> {
  const inventory = await gpuInventory(places);
  const others = usable(inventory).filter(({ isWhole, uuid }) => isWhole && uuid !== subject.uuid);
  if (!subject.isWhole || others.length === 0) return null;
  const reached = await reachedOf(places, subject, others);
  const peers = reached.map((other) => ({
    subject: other,
    ...linkOf(inventory, subject, connectionOf(inventory, subject, other)),
  }));
  const carried = ({ nvlink, joinedBy }: Peer) =>
    nvlink?.bytesPerSecond ?? (joinedBy === "nvlink" ? 1 : 0);
  const [peer] = peers.toSorted((left, right) => carried(right) - carried(left));
  return peer ?? null;
}

/** Those that CUDA says are reached from the subject, and reach it. */
async function reachedOf(
  places: Places,
  subject: GpuSubject,
  others: readonly GpuSubject[],
): Promise<readonly GpuSubject[]> {
  const access = await peerAccess(places, [subject, ...others]);
  if (access === null) return others;
  const reaches = (from: number, to: number) =>
    access.some((pair) => pair.from === from && pair.to === to && pair.access);
  return others.filter((_, index) => reaches(0, index + 1) && reaches(index + 1, 0));
}

/** What deviceQuery says of each pair, by their places in the list; null where it does not run. */
async function peerAccess(
  places: Places,
  gpus: readonly GpuSubject[],
): Promise<readonly PeerAccess[] | null> {
  try {
    const cuda = await nativeCuda(places);
    const { command } = await cuda.run({
      program: "deviceQuery",
      args: [],
      gpus: gpus.map(({ granted }) => granted),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    return parseDeviceQuery(command).peerAccess;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** How the topology joins two GPUs; null where it does not tell. */
function connectionOf(
  { topology, log }: GpuInventory,
  from: GpuSubject,
  to: GpuSubject,
): GpuConnection | null {
  // The matrix numbers GPUs as the log orders them, which holds where both tell of as many.
  const shown = topology?.devices.filter(({ kind }) => kind === "gpu") ?? [];
  if (topology === null || shown.length !== log.gpus.length) return null;
  const nameOf = ({ gpu }: GpuSubject) => shown[log.gpus.indexOf(gpu)]?.name ?? "";
  return connectionBetween(topology, nameOf(from), nameOf(to));
}

/** So many of the subject's links, which are alike. */
function linkOf(
  { nvlink }: GpuInventory,
  { gpu }: GpuSubject,
  connection: GpuConnection | null,
): PeerLink {
  if (connection === null || connection.kind === "unknown") return { joinedBy: null, nvlink: null };
  if (connection.kind !== "nvlink") return { joinedBy: "pcie", nvlink: null };
  const own = nvlink?.find(({ uuid }) => uuid === gpu.uuid);
  const capacity = own === undefined ? null : nvlinkCapacity(own);
  if (own === undefined || capacity === null) return { joinedBy: "nvlink", nvlink: null };
  const active = own.links.filter((link) => link.bandwidthBytesPerSecond !== null).length;
  const bytesPerSecond = capacity.bytesPerSecond * Math.min(1, connection.links / active);
  return { joinedBy: "nvlink", nvlink: { ...capacity, bytesPerSecond } };
}
