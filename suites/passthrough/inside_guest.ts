/**
 * What a guest says of the devices that it was given.
 *
 * @module
 */
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
  /** SHA-256 of its first MiB. */
  readonly hash: string;
}

/** What a guest said before it read. */
export interface InsideView {
  readonly bootId: string;
  readonly functions: readonly SeenFunction[];
  readonly controllers: readonly SeenController[];
  readonly namespaces: readonly SeenNamespace[];
}

/** Points at which the guest reads nothing, in their order. */
export const POINTS = ["idle", "start", "passed", "virtual"] as const;
export type Point = typeof POINTS[number];

/** The guest's script; with `readMib` above 0 it reads the passed device and its virtual disk. */
export function insideScript(readMib: number): string {
  return `READ_MIB=${readMib}\n${inside}`;
}

/** The line that a guest prints when it has said all. */
export const TOLD_ALL = /^told all$/;

/** Reads the guest's lines; a line that is none of these is left out. */
export function parseInside(lines: readonly string[]): InsideView {
  const words = lines.map((line) => line.trim().split(/\s+/));
  const of = (kind: string): string[][] =>
    words.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  return {
    bootId: of("kernel")[0]?.[0] ?? "",
    functions: of("function").flatMap(parseFunction),
    controllers: of("controller").map(([address = "", ...serial]) => ({
      address,
      serial: serial.join(" "),
    })),
    namespaces: of("namespace").flatMap(([id = "", hash = ""]) =>
      /^\d+$/.test(id) && /^[0-9a-f]{64}$/.test(hash) ? [{ id: Number(id), hash }] : []
    ),
  };
}

function parseFunction(words: readonly string[]): SeenFunction[] {
  const [address = "", ...rest] = words;
  const [vendor, device, subVendor, subDevice, classCode, driver] = rest.map((word) =>
    word.replace(/^0x/, "")
  );
  if (driver === undefined) return [];
  return [{
    address,
    ids: `${vendor}:${device}`,
    subsystemIds: `${subVendor}:${subDevice}`,
    classCode: classCode ?? "",
    driver: driver === "-" ? null : driver,
  }];
}
