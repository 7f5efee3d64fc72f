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
import type { Places } from "../places.ts";
import { nativeCuda } from "./cuda_place.ts";
import { gpuInventory, type GpuSubject } from "./gpu_place.ts";
import { linkBytesPerSecond, negotiatedBytesPerSecond, nvlinkBytesPerSecond } from "./physics.ts";

/** Ceilings in bytes and floating-point operations per second; null where unknown. */
export interface Ceilings {
  readonly memoryBytesPerSecond: number | null;
  readonly flopsPerSecond: number | null;
  /** Of the PCIe link in its slot, one direction. */
  readonly linkBytesPerSecond: number | null;
  /** Of all NVLinks, one direction. */
  readonly nvlinkBytesPerSecond: number | null;
  /** Right after a run; null where not told. */
  readonly linkGeneration: number | null;
  readonly subject: GpuSubject;
}

const TIMEOUT_SECONDS = 60;

/** The ceilings of the subject. */
export async function ceilingsOf(places: Places, subject: GpuSubject): Promise<Ceilings> {
  const device = await deviceOf(places, subject);
  const { nvlink } = await gpuInventory(places);
  const links = nvlink?.find(({ uuid }) => uuid === subject.gpu.uuid);
  const whole = subject.isWhole;
  return {
    memoryBytesPerSecond: whole && device !== null ? memoryBandwidthCeiling(device) : null,
    flopsPerSecond: device === null ? null : arithmeticCeiling(device),
    linkBytesPerSecond: whole ? linkBytesPerSecond(subject.gpu.link) : null,
    nvlinkBytesPerSecond: whole && links !== undefined ? nvlinkBytesPerSecond(links) : null,
    linkGeneration: null,
    subject,
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

/** The share of its link that a copy had, as a sample's details; empty where unknown. */
export function linkDetails(ceilings: Ceilings, figure: number): Record<string, number> {
  const { subject, linkGeneration: generation } = ceilings;
  const link = subject.isWhole
    ? negotiatedBytesPerSecond(subject.gpu, { generation, figure })
    : null;
  return link === null ? {} : { linkBytesPerSecond: link };
}
