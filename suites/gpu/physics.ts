/**
 * What a GPU and its links can do at most: a figure above this is a failed measurement.
 *
 * @module
 */
import type { GpuLink, GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { parsePciLink, type PciLink } from "../../runners/inventory/inventory_pci.ts";
import type { GpuNvlinks } from "../../runners/gpu/nvlink.ts";

/** Gigatransfers per second of a lane, by generation from 1 on. */
const RATES = [2.5, 5, 8, 16, 32, 64];

/** What a PCIe link carries in one direction; null for an unknown generation or width. */
export function pcieBytesPerSecond(
  generation: number | null,
  lanes: number | null,
): number | null {
  const rate = generation === null ? undefined : RATES[generation - 1];
  if (rate === undefined || lanes === null) return null;
  return parsePciLink(`${rate} GT/s`, `${lanes}`)?.bytesPerSecond ?? null;
}

/** The generation of PCI Express that a link's rate is of; null for a rate of none. */
export function pcieGeneration({ transfersPerSecond }: PciLink): number | null {
  const index = RATES.indexOf(transfersPerSecond / 1e9);
  return index < 0 ? null : index + 1;
}

/** What a GPU's link can carry in one direction, in its slot: no copy is faster. */
export function linkBytesPerSecond({ generation, width }: GpuLink): number | null {
  return pcieBytesPerSecond(generation.max, width.max ?? width.current);
}

/** A link as it was told right after a run. */
export interface LinkAfterRun {
  readonly generation: number | null;
  /** Lanes; where it is absent, those that were told when the GPU was idle. */
  readonly width?: number | null;
  /** What the run copied, in bytes per second. */
  readonly figure: number;
}

/**
 * What the link carried at most, in one direction, as it was negotiated during a run. A link that is not
 * used falls back to a lower generation: so one that is told to be slower than the figure was faster
 * before, and of one that is slower than it could be, and not shown to be faster, nothing is known.
 */
export function negotiatedBytesPerSecond(
  { link }: Pick<GpuRecord, "link">,
  { generation, width, figure }: LinkAfterRun,
): number | null {
  const lanes = width ?? link.width.current ?? link.width.max;
  const told = pcieBytesPerSecond(generation, lanes);
  if (told === null) return null;
  if (figure > told) return linkBytesPerSecond(link);
  return generation === link.generation.max ? told : null;
}

/**
 * What an NVLink carries in one direction, by the rate that nvidia-smi tells, which is that of the signal
 * from NVLink 2 on. Each GPU's links are sold by what they carry: P100, 4 links, 160 GB/s in both
 * directions; V100, 6, 300; A100, 12, 600; RTX A6000, 4, 112.5; H100, 18, 900; B200, 18, 1,800.
 *
 * Source: NVIDIA's data sheets of these.
 */
const NVLINKS = [
  { told: [14.062], carries: 14.0625e9 },
  { told: [19.531, 20], carries: 20e9 },
  { told: [25, 25.781, 26.562], carries: 25e9 },
  { told: [50, 53.125], carries: 50e9 },
];
/** In GB/s, as nvidia-smi prints them. */
const NVLINK_ROUNDING = 0.002;

/** What all active NVLinks of a GPU carry in one direction. */
export interface NvlinkCapacity {
  /** No copy is faster: a rate that is not known counts whole. */
  readonly bytesPerSecond: number;
  /** Whether each rate is one of those that are known. */
  readonly known: boolean;
}

/** The capacity of a GPU's NVLinks; null where none is active. */
export function nvlinkCapacity({ links }: GpuNvlinks): NvlinkCapacity | null {
  const rates = links.flatMap(({ bandwidthBytesPerSecond: rate }) => rate === null ? [] : [rate]);
  if (rates.length === 0) return null;
  const carried = rates.map(payload);
  return {
    bytesPerSecond: rates.reduce((sum, rate, index) => sum + (carried[index] ?? rate), 0),
    known: carried.every((rate) => rate !== null),
  };
}

function payload(rate: number): number | null {
  const isTold = (gigabytes: number) => Math.abs(gigabytes - rate / 1e9) <= NVLINK_ROUNDING;
  return NVLINKS.find(({ told }) => told.some(isTold))?.carries ?? null;
}
