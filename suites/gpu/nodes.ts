/**
 * GPUs as the operating system shows them: nodes, drivers and memory.
 *
 * @module
 */
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Inventory } from "../../runners/inventory/inventory.ts";
import { few, open, type Reading } from "../topology/reading.ts";
import { type GpuReading, lostOne, NVIDIA_DRIVER, working } from "./gpu_reading.ts";

/** The major number of NVIDIA's character devices, and the minor one of its control node. */
const NVIDIA_MAJOR = 195;
const CONTROL_MINOR = 255;
const CONTROL_NODE = "/dev/nvidiactl";
const GIBIBYTE = 2 ** 30;
/** As GPUs are sold: 8 GB are 8 GiB, of which error correction and the driver keep up to 8 % back. */
const MEMORY_BYTES = { least: 0.92 * 8 * GIBIBYTE, most: 24 * GIBIBYTE };

/** "each GPU is a device node, such as /dev/nvidia0" */
export function deviceNode(reading: GpuReading): Reading {
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  const gpus = working(reading.gpus);
  if (gpus.length === 0) return open("No GPU is told of", "gpu");
  if (gpus.some(({ minorNumber }) => minorNumber === null)) {
    return open("The driver does not tell which minor number a GPU's node has");
  }
  const found = gpus.flatMap((gpu) => nodeOf(reading.host, gpu) ?? []);
  return {
    value: found.length === gpus.length,
    seen: `${found.length} of ${gpus.length} GPUs ${found.length === 1 ? "has" : "have"} a node: ${
      few(found) || "none"
    }`,
  };
}

/** "/dev/nvidiactl is there, beside the GPUs' own nodes" */
export function controlNode({ host: { nodes } }: GpuReading): Reading {
  const node = nodes.find(({ path }) => path === CONTROL_NODE);
  const is = node?.kind === "character" && node.major === NVIDIA_MAJOR &&
    node.minor === CONTROL_MINOR;
  const numbers = node === undefined
    ? "is not there"
    : `is a ${node.kind} device ${node.major}:${node.minor}`;
  return { value: is, seen: `${CONTROL_NODE} ${numbers}` };
}

/** "each GPU is a PCI device that NVIDIA's driver drives as a whole" */
export function physicalGpu(reading: GpuReading): Reading {
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  const gpus = working(reading.gpus);
  if (gpus.length === 0) return open("No GPU is told of", "gpu");
  if (gpus.some(({ virtualizationMode }) => virtualizationMode === "vgpu")) {
    return open("A vGPU is no GPU as a whole", "bare-metal");
  }
  if (gpus.some(({ busId, deviceId }) => busId === null || deviceId === null)) {
    return open("The driver does not tell which PCI device a GPU is");
  }
  const shown = gpus.map((gpu) => {
    const own = reading.host.pci.find(({ address }) => address === gpu.busId);
    const isPhysical = own?.driver === NVIDIA_DRIVER && own.physicalFunction === null &&
      own.vendor === gpu.vendorId && own.device === gpu.deviceId;
    const ids = own === undefined ? "no PCI device" : `${own.vendor}:${own.device}`;
    return { isPhysical, text: `${gpu.busId} is ${ids}, driven by ${own?.driver ?? "nothing"}` };
  });
  return {
    value: shown.every(({ isPhysical }) => isPhysical),
    seen: few(shown.map(({ text }) => text)),
  };
}

/** "each GPU has 8 to 24 GB of memory" */
export function memory8To24(reading: GpuReading): Reading {
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  const gpus = working(reading.gpus);
  if (gpus.some(({ virtualizationMode }) => virtualizationMode === "vgpu")) {
    return open("A vGPU has only a part of a GPU's memory", "bare-metal");
  }
  const bytes = gpus.flatMap(({ memory }) => memory.totalBytes ?? []);
  if (bytes.length < gpus.length || gpus.length === 0) {
    return open("The driver does not tell a GPU's memory");
  }
  const { least, most } = MEMORY_BYTES;
  return {
    value: bytes.every((size) => size >= least && size <= most),
    seen: `${bytes.length === 1 ? "The GPU has" : "The GPUs each have"} ${
      few([...new Set(bytes.map(gibibytes))])
    } of memory`,
  };
}

/** A size as memory is sold: "24 GiB", "22.5 GiB". */
export function gibibytes(bytes: number): string {
  return `${Number((bytes / GIBIBYTE).toFixed(1))} GiB`;
}

/** The node of a GPU, by the minor number that its driver tells. */
export function nodeOf(
  { nodes }: Pick<Inventory, "nodes">,
  { minorNumber }: GpuRecord,
): string | null {
  if (minorNumber === null) return null;
  const node = nodes.find(({ kind, major, minor, path }) =>
    kind === "character" && major === NVIDIA_MAJOR && minor === minorNumber &&
    path === `/dev/nvidia${minorNumber}`
  );
  return node?.path ?? null;
}
