/**
 * How many kernels and drivers carry a read: those whose own counters grew by what was read.
 *
 * @module
 */
import type { ReaderWatch } from "../../runners/process_io/process_io.ts";
import { negative, positive } from "../probe.ts";
import type { Control } from "../result.ts";

/** What a process may be charged with beside what it reads: pages of its own program, say. */
const TOLERANCE = 0.02;

/** A kernel, the drivers that it binds to the disk, and what it charged the reader with. */
export interface Layer {
  readonly bootId: string;
  readonly drivers: readonly string[];
  readonly grewBytes: number;
}

/** What one reader shows. */
export interface Path {
  /** The layers that carried the read, from the reader outwards. */
  readonly layers: readonly Layer[];
  readonly kernels: number;
  /** Null where a kernel on the path shows no driver, or several that may have shared the read. */
  readonly drivers: number | null;
  /** Whether the host's counter of the reader grew by what was read. */
  readonly isCharged: boolean;
  readonly seen: string;
  readonly controls: readonly Control[];
}

/** What the reader's own side shows, beside the host's reading. */
export interface Inside {
  /** What its kernel charged it with; null where only the host's kernel can tell. */
  readonly grewBytes: number | null;
  readonly bootId: string;
  readonly drivers: readonly string[];
}

export interface PathOptions {
  readonly halfBytes: number;
  /** What the charged process must be, by how its name begins: "dd", "qemu". */
  readonly expected: string;
  /** What reads, and where: "a reader in a container". */
  readonly reader: string;
  readonly disk: string;
}

/** Whether a counter grew by `bytes`, within the tolerance. */
export function grewBy(grewBytes: number, bytes: number): boolean {
  return grewBytes >= bytes && grewBytes <= bytes * (1 + TOLERANCE);
}

/** Whether a counter tells anything of `bytes` that were read: it grew by them, or not at all. */
function isClear(grewBytes: number, bytes: number): boolean {
  return grewBy(grewBytes, bytes) || grewBytes <= bytes * TOLERANCE;
}

/** Counts the layers of a path. */
export function pathOf(watch: ReaderWatch, inside: Inside, options: PathOptions): Path {
  const wholeBytes = 2 * options.halfBytes;
  const { half, end } = watch.points;
  const hostBytes = end.readerBytes - half.readerBytes;
  const host = { bootId: watch.hostBootId, drivers: watch.hostDrivers, grewBytes: hostBytes };
  const own = { ...inside, grewBytes: inside.grewBytes ?? hostBytes };
  const layers = [own, host].filter(({ grewBytes }) => grewBy(grewBytes, wholeBytes));
  return {
    layers,
    kernels: new Set(layers.map(({ bootId }) => bootId)).size,
    drivers: driversOf(layers),
    isCharged: grewBy(hostBytes, wholeBytes),
    seen: sentence({ watch, inside, options, hostBytes }),
    controls: [
      ...controlsOf(watch, options),
      positive(
        "each kernel's counter grew by what was read, or not at all",
        isClear(own.grewBytes, wholeBytes) && isClear(hostBytes, wholeBytes),
        `${own.grewBytes} bytes in the reader's kernel, ${hostBytes} in the host's`,
      ),
    ],
  };
}

/** One driver for each kernel: two of one kernel lie beside each other, under two disks. */
function driversOf(layers: readonly Layer[]): number | null {
  const kernels = Map.groupBy(layers, ({ bootId }) => bootId);
  const counts = [...kernels.values()].map((same) =>
    new Set(same.flatMap(({ drivers }) => drivers)).size
  );
  return counts.every((count) => count === 1) ? counts.length : null;
}

function sentence(
  { watch, inside, options, hostBytes }: {
    watch: ReaderWatch;
    inside: Inside;
    options: PathOptions;
    hostBytes: number;
  },
): string {
  const { half, end } = watch.points;
  const { reader, halfBytes, disk } = options;
  const ids = watch.processIds.length > 1 ? `, ids inwards ${watch.processIds.join(" ")}` : "";
  const said = inside.grewBytes === null
    ? `it sees the kernel ${inside.bootId}`
    : `in the kernel ${inside.bootId} it was charged with ${inside.grewBytes} bytes there`;
  const drivers = inside.drivers.length === 0 ? "" : `, through ${inside.drivers.join(" and ")}`;
  return `While ${reader} read ${2 * halfBytes} bytes, read_bytes of the process ${watch.name} ` +
    `(${watch.process}${ids}) in the host's list grew by ${hostBytes}, and the host's disk ${disk} ` +
    `read ${end.diskBytes - half.diskBytes} bytes; ${said}${drivers}. The host's kernel is ` +
    `${watch.hostBootId}, and its disk is driven by ${watch.hostDrivers.join(", ") || "nothing"}.`;
}

function controlsOf(watch: ReaderWatch, options: PathOptions): Control[] {
  const { start, half, end } = watch.points;
  const { halfBytes, expected, disk } = options;
  const halfGrew = half.readerBytes - start.readerBytes;
  const idleGrew = end.idleBytes - start.idleBytes;
  const diskGrew = end.diskBytes - half.diskBytes;
  return [
    positive(
      "half the reading is charged with half the bytes",
      grewBy(halfGrew, halfBytes),
      `${halfGrew} bytes for ${halfBytes}`,
    ),
    positive(
      "what is read comes from the disk, not from memory",
      diskGrew >= 2 * halfBytes,
      `${disk} read ${diskGrew} bytes`,
    ),
    positive(
      `the process that is watched is ${expected}`,
      watch.name.startsWith(expected),
      `its name is ${watch.name}`,
    ),
    negative(
      "a process that holds the same file open and reads nothing is charged",
      idleGrew === 0,
      `its read_bytes grew by ${idleGrew}`,
    ),
  ];
}
