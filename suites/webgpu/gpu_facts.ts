/**
 * What CUDA and NVIDIA's own tools tell of the GPU, beside what WebGPU tells of it.
 *
 * @module
 */
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

/** The host's GPU; null where none of its maker's tools tells of one. */
export function gpuFacts(_places: Places): Promise<GpuFacts | null> {
  return Promise.resolve(null);
}
