/**
 * The device nodes that a program must be able to open to use a MIG instance: one of its GPU instance,
 * one of its compute instance.
 *
 * Source: the NVIDIA Multi-Instance GPU user guide, "Device nodes and capabilities" (`/dev`-based).
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { GpuRecord } from "./nvidia_smi_records.ts";

/** The nodes of a MIG device by its GPU's minor number and its index: `"0/1"`. */
export type MigNodes = Readonly<Record<string, readonly string[]>>;

/** Reads where the driver has the nodes of each MIG device; without an entry where it does not tell. */
export async function readMigNodes(host: Host, gpus: readonly GpuRecord[]): Promise<MigNodes> {
  const nodes: Record<string, readonly string[]> = {};
  for (const { minorNumber: minor, mig, migDevices } of gpus) {
    if (mig.current !== true || minor === null) continue;
    for (const { index, gpuInstanceId, computeInstanceId } of migDevices) {
      const instance = `/proc/driver/nvidia/capabilities/gpu${minor}/mig/gi${gpuInstanceId}`;
      const paths = [`${instance}/access`, `${instance}/ci${computeInstanceId}/access`];
      const found = await Promise.all(paths.map(async (path) => nodeIn(await host.readText(path))));
      const known = found.filter((node) => node !== null);
      if (known.length === paths.length) nodes[migKey(minor, index)] = known;
    }
  }
  return nodes;
}

/** The key of a MIG device in {@linkcode MigNodes}. */
export function migKey(minor: number | null, index: number | null): string {
  return `${minor}/${index}`;
}

/** `DeviceFileMinor: 3`, in a file of a few such lines. */
function nodeIn(text: string | null): string | null {
  const minor = /^DeviceFileMinor:\s*(\d+)$/m.exec(text ?? "")?.[1];
  return minor === undefined ? null : `/dev/nvidia-caps/nvidia-cap${minor}`;
}
