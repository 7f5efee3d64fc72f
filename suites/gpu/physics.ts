/**
 * What a GPU and its links can do at most: a figure above this is a failed measurement.
 *
 * @module
 */
import type { GpuLink, GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { parsePciLink } from "../../runners/inventory/inventory_pci.ts";
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

/** What a GPU's link can carry in one direction, in its slot. */
export function linkBytesPerSecond({ generation, width }: GpuLink): number | null {
  return pcieBytesPerSecond(generation.max, width.current ?? width.max);
}

/** A link that is not used falls back to a lower generation; one that is used shows what it negotiated. */
export function negotiatedBytesPerSecond(
  { link }: Pick<GpuRecord, "link">,
  { generation, figure }: { readonly generation: number | null; readonly figure: number },
): number | null {
  const now = pcieBytesPerSecond(generation, link.width.current ?? link.width.max);
  return now !== null && figure <= now ? now : linkBytesPerSecond(link);
}

/**
 * The share of an NVLink's rate that carries data. nvidia-smi tells the signalling rate (25.781 GB/s of
 * a link of 25 GB/s: 64b/66b, NVLink 2 and 3; 26.562 GB/s, with forward error correction, NVLink 4).
 */
const NVLINK_PAYLOAD = [
  { from: 26.5e9, to: 26.6e9, carries: 25e9 },
  { from: 25.7e9, to: 25.8e9, carries: 25e9 },
] as const;

/** What all active NVLinks of a GPU carry in one direction; null for none. */
export function nvlinkBytesPerSecond({ links }: GpuNvlinks): number | null {
  const rates = links.flatMap(({ bandwidthBytesPerSecond: rate }) => rate === null ? [] : [rate]);
  if (rates.length === 0) return null;
  return rates.map(payload).reduce((sum, rate) => sum + rate, 0);
}

function payload(rate: number): number {
  return NVLINK_PAYLOAD.find(({ from, to }) => rate >= from && rate <= to)?.carries ?? rate;
}
