/**
 * What CUDA and NVIDIA's own tools tell of the GPU, beside what WebGPU tells of it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { deviceOf } from "../gpu/ceilings.ts";
import { gpuSubject } from "../gpu/gpu_place.ts";
import type { Places } from "../places.ts";

/** What CUDA lets one kernel have of a device. */
export interface DeviceLimits {
  /** Shared memory of one block, as far as it is there without asking. */
  readonly sharedMemoryPerBlockBytes: number;
  readonly maxThreadsPerBlock: number;
  /** Largest block in x, y and z. */
  readonly maxThreadsDim: readonly [number, number, number];
  readonly globalMemoryBytes: number;
}

/** One GPU, by the name under which its maker's tools know it. */
export interface GpuFacts {
  readonly name: string;
  /** Null where no tool tells it. */
  readonly deviceMemoryBytes: number | null;
  /** Null where CUDA does not run here. */
  readonly limits: DeviceLimits | null;
}

/** The GPU that is measured; null where no tool of its maker tells of one, or only of a part of it. */
export async function gpuFacts(places: Places): Promise<GpuFacts | null> {
  try {
    const subject = await gpuSubject(places);
    const { name, memory } = subject.gpu;
    if (name === null || !subject.isWhole) return null;
    const limits = await deviceOf(places, subject);
    return { name, deviceMemoryBytes: memory.totalBytes, limits };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
