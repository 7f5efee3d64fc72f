/**
 * Reads `nvidia-smi nvlink -s`.
 *
 * @module
 */

/** One NVLink of a GPU. */
export interface NvlinkLink {
  readonly index: number;
  /** One direction, as negotiated; null where the link is inactive. */
  readonly bandwidthBytesPerSecond: number | null;
}

/** The NVLinks that are told of one GPU; none where it has none, or where all are inactive. */
export interface GpuNvlinks {
  readonly gpuIndex: number;
  readonly uuid: string | null;
  readonly links: readonly NvlinkLink[];
}

const GPU = /^GPU (\d+):(?:.*\(UUID: ([^\s()]+)\))?/;
const LINK = /^\s*Link (\d+):\s*(?:(\d+(?:\.\d+)?) GB\/s|\S.*)$/;

/** Reads the list; empty where no GPU is told of. */
export function parseNvlinkStatus(text: string): readonly GpuNvlinks[] {
  const gpus: (GpuNvlinks & { readonly links: NvlinkLink[] })[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, gpuIndex, uuid = null] = GPU.exec(line) ?? [];
    if (gpuIndex !== undefined) gpus.push({ gpuIndex: Number(gpuIndex), uuid, links: [] });
    const [, index, gigabytes] = LINK.exec(line) ?? [];
    if (index !== undefined) gpus.at(-1)?.links.push(link(index, gigabytes));
  }
  return gpus;
}

function link(index: string, gigabytes: string | undefined): NvlinkLink {
  const bandwidthBytesPerSecond = gigabytes === undefined ? NaN : Number(gigabytes) * 1e9;
  return {
    index: Number(index),
    bandwidthBytesPerSecond: bandwidthBytesPerSecond > 0 && bandwidthBytesPerSecond < Infinity
      ? bandwidthBytesPerSecond
      : null,
  };
}
