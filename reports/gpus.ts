/**
 * GPUs, and the run that this one is compared with, in words.
 *
 * @module
 */
import type { Baseline, GpuDescription, Result } from "../suites/result.ts";
import { gibibytes, minuteInUtc } from "./units.ts";

/** A GPU in a line, by what its driver tells: `"NVIDIA X9000, PCIe 5.0 x16, 80 GiB"`. */
export function gpuInWords(gpu: GpuDescription): string {
  const { name, uuid, linkGeneration, linkWidth, memoryBytes, virtualizationMode, mig, lost } = gpu;
  const isVirtual = virtualizationMode !== null && virtualizationMode !== "none";
  return [
    name ?? "a GPU of unknown name",
    ...(linkGeneration === null || linkWidth === null
      ? []
      : [`PCIe ${linkGeneration}.0 x${linkWidth}`]),
    ...(memoryBytes === null ? [] : [gibibytes(memoryBytes)]),
    ...(isVirtual ? [`virtualization mode ${virtualizationMode}`] : []),
    ...(mig === true ? ["divided by MIG"] : []),
    ...(uuid === null ? [] : [uuid]),
    ...(lost === null ? [] : [`LOST: ${lost}`]),
  ].join(", ");
}

/** A line for each GPU; one that says so where the driver could not tell; none where there is none. */
export function gpuLines({ gpus }: Result["host"]): string[] {
  if (gpus === null) return ["NVIDIA's driver could not tell which GPUs this host has"];
  return gpus.map((gpu, index) => `GPU ${index}: ${gpuInWords(gpu)}`);
}

/** The run on bare metal in a line; none where there is none. */
export function baselineLines(baseline: Baseline | null): string[] {
  if (baseline === null) return [];
  const { source, startedAt, hostname, environment, gpus, synthetic } = baseline;
  const names = [...new Set(gpus.map(({ name }) => name ?? "a GPU of unknown name"))];
  return [
    [
      `Compared with ${source}: ${hostname} (${environment}), ${minuteInUtc(startedAt)}`,
      names.length === 0 ? "no GPU" : names.join(" and "),
      ...(synthetic ? ["SYNTHETIC: made by hand, no machine gave its figures"] : []),
    ].join(", "),
  ];
}
