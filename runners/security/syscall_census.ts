/**
 * `programs/syscalls.c`: which system calls of the host's kernel can be reached from inside. It is
 * for containers alone, never for the host itself.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import source from "../programs/syscalls.c" with { type: "text" };
import { buildStatic } from "../programs/static_program.ts";

/**
 * `refused` by a seccomp filter, `unknown` to the kernel, `reached`, or `allowed`: it passes the
 * filter, but was not executed because it could do harm.
 */
export type CallClass = "refused" | "unknown" | "reached" | "allowed";

export interface CensusEntry {
  readonly number: number;
  readonly class: CallClass;
  /** What came of both passes, see the head of the source. */
  readonly filtered: string;
  readonly executed: string;
}

export interface Census {
  readonly entries: ReadonlyMap<number, CensusEntry>;
  /** How many numbers are reached or allowed. */
  readonly reachable: number;
  /** The numbers of two calls on this architecture: one that is open to all, one that is not. */
  readonly getpid: number;
  readonly mount: number;
}

/** Above what Linux gives on x86-64, arm64, riscv64, ppc64 and s390x (it is at 470 in 2026). */
export const LAST_CALL = 511;
/** Surely no system call. */
export const NO_CALL = 100_000;

/** What the program says before it ends where the kernel, or a filter, lets it install none. */
export const NO_FILTERS = "no seccomp filter can be installed";

const CLASSES: readonly string[] = ["refused", "unknown", "reached", "allowed"];

export function buildCensus(host: Host, folder: string): Promise<string> {
  return buildStatic(host, { source, output: `${folder}/syscalls` });
}

/** The program's arguments. */
export function censusArguments(): string[] {
  return [`${LAST_CALL}`, `${NO_CALL}`];
}

/**
 * What the program printed.
 *
 * @throws {Problem} where a number is missing, or twice, or a line is anything else
 */
export function parseCensus(stdout: string): Census {
  const named = /^getpid (\d+)\nmount (\d+)\n/.exec(stdout);
  if (named === null) throw unreadable("its first two lines", stdout);
  const entries = new Map<number, CensusEntry>();
  for (const line of stdout.slice(named[0].length).trimEnd().split("\n")) {
    const entry = parseEntry(line);
    if (entry === null || entries.has(entry.number)) throw unreadable("one of its lines", line);
    entries.set(entry.number, entry);
  }
  const expected = [...Array(LAST_CALL + 1).keys(), NO_CALL];
  const missing = expected.find((number) => !entries.has(number));
  if (missing !== undefined) throw unreadable(`number ${missing}`, stdout.slice(-80));
  const reachable = [...entries.values()].filter(isReachable).length;
  return { entries, reachable, getpid: Number(named[1]), mount: Number(named[2]) };
}

/** Whether a call gets to the kernel's own code. */
export function isReachable(entry: CensusEntry): boolean {
  return entry.class === "reached" || entry.class === "allowed";
}

function parseEntry(line: string): CensusEntry | null {
  const match = /^(\d{1,6}) ([a-z]+) (-|w|s?\d{1,4}) (-|w|s?\d{1,4})$/.exec(line);
  const [, number = "", named = "", filtered = "", executed = ""] = match ?? [];
  if (match === null || !isClass(named)) return null;
  return { number: Number(number), class: named, filtered, executed };
}

function isClass(text: string): text is CallClass {
  return CLASSES.includes(text);
}

function unreadable(where: string, seen: string): Problem {
  return new Problem({
    action: "read the census of system calls",
    condition: `${where} ${where.startsWith("number") ? "is missing" : "cannot be understood"}`,
    seen,
  });
}
