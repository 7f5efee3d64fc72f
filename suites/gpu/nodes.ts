/**
 * GPUs as the operating system shows them: nodes, drivers and memory.
 *
 * @module
 */
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Inventory } from "../../runners/inventory/inventory.ts";
import { few, gigabytes, open, type Reading } from "../topology/reading.ts";
import { type GpuReading, lostOne, nvidiaFunctions, working } from "./gpu_reading.ts";

/** The major number of NVIDIA's character devices, and the minor one of its control node. */
const NVIDIA_MAJOR = 195;
const CONTROL_MINOR = 255;
const CONTROL_NODE = "/dev/nvidiactl";
/** As GPUs are sold: 24 GB are 24 GiB, of which the driver keeps a little back. */
const MEMORY_BYTES = { least: 8e9, most: 24 * 2 ** 30 };

/** "each GPU is a device node, such as /dev/nvidia0" */
export function deviceNode(reading: GpuReading): Reading {
  const gpus = working(reading.gpus);
  const nodes = gpus.map((gpu) => nodeOf(reading.host, gpu));
  const found = nodes.filter((node) => node !== null);
  return lostOne(reading) ?? {
    value: found.length === gpus.length && gpus.length > 0,
    seen: `${found.length} of ${gpus.length} GPUs have a node: ${few(found) || "none"}`,
  };
}

/** "/dev/nvidiactl is there, beside the GPUs' own nodes" */
export function controlNode({ host: { nodes } }: GpuReading): Reading {
  const node = nodes.find(({ path }) => path === CONTROL_NODE);
  const is = node?.kind === "character" && node.major === NVIDIA_MAJOR &&
    node.minor === CONTROL_MINOR;
  const numbers = node === undefined
    ? "is not there"
    : `is ${node.kind} ${node.major}:${node.minor}`;
  return { value: is, seen: `${CONTROL_NODE} ${numbers}` };
}

/** "each GPU is a PCI device that NVIDIA's driver drives as a whole" */
export function physicalGpu(reading: GpuReading): Reading {
  const functions = nvidiaFunctions(reading.host);
  const gpus = working(reading.gpus);
  const shown = gpus.map((gpu) => {
    const own = functions.find(({ address }) => address === gpu.busId);
    const isPhysical = gpu.virtualizationMode !== "vgpu" && own?.driver === "nvidia" &&
      own.device === gpu.deviceId;
    const ids = `${own?.vendor ?? "?"}:${own?.device ?? "?"}`;
    return { isPhysical, text: `${gpu.busId} is ${ids}, driven by ${own?.driver ?? "nothing"}` };
  });
  return lostOne(reading) ?? {
    value: shown.length > 0 && shown.every(({ isPhysical }) => isPhysical),
    seen: few(shown.map(({ text }) => text)) || "No GPU is here",
  };
}

/** "each GPU has 8 to 24 GB of memory" */
export function memory8To24(reading: GpuReading): Reading {
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  const gpus = working(reading.gpus);
  if (gpus.some(({ virtualizationMode }) => virtualizationMode === "vgpu")) {
    return open("A vGPU has only a part of a GPU's memory", "gpu");
  }
  const bytes = gpus.flatMap(({ memory }) => memory.totalBytes ?? []);
  if (bytes.length < gpus.length || gpus.length === 0) {
    return open("The driver does not tell a GPU's memory", "gpu");
  }
  const { least, most } = MEMORY_BYTES;
  return {
    value: bytes.every((size) => size >= least && size <= most),
    seen: `The GPUs have ${
      few([...new Set(bytes.map((size) => gigabytes(size).replace("/s", "")))])
    }`,
  };
}

/** The node of a GPU, by the minor number that its driver tells. */
export function nodeOf(
  { nodes }: Pick<Inventory, "nodes">,
  { minorNumber }: GpuRecord,
): string | null {
  const node = nodes.find(({ kind, major, minor, path }) =>
    kind === "character" && major === NVIDIA_MAJOR && minor === minorNumber &&
    path === `/dev/nvidia${minorNumber}`
  );
  return node?.path ?? null;
}
