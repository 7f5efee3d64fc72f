/**
 * What the measured GPU can do at most, from its own figures; unknown where only a part of it is
 * visible.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import {
  arithmeticCeiling,
  memoryBandwidthCeiling,
  parseDeviceQuery,
} from "../../runners/cuda/device_query.ts";
import type { CudaDevice } from "../../runners/cuda/device_query.ts";
import type { GpuLink } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Places } from "../places.ts";
import { nativeCuda } from "./cuda_place.ts";
import type { GpuSubject } from "./gpu_place.ts";
import type { PeerLink } from "./peer.ts";
import { linkBytesPerSecond, negotiatedBytesPerSecond } from "./physics.ts";

/** Ceilings in bytes and floating-point operations per second; null where unknown. */
export interface Ceilings {
  readonly memoryBytesPerSecond: number | null;
  readonly flopsPerSecond: number | null;
  /** Of the PCIe link in its slot, one direction. */
  readonly linkBytesPerSecond: number | null;
  /** What joins it and the peer that is measured; null without one. */
  readonly peer: PeerLink | null;
  /** Of the link right after a run, and its lanes; null where not told. */
  readonly linkGeneration: number | null;
  readonly linkWidth: number | null;
  /** Null where copies need not go over it. */
  readonly link: GpuLink | null;
}

const TIMEOUT_SECONDS = 60;

/** Processor and GPU of one module, which copy to each other by NVLink. */
const ONE_MODULE = /\bG[HB]\d{2,3}\b/;

/**
 * The PCIe link that copies to and from the subject go over. A guest is told of the port that its
 * hypervisor plays, which the copies never see.
 */
function linkOf({ options }: Places, { gpu, isWhole }: GpuSubject): GpuLink | null {
  return isWhole && options.bareMetal && !ONE_MODULE.test(gpu.name ?? "") ? gpu.link : null;
}

/** The ceilings of the subject. */
export async function ceilingsOf(places: Places, subject: GpuSubject): Promise<Ceilings> {
  const device = await deviceOf(places, subject);
  const whole = subject.isWhole;
  const link = linkOf(places, subject);
  return {
    memoryBytesPerSecond: whole && device !== null ? memoryBandwidthCeiling(device) : null,
    flopsPerSecond: device === null ? null : arithmeticCeiling(device),
    linkBytesPerSecond: link === null ? null : linkBytesPerSecond(link),
    peer: null,
    linkGeneration: null,
    linkWidth: null,
    link,
  };
}

/** What deviceQuery tells of the subject, asked once; null where it does not run. */
export function deviceOf(
  places: Places,
  { uuid, granted }: GpuSubject,
): Promise<CudaDevice | null> {
  return places.once(`device ${uuid}`, async () => {
    try {
      const cuda = await nativeCuda(places);
      const request = { program: "deviceQuery", args: [], gpus: [granted] } as const;
      const { command } = await cuda.run({ ...request, timeoutSeconds: TIMEOUT_SECONDS });
      return parseDeviceQuery(command).devices[0] ?? null;
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  });
}

/** The capacity of the link that a copy went over, as a sample's details; empty where unknown. */
export function linkDetails(
  { link, linkGeneration: generation, linkWidth: width }: Ceilings,
  figure: number,
): Record<string, number> {
  const after = { generation, width, figure };
  const most = link === null ? null : negotiatedBytesPerSecond({ link }, after);
  return most === null ? {} : { linkBytesPerSecond: most };
}
