/**
 * The links of GPUs, by what both of their ends can do: one that is not used runs below that.
 *
 * @module
 */
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { few, gigabytes, type Open, open, type Reading } from "../topology/reading.ts";
import { type GpuReading, lostOne, working } from "./gpu_reading.ts";
import { nvlinkCapacity, pcieBytesPerSecond, pcieGeneration } from "./physics.ts";

const CLAIMED_GENERATIONS = [3, 4];
const CLAIMED_LANES = 16;
/** PCIe 3.0 x16 carries 15.75 GB/s, which the document rounds to 16. */
const PCIE_BYTES_PER_SECOND = { least: 15.7e9, most: 32e9 };
const NVLINK_BYTES_PER_SECOND = { least: 300e9, most: 600e9 };
/** Both directions together, as NVLink is sold. */
const DIRECTIONS = 2;

/** "each GPU's host interface is PCIe 3.0 or 4.0 with 16 lanes" */
export function pcie3Or4(reading: GpuReading): Reading {
  const gpus = physicalGpus(reading);
  if ("value" in gpus) return gpus;
  const interfaces = gpus.map((gpu) => hostInterface(reading, gpu));
  const known = interfaces.filter((own) => own !== null);
  if (known.length < interfaces.length) {
    return open("Nothing tells which generation and width a GPU itself is capable of");
  }
  return {
    value: known.every(({ generation, lanes }) =>
      CLAIMED_GENERATIONS.includes(generation) && lanes === CLAIMED_LANES
    ),
    seen: `The GPUs' own host interfaces are ${
      few([...new Set(known.map(({ generation, lanes }) => `PCIe ${generation}.0 x${lanes}`))])
    }`,
  };
}

/** "each GPU's PCIe link carries 16 to 32 GB/s" */
export function pcie16To32(reading: GpuReading): Reading {
  const gpus = physicalGpus(reading);
  if ("value" in gpus) return gpus;
  const links = gpus.map((gpu) => ({ gpu, lanes: lanesOfBothEnds(reading, gpu) }));
  const narrow = links.find(({ gpu, lanes }) =>
    (gpu.link.width.current ?? Infinity) < (lanes ?? 0)
  );
  if (narrow !== undefined) {
    const { link: { width }, busId } = narrow.gpu;
    const why = "it was trained down, or the GPU saves power";
    const seen = `The link of ${busId} uses ${width.current} of ${narrow.lanes} lanes now: ${why}`;
    return { ...open(seen), inDoubt: true };
  }
  const rates = links.map(({ gpu, lanes }) => pcieBytesPerSecond(gpu.link.generation.max, lanes));
  const known = rates.filter((rate) => rate !== null);
  if (known.length < rates.length) {
    return open("The driver does not tell the generation and width of a GPU's link");
  }
  const { least, most } = PCIE_BYTES_PER_SECOND;
  return {
    value: known.every((rate) => rate >= least && rate <= most),
    seen: `The GPUs' PCIe links carry ${few([...new Set(known.map(gigabytes))])} in one direction`,
  };
}

/** "a GPU's NVLinks carry 300 to 600 GB/s, both directions together" */
export function nvlink300To600(reading: GpuReading): Reading {
  const { log, nvlink } = reading.gpus;
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  if (log.gpus.length < 2) return open("This host has one GPU", "gpus");
  if (nvlink === null) return open("nvidia-smi nvlink -s told nothing");
  const capacities = nvlink.map(nvlinkCapacity).filter((capacity) => capacity !== null);
  if (capacities.length === 0) return open("No NVLink of a GPU is active here");
  const both = capacities.map(({ bytesPerSecond }) => bytesPerSecond * DIRECTIONS);
  const shown = few([...new Set(both.map(gigabytes))]);
  if (!capacities.every(({ known }) => known)) {
    return open(`What of ${shown} of signals a GPU's NVLinks carry is not known here`);
  }
  const { least, most } = NVLINK_BYTES_PER_SECOND;
  return {
    value: both.every((rate) => rate >= least && rate <= most),
    seen: `A GPU's NVLinks carry ${shown}, both directions together`,
  };
}

/** All GPUs, where each is a physical one that answers. */
function physicalGpus(reading: GpuReading): readonly GpuRecord[] | Open {
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  const gpus = working(reading.gpus);
  if (gpus.length === 0) return open("No GPU is told of", "gpu");
  return gpus.some(({ virtualizationMode }) => virtualizationMode === "vgpu")
    ? open("A vGPU has no link of its own", "bare-metal")
    : gpus;
}

/** What a GPU itself is capable of, whatever its slot is. */
function hostInterface(
  { host }: GpuReading,
  { busId, link }: GpuRecord,
): { readonly generation: number; readonly lanes: number } | null {
  const own = host.pci.find(({ address }) => address === busId)?.greatestLink ?? null;
  const generation = link.generation.deviceMax ?? (own === null ? null : pcieGeneration(own));
  const lanes = own?.lanes ?? link.width.max;
  return generation === null || lanes === null ? null : { generation, lanes };
}

/** The lanes that the GPU and the port above it both have; null where nothing tells. */
function lanesOfBothEnds({ host }: GpuReading, { busId, link }: GpuRecord): number | null {
  const own = host.pci.find(({ address }) => address === busId);
  const port = host.pci.find(({ address }) => address === own?.upstream.at(-1));
  const lanes = [link.width.max, own?.greatestLink?.lanes, port?.greatestLink?.lanes]
    .filter((width) => width !== null && width !== undefined);
  return lanes.length === 0 ? null : Math.min(...lanes);
}
