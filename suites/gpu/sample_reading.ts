/**
 * Readings of GPU hosts for tests: each GPU is a PCI device below a port of its own, with its node, and
 * the driver tells the same.
 *
 * @module
 */
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import type { GpuConnection, GpuTopology } from "../../runners/gpu/gpu_topology.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { sampleGpu, sampleLog } from "../../runners/gpu/nvidia_smi_samples.ts";
import type { DeviceNode, Inventory, PciFunction } from "../../runners/inventory/inventory.ts";
import { inventoryOf, linkOf, pciFunction } from "../topology/sample_inventory.ts";
import type { GpuReading } from "./gpu_reading.ts";

/** A GPU on the bus of its number. */
export function gpuAt(bus: number, given: Partial<GpuRecord> = {}): GpuRecord {
  const hex = bus.toString(16).padStart(2, "0");
  return sampleGpu(bus, {
    busId: `0000:${hex}:00.0`,
    uuid: `GPU-000000${hex}-0000-4000-8000-000000000000`,
    name: "NVIDIA X",
    minorNumber: bus - 1,
    ...given,
  });
}

/** A host of these GPUs, but for what is given. */
export function readingOf(
  gpus: readonly GpuRecord[],
  { inventory = {}, host = {}, migRefusal = null }: {
    readonly inventory?: Partial<GpuInventory>;
    readonly host?: Partial<Inventory>;
    readonly migRefusal?: string | null;
  } = {},
): GpuReading {
  return {
    gpus: {
      log: sampleLog(gpus),
      list: [],
      topology: matrixOf(gpus.length, { kind: "SYS" }),
      nvlink: [],
      vgpus: [],
      texts: {},
      migNodes: {},
      problems: [],
      ...inventory,
    },
    host: inventoryOf({
      pci: gpus.flatMap(functionsOf),
      nodes: [node("/dev/nvidiactl", 255), ...gpus.flatMap(nodesOf)],
      ...host,
    }),
    migRefusal,
  };
}

/** A matrix of GPUs that are all joined in one way. */
export function matrixOf(count: number, way: GpuConnection): GpuTopology {
  const names = Array.from({ length: count }, (_, index) => `GPU${index}`);
  const row = (from: string) =>
    Object.fromEntries(names.map((to) => [to, from === to ? { kind: "self" } as const : way]));
  return {
    devices: names.map((name) => (
      { name, kind: "gpu", cpuAffinity: null, numaAffinity: null }
    )),
    connections: Object.fromEntries(names.map((name) => [name, row(name)])),
    nicNames: {},
  };
}

/** A GPU as sysfs shows it, driven by NVIDIA's driver unless something else is given. */
export function gpuFunction(address: string, given: Partial<PciFunction> = {}): PciFunction {
  return pciFunction(portOf(address) + "/" + address, {
    classCode: "030200",
    vendor: "10de",
    device: "2330",
    driver: "nvidia",
    greatestLink: linkOf(32, 16),
    ...given,
  });
}

function portOf(address: string): string {
  return address.replace(/:00\.0$/, ":1f.0");
}

function functionsOf({ busId }: GpuRecord): PciFunction[] {
  if (busId === null) return [];
  const port = pciFunction(portOf(busId), { classCode: "060400", greatestLink: linkOf(64, 16) });
  return [port, gpuFunction(busId)];
}

function nodesOf({ minorNumber: minor }: GpuRecord): DeviceNode[] {
  return minor === null ? [] : [node(`/dev/nvidia${minor}`, minor)];
}

/** A character device of NVIDIA's driver. */
export function node(path: string, minor: number): DeviceNode {
  return { path, kind: "character", major: 195, minor };
}
