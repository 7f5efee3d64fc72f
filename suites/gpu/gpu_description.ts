/**
 * GPUs as a result describes them.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { parseNvidiaSmiLog } from "../../runners/gpu/nvidia_smi_log.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { runNvidiaSmi } from "../../runners/gpu/nvidia_smi.ts";
import type { Host } from "../../runners/host.ts";
import type { GpuDescription, PciDescription } from "../result.ts";

/**
 * The host's GPUs; null where the driver could not tell. There is none only where `pci`, the host's
 * functions, has none of NVIDIA's either: a driver that is gone, or finds nothing, leaves the GPU there.
 */
export async function describeGpus(
  host: Host,
  pci: readonly PciDescription[] | null,
): Promise<readonly GpuDescription[] | null> {
  const gpus = await askDriver(host);
  return gpus?.length === 0 && (pci?.some(isNvidiaGpu) ?? true) ? null : gpus;
}

async function askDriver(host: Host): Promise<readonly GpuDescription[] | null> {
  try {
    const { gpus } = parseNvidiaSmiLog(await runNvidiaSmi(host, ["-q", "-x"]));
    return gpus.map(describeGpu);
  } catch (error) {
    if (error instanceof MissingTool) return [];
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** A display controller (class 03) of NVIDIA's. */
function isNvidiaGpu({ ids, classCode }: PciDescription): boolean {
  return (ids?.startsWith("10de:") ?? false) && (classCode?.startsWith("03") ?? true);
}

/** One GPU as a result describes it. */
export function describeGpu(gpu: GpuRecord): GpuDescription {
  const { name, uuid, vendorId, deviceId, link, memory, virtualizationMode, mig, lost, fabric } =
    gpu;
  return {
    name,
    uuid,
    pciIds: vendorId === null || deviceId === null ? null : `${vendorId}:${deviceId}`,
    linkGeneration: link.generation.max,
    linkWidth: link.width.max,
    memoryBytes: memory.totalBytes,
    virtualizationMode,
    mig: mig.current,
    lost,
    fabric,
  };
}
