/**
 * Whose counters grow while a file is read: `/proc/PID/io` of the reader and of an idle process
 * beside it, and the counters of the disk.
 *
 * `read_bytes` counts what a process made the block layer fetch, when the request is submitted
 * (proc_pid_io(5)); the third field of a disk's `stat` counts sectors of 512 bytes (Linux,
 * Documentation/block/stat.rst).
 *
 * @module
 */
import type { Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { runStep } from "../run_step.ts";
import blockDrivers from "./block_drivers.sh" with { type: "text" };
import commonScript from "./process_io_common.sh" with { type: "text" };
import guestScript from "./process_io_guest.sh" with { type: "text" };
import heldScript from "./process_io_held.sh" with { type: "text" };
import pairScript from "./process_io_pair.sh" with { type: "text" };

/** A point of the reading at which the reader is held: at the first block, after N/2, after N more. */
export const POINTS = ["start", "half", "end"] as const;
export type Point = typeof POINTS[number];

/** The counters at one point, in bytes. */
export interface Counters {
  readonly readerBytes: number;
  readonly idleBytes: number;
  readonly diskBytes: number;
}

/** What was seen of one reader. */
export interface ReaderWatch {
  /** The reader's id in the host's own list of processes. */
  readonly process: number;
  readonly name: string;
  /** Its ids from the host's namespace inwards, as far as the kernel tells them. */
  readonly processIds: readonly number[];
  /** The kernel whose counters these are. */
  readonly hostBootId: string;
  /** The drivers that are bound to what the disk rests on, each once. */
  readonly hostDrivers: readonly string[];
  readonly points: Readonly<Record<Point, Counters>>;
  /** What the inside said, by lines. */
  readonly inside: readonly string[];
  /** The whole text, as evidence. */
  readonly text: string;
}

/** What is read, and how much. */
export interface WatchRequest {
  /** A temporary folder, for pipes; the reader's one is `reader` in it. */
  readonly folder: string;
  /** A file of {@linkcode watchedFileBytes} or more. */
  readonly file: string;
  /** The disk under it, by the kernel's name: "vda". */
  readonly disk: string;
  readonly timeoutSeconds: number;
}

export interface HeldRequest extends WatchRequest {
  readonly halfBytes: number;
  /** Prints the reader's process id; empty where it is `argv`'s own. */
  readonly askProcess: readonly string[];
  /** Copies the file to its standard output, or to the pipe, by blocks of {@linkcode BLOCK_BYTES}. */
  readonly argv: readonly string[];
}

export interface GuestRequest extends WatchRequest {
  /** QEMU's command; the guest's lines come to its standard output. */
  readonly argv: readonly string[];
}

/** A shell function that prints the drivers that a block device rests on. */
export const BLOCK_DRIVERS: string = blockDrivers;

export const BLOCK_BYTES = 2 ** 20;
const SECTOR_BYTES = 512;

/** The size of the file for a reader that is held at its first block, after half, after all. */
export function watchedFileBytes(halfBytes: number): number {
  return BLOCK_BYTES + 3 * halfBytes;
}

/** Watches a reader that is held at exactly known points. */
export function watchReader(host: Host, request: HeldRequest): Promise<ReaderWatch> {
  const { halfBytes, askProcess, argv } = request;
  const words = [`${halfBytes}`, `${askProcess.length}`, ...askProcess, ...argv];
  return watch(host, request, { script: heldScript, words });
}

/** Watches QEMU while its guest reads, at the points that the guest names. */
export function watchGuest(host: Host, request: GuestRequest): Promise<ReaderWatch> {
  return watch(host, request, { script: guestScript, words: request.argv });
}

/** Two readers of one device, both of which hold it open from the first point to the last. */
export interface PairWatch extends ReaderWatch {
  /** `read_bytes` of the second reader; it reads nothing between "start" and "half". */
  readonly secondBytes: Readonly<Record<Point, number>>;
  /** What each holds open that is the device itself, by its name there; "nothing" for none. */
  readonly opened: readonly string[];
  /** The exit status of each. */
  readonly statuses: readonly number[];
}

/** Watches two readers of the device `file`, of which the second reads in the second part alone. */
export async function watchPair(
  host: Host,
  request: WatchRequest & { readonly halfBytes: number },
): Promise<PairWatch> {
  return parsePair(
    await run(host, request, { script: pairScript, words: [`${request.halfBytes}`] }),
  );
}

/** As {@linkcode parseWatch}, for two readers. */
export function parsePair(text: string): PairWatch {
  const sections = parseSections(text);
  const bytesAt = (point: Point): number => readBytes(sections.get(`second_${point}`) ?? []);
  return {
    ...parseWatch(text),
    secondBytes: { start: bytesAt("start"), half: bytesAt("half"), end: bytesAt("end") },
    opened: sections.get("opened") ?? [],
    statuses: (sections.get("statuses") ?? []).join(" ").split(" ").map(Number),
  };
}

async function watch(
  host: Host,
  request: WatchRequest,
  work: { readonly script: string; readonly words: readonly string[] },
): Promise<ReaderWatch> {
  return parseWatch(await run(host, request, work));
}

function run(
  host: Host,
  { folder, file, disk, timeoutSeconds }: WatchRequest,
  { script, words }: { readonly script: string; readonly words: readonly string[] },
): Promise<string> {
  const whole = `${BLOCK_DRIVERS}\n${commonScript}\n${script}`;
  return runStep(host, {
    action: "watch a reader's counters",
    argv: ["bash", "-c", whole, "cellproof-io", folder, file, disk, ...words],
    timeoutSeconds,
    cure: "Name a folder on a local disk that takes direct IO with --target.",
  });
}

/**
 * Reads what the scripts print.
 *
 * @throws {MissingTool} where the kernel does not show the reader's counters to this user
 * @throws {Problem} for anything else
 */
export function parseWatch(text: string): ReaderWatch {
  const sections = parseSections(text);
  const line = (name: string): string => (sections.get(name) ?? [])[0]?.trim() ?? "";
  const countersAt = (point: Point): Counters => ({
    readerBytes: readBytes(sections.get(`reader_${point}`) ?? []),
    idleBytes: readBytes(sections.get(`idle_${point}`) ?? []),
    diskBytes: sectorsRead(line(`disk_${point}`)) * SECTOR_BYTES,
  });
  const process = line("process");
  const name = line("name");
  const hostBootId = line("host_boot_id");
  if (!/^[1-9]\d*$/.test(process)) throw unreadable("it names no process", text);
  if (name === "" || hostBootId === "") throw unreadable("it names no reader or no kernel", text);
  const points = { start: countersAt("start"), half: countersAt("half"), end: countersAt("end") };
  return {
    process: Number(process),
    name,
    processIds: line("process_ids").split(/\s+/).filter((id) => /^\d+$/.test(id)).map(Number),
    hostBootId,
    hostDrivers: (sections.get("host_drivers") ?? []).filter((driver) => driver !== ""),
    points,
    inside: sections.get("inside") ?? [],
    text,
  };
}

/** `read_bytes` of `/proc/PID/io`. */
function readBytes(lines: readonly string[]): number {
  if (lines.length === 0) {
    throw new MissingTool({
      action: "watch a reader's counters",
      condition: "the kernel does not show /proc/PID/io of that process to this user",
      cure: "Run as root.",
    }, "root");
  }
  const found = /^read_bytes: (\d+)$/m.exec(lines.join("\n"))?.[1];
  if (found === undefined) throw unreadable("/proc/PID/io has no read_bytes", lines.join(" "));
  return Number(found);
}

function sectorsRead(stat: string): number {
  const sectors = stat.split(/\s+/)[2] ?? "";
  if (!/^\d+$/.test(sectors)) throw unreadable("the disk's stat has no count of sectors", stat);
  return Number(sectors);
}

function parseSections(text: string): Map<string, string[]> {
  const lines = text.split("\n");
  if (lines.at(-2) !== "# end" || lines.at(-1) !== "") throw unreadable("it has no end", text);
  const sections = new Map<string, string[]>();
  let section: string[] | undefined;
  for (const line of lines.slice(0, -2)) {
    const name = /^# (\w+)$/.exec(line)?.[1];
    if (name !== undefined) {
      if (sections.has(name)) throw unreadable(`it has two sections "${name}"`, text);
      section = [];
      sections.set(name, section);
    } else if (section !== undefined && line.startsWith("| ")) section.push(line.slice(2));
    else throw unreadable("a line belongs to no section", line);
  }
  return sections;
}

function unreadable(condition: string, seen: string): Problem {
  return new Problem({ action: "read what watching a reader gave", condition, seen });
}
