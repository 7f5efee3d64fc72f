/**
 * Reads `nvidia-smi vgpu -q` and `nvidia-smi vgpu -ss`: what guests have of the GPUs, and how the
 * GPUs are shared out.
 *
 * Source: the NVIDIA vGPU software's user guide, "Monitoring GPU Performance" and "Changing
 * Scheduling Behavior".
 *
 * @module
 */
import { bytes, count, pciAddress, told } from "./nvidia_smi_values.ts";

/** One active vGPU: what a guest has of a GPU. */
export interface VgpuRecord {
  readonly id: number;
  readonly vmUuid: string | null;
  readonly vmName: string | null;
  /** The vGPU's type by name: "GRID A100-10C". */
  readonly typeName: string | null;
  readonly typeId: number | null;
  readonly uuid: string | null;
  /** Null while the guest has loaded no driver. */
  readonly guestDriverVersion: string | null;
  /** As told: "Licensed (Expiry: …)", "Unlicensed". */
  readonly licenseStatus: string | null;
  /** The GPU instance that it is on; null where the GPU is not partitioned. */
  readonly gpuInstanceId: number | null;
  readonly framebufferTotalBytes: number | null;
  readonly framebufferUsedBytes: number | null;
}

/** The vGPUs of one GPU. */
export interface GpuVgpus {
  /** As the kernel writes it: "0000:65:00.0". */
  readonly busId: string;
  /** The number of them that is told, which the list may not reach. */
  readonly active: number | null;
  readonly vgpus: readonly VgpuRecord[];
  /** As told ("Best Effort", "Equal Share"); null where not told. */
  readonly schedulerPolicy: string | null;
}

/** A line with what stands indented below it. */
interface Entry {
  readonly indent: number;
  readonly key: string;
  readonly value: string | null;
  readonly entries: Entry[];
}

/** Reads either listing; empty where no GPU is told of. */
export function parseVgpus(text: string): readonly GpuVgpus[] {
  return outline(text).map((gpu) => {
    const busId = pciAddress(/^GPU (\S+)$/.exec(gpu.key)?.[1] ?? null);
    return busId === null ? null : gpuVgpus(busId, gpu.entries);
  }).filter((gpu) => gpu !== null);
}

function gpuVgpus(busId: string, entries: readonly Entry[]): GpuVgpus {
  return {
    busId,
    active: count(valueAt(entries, "Active vGPUs")),
    vgpus: entries.map(vgpu).filter((record) => record !== null),
    schedulerPolicy: told(valueAt(entries, "Scheduler Policy")),
  };
}

function vgpu({ key, value, entries }: Entry): VgpuRecord | null {
  const id = key === "vGPU ID" ? count(value) : null;
  if (id === null) return null;
  const framebuffer = entries.find((entry) => entry.key === "FB Memory Usage")?.entries ?? [];
  return {
    id,
    vmUuid: told(valueAt(entries, "VM UUID")),
    vmName: told(valueAt(entries, "VM Name")),
    typeName: told(valueAt(entries, "vGPU Name")),
    typeId: count(valueAt(entries, "vGPU Type")),
    uuid: told(valueAt(entries, "vGPU UUID")),
    guestDriverVersion: told(valueAt(entries, "Guest Driver Version")),
    licenseStatus: license(valueAt(entries, "License Status") ?? valueAt(entries, "License")),
    gpuInstanceId: count(valueAt(entries, "GPU Instance ID")),
    framebufferTotalBytes: bytes(valueAt(framebuffer, "Total")),
    framebufferUsedBytes: bytes(valueAt(framebuffer, "Used")),
  };
}

/** Also "N/A (Expiry: N/A)" tells of none. */
function license(text: string | null): string | null {
  return told(text?.replace(/ \(.*$/, "") ?? null) === null ? null : text;
}

function valueAt(entries: readonly Entry[], key: string): string | null {
  return entries.find((entry) => entry.key === key)?.value ?? null;
}

/** The lines as a tree, by their indentation. */
function outline(text: string): Entry[] {
  const roots: Entry[] = [];
  const open: Entry[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const indent = line.length - line.trimStart().length;
    const [key = "", value = null] = line.trim().split(/\s+: (.*)/);
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const entry: Entry = { indent, key, value, entries: [] };
    (open.at(-1)?.entries ?? roots).push(entry);
    open.push(entry);
  }
  return roots;
}
