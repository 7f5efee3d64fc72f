/**
 * What a guest says of the devices that it was given.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import inside from "./inside_guest.sh" with { type: "text" };

/** A PCI function, as a kernel shows it. */
export interface SeenFunction {
  /** In that kernel's own addresses. */
  readonly address: string;
  /** "1b36:0010". */
  readonly ids: string;
  /** "1af4:1100". */
  readonly subsystemIds: string;
  /** "010802". */
  readonly classCode: string;
  readonly driver: string | null;
}

export interface SeenController {
  readonly address: string;
  readonly serial: string;
}

export interface SeenNamespace {
  readonly id: number;
  /** SHA-256 of its first MiB; null where nothing could be read. */
  readonly hash: string | null;
}

/** What a guest said before it read. */
export interface InsideView {
  readonly bootId: string;
  readonly functions: readonly SeenFunction[];
  readonly controllers: readonly SeenController[];
  readonly namespaces: readonly SeenNamespace[];
}

/** The NVMe function that was given to a guest, which has no other. */
export interface GivenFunction extends SeenFunction {
  /** What its controller says; null where it says nothing, or no controller is there. */
  readonly serial: string | null;
}

/** Points at which the guest reads nothing, in their order. */
export const POINTS = ["idle", "start", "passed", "virtual"] as const;
export type Point = typeof POINTS[number];

/** SHA-256 of no bytes: what is printed where nothing could be read. */
export const HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const NVME_CLASS = /^0108/;
const ID = String.raw`\s+0x([0-9a-f]{4})`;
const LINES = {
  kernel: /^kernel\s+([0-9a-f-]{36})$/,
  function: new RegExp(String.raw`^function\s+(\S+)${ID.repeat(4)}\s+0x([0-9a-f]{6})\s+(\S+)$`),
  controller: /^controller\s+(\S+)(?:\s+(\S.*))?$/,
  namespace: /^namespace\s+(\d{1,10})\s+([0-9a-f]{64})$/,
} as const;
type Kind = keyof typeof LINES;

/** The guest's script; with `readMib` above 0 it reads the passed device and its virtual disk. */
export function insideScript(readMib: number): string {
  return `READ_MIB=${readMib}\n${inside}`;
}

/** The line that a guest prints when it has said all. */
export const TOLD_ALL = /^told all$/;
/** The line that it prints each time that it has read its namespaces once more. */
export const AGAIN = /^again(?: |$)/;

/** Whether a guest that read once more found what it had found before. */
export function readsTheSame(lines: readonly string[], again: string): boolean {
  const before = lines.filter(isOf("namespace")).map((line) => line.trim());
  return again.trim() === ["again", ...before].join(" ");
}

/**
 * Reads the guest's lines; those of other kinds are left out.
 *
 * @throws {Problem} where one is damaged, or says again or otherwise what another one said
 */
export function parseInside(lines: readonly string[]): InsideView {
  const of = (kind: Kind) => lines.filter(isOf(kind)).map((line) => fieldsOf(kind, line));
  const [[bootId = ""] = [], ...others] = of("kernel");
  if (bootId === "" || others.length > 0) throw damaged("it does not name one kernel");
  return {
    bootId,
    functions: once(of("function").map(parseFunction), ({ address }) => address),
    controllers: once(
      of("controller").map(([address = "", serial = ""]) => ({ address, serial })),
      ({ address }) => address,
    ),
    namespaces: once(
      of("namespace").map(([id, hash = ""]) => ({
        id: Number(id),
        hash: hash === HASH_OF_NOTHING ? null : hash,
      })),
      ({ id }) => `namespace ${id}`,
    ),
  };
}

/** The one NVMe function of a guest; null where it shows none, or several. */
export function givenFunction({ functions, controllers }: InsideView): GivenFunction | null {
  const [only, ...others] = functions.filter(({ classCode }) => NVME_CLASS.test(classCode));
  if (only === undefined || others.length > 0 || controllers.length > 1) return null;
  const serial = controllers.find(({ address }) => address === only.address)?.serial ?? "";
  return { ...only, serial: serial === "" ? null : serial };
}

function isOf(kind: Kind): (line: string) => boolean {
  return (line) => line.trimStart().split(/\s/, 1)[0] === kind;
}

function fieldsOf(kind: Kind, line: string): string[] {
  const match = LINES[kind].exec(line.trim());
  if (match === null) throw damaged("a line is damaged", line);
  return match.slice(1);
}

function parseFunction(words: readonly string[]): SeenFunction {
  const [address = "", vendor, device, subVendor, subDevice, classCode = "", driver = "-"] = words;
  return {
    address,
    ids: `${vendor}:${device}`,
    subsystemIds: `${subVendor}:${subDevice}`,
    classCode,
    driver: driver === "-" ? null : driver,
  };
}

function once<Seen>(all: readonly Seen[], nameOf: (seen: Seen) => string): readonly Seen[] {
  const names = new Set<string>();
  const again = all.map(nameOf).find((name) => names.size === names.add(name).size);
  if (again !== undefined) throw damaged("it names one thing twice", again);
  return all;
}

function damaged(condition: string, seen?: string): Problem {
  const action = "read what the guest says of its devices";
  return new Problem({ action, condition, ...(seen === undefined ? {} : { seen }) });
}
