/**
 * The device path: which process, kernel and driver carry a read, natively, in a container, in a guest
 * and in a sandbox. Levels are counted from what grew, never taken for granted.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { diskUnder } from "../../runners/devices/block_device.ts";
import {
  type PairWatch,
  watchedFileBytes,
  watchPair,
} from "../../runners/process_io/process_io.ts";
import { runStep } from "../../runners/run_step.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import {
  attempt,
  type CollectProbe,
  lacking,
  negative,
  observed,
  positive,
  type Probed,
} from "../probe.ts";
import type { Observation } from "../result.ts";
import { grewBy, pathOf } from "./levels.ts";
import {
  readInContainer,
  type Reading,
  readInGuest,
  readInSandbox,
  readNatively,
  type Watched,
} from "./readers.ts";

/** What each reader reads between its second and its third point is twice this. */
const HALF_BYTES = 32 * 2 ** 20;
const PAIR_HALF_BYTES = 4 * 2 ** 20;
const TIMEOUT_SECONDS = 60;

interface ReaderCase {
  readonly place: "native" | "container" | "guest" | "sandbox";
  readonly counted: ObservationName;
  /** The subject of a sentence. */
  readonly reader: string;
  /** How the name of the process begins that must be charged. */
  readonly expected: string;
  readonly read: (places: Places, reading: Reading) => Promise<Watched>;
}

const READERS: readonly ReaderCase[] = [
  {
    place: "native",
    counted: "device-path/native-reader-counted",
    reader: "a native process",
    expected: "dd",
    read: readNatively,
  },
  {
    place: "container",
    counted: "device-path/container-reader-counted",
    reader: "a process in a container",
    expected: "dd",
    read: readInContainer,
  },
  {
    place: "guest",
    counted: "device-path/hypervisor-counted",
    reader: "a process in a guest (virtio-blk)",
    expected: "qemu",
    read: readInGuest,
  },
  {
    place: "sandbox",
    counted: "device-path/runtime-counted",
    reader: "a WASI module",
    expected: "wasmtime",
    read: readInSandbox,
  },
];

/** Collects every observation of the device path. */
export const collectDevicePath: CollectProbe = async (places: Places): Promise<Probed> => {
  const readings: Record<string, unknown> = {};
  const keep = (name: string, text: string): void => void (readings[`device-path-${name}`] = text);
  const disk = await findDisk(places);
  if (typeof disk !== "string") return { observations: disk, readings };
  const reading = await prepareReading(places, disk);
  const observations = [...await sharedDevice(places, reading, keep)];
  for (const reader of READERS) {
    const names = namesOf(reader);
    const found = await attempt(names, () => observeReader({ places, reader, reading, keep }));
    observations.push(...found);
  }
  return { observations, readings };
};

type Keep = (name: string, text: string) => void;

/** The kernel's name of the disk under the target; or, where nothing can be watched, what that leaves. */
async function findDisk({ host, options }: Places): Promise<string | Observation[]> {
  const all = (because: string): Observation[] =>
    observationsOf("device-path").map((name) => lacking(name, because, null));
  if (await host.readText("/proc/self/io") === null) {
    return all("This kernel does not count what a process reads (CONFIG_TASK_IO_ACCOUNTING).");
  }
  try {
    return (await diskUnder(host, options.target)).slice("/dev/".length);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return all(error.message);
  }
}

async function prepareReading({ host, options }: Places, disk: string): Promise<Reading> {
  const folder = await host.temporaryFolder(options.target);
  const file = `${folder}/file`;
  await runStep(host, {
    action: `write a file to ${options.target}`,
    argv: [
      ...["dd", "if=/dev/urandom", `of=${file}`, "bs=1M", "iflag=count_bytes,fullblock"] as const,
      ...[`count=${watchedFileBytes(HALF_BYTES)}`, "conv=fdatasync"],
    ],
    timeoutSeconds: TIMEOUT_SECONDS,
    cure: "Name a folder with room on it with --target.",
  });
  return { folder, file, disk, halfBytes: HALF_BYTES, timeoutSeconds: TIMEOUT_SECONDS };
}

function namesOf({ place, counted }: ReaderCase) {
  return [`device-path/${place}-kernels`, `device-path/${place}-drivers`, counted] as const;
}

async function observeReader(
  { places, reader, reading, keep }: {
    places: Places;
    reader: ReaderCase;
    reading: Reading;
    keep: Keep;
  },
): Promise<Observation[]> {
  const { watch, inside } = await reader.read(places, reading);
  keep(`${reader.place}.txt`, watch.text);
  const path = pathOf(watch, inside, { ...reading, ...reader });
  const { seen, controls, kernels, drivers, isCharged } = path;
  const [kernelsName, driversName, chargedName] = namesOf(reader);
  return [
    observed(kernelsName, { value: kernels, seen, controls }),
    drivers === null
      ? lacking(driversName, `${seen} Which one driver carried the read is not told.`, null)
      : observed(driversName, { value: drivers, seen, controls }),
    observed(chargedName, { value: isCharged, seen, controls }),
  ];
}

const SHARED = "device-path/two-processes-share";

/**
 * Two processes read the disk at once: the disk itself where this user may open it, else one file on
 * it; in any case only reading, and past the page cache.
 */
function sharedDevice(
  places: Places,
  reading: Reading,
  keep: Keep,
): Promise<readonly Observation[]> {
  return attempt([SHARED], async () => {
    const device = `/dev/${reading.disk}`;
    const opened = await places.host.run({
      argv: ["dd", `if=${device}`, "of=/dev/null", "bs=4096", "count=1", "iflag=direct"],
      timeoutSeconds: 10,
    });
    const path = opened.status === 0 ? device : reading.file;
    const request = { ...reading, file: path, halfBytes: PAIR_HALF_BYTES };
    const pair = await watchPair(places.host, request);
    keep("two-processes.txt", pair.text);
    return [shareOf(pair, { path, disk: reading.disk })];
  });
}

/** What two readers of one device show. Only that both were served counts: see the controls. */
export function shareOf(
  pair: PairWatch,
  { path, disk }: { readonly path: string; readonly disk: string },
): Observation {
  const { points: { start, half, end }, secondBytes, opened, statuses } = pair;
  const wholeBytes = 2 * PAIR_HALF_BYTES;
  const first = end.readerBytes - half.readerBytes;
  const second = secondBytes.end - secondBytes.half;
  const alone = half.readerBytes - start.readerBytes;
  const waiting = secondBytes.half - secondBytes.start;
  const idle = end.idleBytes - start.idleBytes;
  const diskBytes = end.diskBytes - half.diskBytes;
  const subject = path.startsWith("/dev/") ? path : `one file on ${disk}, past the page cache,`;
  const both = opened.length === 2 && !opened.includes("nothing");
  const ended = statuses.length === 2 && statuses.every((status) => status === 0);
  const served = [first, second].every((bytes) => grewBy(bytes, wholeBytes));
  return observed(SHARED, {
    value: both && ended && served,
    seen: `Two processes ${both ? "held" : "were to hold"} ${subject} open at once and read ` +
      `${wholeBytes} bytes each, in turns: they were charged with ${first} and ${second} bytes, ` +
      `the disk ${disk} read ${diskBytes} bytes, and they ended with status ` +
      `${statuses.join(" and ")}.`,
    controls: [
      // That a reader was not seen to be served does not tell that a device cannot be shared.
      positive(
        "both hold it open, are charged with what they read, and end well",
        both && ended && served,
        `open: ${opened.join(", ")}; charged: ${first}, ${second}; status: ${statuses.join(", ")}`,
      ),
      positive(
        "one process alone reads it",
        grewBy(alone, PAIR_HALF_BYTES),
        `charged with ${alone} bytes for ${PAIR_HALF_BYTES}`,
      ),
      positive(
        "what both read comes from the disk, not from memory",
        diskBytes >= 2 * wholeBytes,
        `${disk} read ${diskBytes} bytes`,
      ),
      negative(
        "a process that holds it open and reads nothing is charged",
        waiting === 0 && idle === 0,
        `the second one was charged with ${waiting} bytes while the first one read alone, and a ` +
          `third with ${idle} bytes in all`,
      ),
    ],
  });
}
