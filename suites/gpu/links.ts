/**
 * The links of GPUs, by what both of their ends can do: one that is not used runs below that.
 *
 * @module
 */
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { few, gigabytes, open, type Reading } from "../topology/reading.ts";
import { type GpuReading, lostOne, working } from "./gpu_reading.ts";
import { linkBytesPerSecond, nvlinkBytesPerSecond } from "./physics.ts";

const CLAIMED_GENERATIONS = [3, 4];
const CLAIMED_LANES = 16;
/** PCIe 3.0 x16 carries 15.75 GB/s, which the document rounds to 16. */
const PCIE_BYTES_PER_SECOND = { least: 15.7e9, most: 32e9 };
const NVLINK_BYTES_PER_SECOND = { least: 300e9, most: 600e9 };
/** Both directions together, as NVLink is sold. */
const DIRECTIONS = 2;

/** "each GPU's host interface is PCIe 3.0 or 4.0 with 16 lanes" */
export function pcie3Or4(reading: GpuReading): Reading {
  return ofPhysicalLinks(reading, (links) => ({
    value: links.every(({ generation, lanes }) =>
      CLAIMED_GENERATIONS.includes(generation) && lanes === CLAIMED_LANES
    ),
    seen: `The GPUs' host interfaces are ${
      few([...new Set(links.map(({ generation, lanes }) => `PCIe ${generation}.0 x${lanes}`))])
    }`,
  }));
}

/** "each GPU's PCIe link carries 16 to 32 GB/s" */
export function pcie16To32(reading: GpuReading): Reading {
  const { least, most } = PCIE_BYTES_PER_SECOND;
  return ofPhysicalLinks(reading, (links) => ({
    value: links.every(({ bytesPerSecond: rate }) => rate >= least && rate <= most),
    seen: `The GPUs' PCIe links carry ${
      few([...new Set(links.map(({ bytesPerSecond }) => gigabytes(bytesPerSecond)))])
    } in one direction`,
  }));
}

/** "a GPU's NVLinks carry 300 to 600 GB/s, both directions together" */
export function nvlink300To600({ gpus }: GpuReading): Reading {
  if (gpus.log.gpus.length < 2) return open("This host has one GPU", "gpus");
  const rates = gpus.nvlink?.map(nvlinkBytesPerSecond).filter((rate) => rate !== null) ?? [];
  if (rates.length === 0) return open("No NVLink of a GPU is active here", "gpus");
  const both = rates.map((rate) => rate * DIRECTIONS);
  const { least, most } = NVLINK_BYTES_PER_SECOND;
  return {
    value: both.every((rate) => rate >= least && rate <= most),
    seen: `A GPU's NVLinks carry ${
      few([...new Set(both.map(gigabytes))])
    }, both directions together`,
  };
}

/** A link that a device and its slot could have. */
interface PossibleLink {
  readonly generation: number;
  readonly lanes: number;
  readonly bytesPerSecond: number;
}

function ofPhysicalLinks(
  reading: GpuReading,
  answer: (links: readonly PossibleLink[]) => Reading,
): Reading {
  const lost = lostOne(reading);
  if (lost !== null) return lost;
  const gpus = working(reading.gpus);
  if (gpus.some(({ virtualizationMode }) => virtualizationMode === "vgpu")) {
    return open("A vGPU has no link of its own", "gpu");
  }
  const links = gpus.map(possibleLink);
  const known = links.filter((link) => link !== null);
  return known.length === links.length && known.length > 0
    ? answer(known)
    : open("The driver does not tell the generation and width of a GPU's link", "gpu");
}

function possibleLink({ link }: GpuRecord): PossibleLink | null {
  const { generation: { max: generation }, width } = link;
  const lanes = width.max;
  const bytesPerSecond = linkBytesPerSecond({ ...link, width: { ...width, current: null } });
  if (generation === null || lanes === null || bytesPerSecond === null) return null;
  return { generation, lanes, bytesPerSecond };
}
