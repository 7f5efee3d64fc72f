/**
 * Reads `nvidia-smi -L`, which alone tells the UUIDs and profiles of MIG devices.
 *
 * @module
 */
import { pciAddress } from "./nvidia_smi_values.ts";

/** A MIG device in the list. */
export interface ListedMigDevice {
  readonly index: number;
  /** E.g. "3g.20gb". */
  readonly profile: string;
  readonly uuid: string;
}

/** A GPU in the list. */
export interface ListedGpu {
  /** Null in a line of a GPU that cannot be reached, where it tells no index. */
  readonly index: number | null;
  readonly name: string | null;
  readonly uuid: string | null;
  /** Told only of a GPU that cannot be reached: "0000:65:00.0". */
  readonly busId: string | null;
  readonly mig: readonly ListedMigDevice[];
  /** nvidia-smi's words where it cannot reach the GPU. */
  readonly error: string | null;
}

/** Names may have parentheses of their own. */
const GPU = /^GPU (\d+): (.*) \(UUID: ([^\s()]+)\)\s*$/;
const MIG = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: ([^\s()]+)\)\s*$/;
const UNREACHED = /^(?:Unable to determine the device handle for |GPU ?[\da-f:.]+: )/i;

/** Reads the list. Lines of another kind are passed over; none at all make an empty list. */
export function parseGpuList(text: string): readonly ListedGpu[] {
  const gpus: (ListedGpu & { readonly mig: ListedMigDevice[] })[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, index, name = "", uuid = ""] = GPU.exec(line) ?? [];
    const [, profile = "", migIndex, migUuid = ""] = MIG.exec(line) ?? [];
    if (index !== undefined) {
      gpus.push({ index: Number(index), name, uuid, busId: null, mig: [], error: null });
    } else if (migIndex !== undefined) {
      gpus.at(-1)?.mig.push({ index: Number(migIndex), profile, uuid: migUuid });
    } else if (UNREACHED.test(line)) gpus.push({ ...unreached(line), mig: [] });
  }
  return gpus;
}

/** "… for GPU3: 0000:5F:00.0: Unknown Error", of which either name may be missing. */
function unreached(line: string): Omit<ListedGpu, "mig"> {
  const index = /GPU ?(\d{1,3})(?::\s|\s*$)/.exec(line)?.[1];
  const address = /([\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.[0-7])/i.exec(line)?.[1];
  return {
    index: index === undefined ? null : Number(index),
    name: null,
    uuid: null,
    busId: pciAddress(address ?? null),
    error: line.trim(),
  };
}
