/**
 * perftest's `ib_write_bw`: how much RDMA writes of one host into the memory of another carry. A server
 * waits on one host, and a client on the other one writes and measures.
 *
 * Source: perftest's README and manual page; its tables in versions 4.5 to 6.26.
 *
 * @module
 */

/** What is run, and what Debian and Ubuntu call its package. */
export const PERFTEST = { program: "ib_write_bw", package: "perftest" } as const;

/** Its first and last two seconds are not counted. */
const RUN_SECONDS = 10;
/** With small messages, or one queue, the program is the ceiling where a port is fast. */
const MESSAGE_BYTES = 2 ** 20;
const QUEUES = 4;
const BITS = 8;
/** How far a figure may be from the one that its own rate of messages makes. */
const AGREEMENT = 0.02;
/** Longer output is not of one run. */
const LONGEST_CHARACTERS = 2 ** 16;

const HEADING =
  /^\s*#bytes\s+#iterations\s+BW peak\[Gb\/sec\]\s+BW average\[Gb\/sec\](\s+MsgRate\[Mpps\])?[ \t]*\n/m;
const OTHER_UNIT = /BW average\[(M(?:i?)B\/sec)\]/;
const ROW = /^[ \t]*(\d+)[ \t]+(\d+)[ \t]+(\S+)[ \t]+(\S+)(?:[ \t]+(\S+))?[ \t]*\n/gm;
const LINK_TYPE = /^\s*Link type\s*:\s*(\S+)/m;

/** A port as perftest names it. */
export interface PerftestPort {
  /** Such as "mlx5_0". */
  readonly device: string;
  /** From "1". */
  readonly port: string;
}

/** The command of either side; a client's has the server's address after it. */
export function writeBandwidthArgv({ device, port }: PerftestPort): [string, ...string[]] {
  return [
    PERFTEST.program,
    ...["-d", device, "-i", port],
    ...["-s", `${MESSAGE_BYTES}`, "-q", `${QUEUES}`, "-D", `${RUN_SECONDS}`],
    // A processor whose clock changes is told of, and no reason to end.
    "-F",
    "--report_gbits",
  ];
}

/** What a client measured. */
export interface WriteBandwidth {
  readonly bytesPerSecond: number;
  /** "IB" or "Ethernet", as the program calls what the port is linked by; null where it does not. */
  readonly linkType: string | null;
}

/** Why what a client printed is no figure. */
export interface NoBandwidth {
  /** As a clause. */
  readonly failure: string;
}

/** Reads what a client printed; never throws. */
export function parseWriteBandwidth(printed: string): WriteBandwidth | NoBandwidth {
  if (printed.length > LONGEST_CHARACTERS) return { failure: "it printed too much" };
  const heading = HEADING.exec(printed);
  if (heading === null) return { failure: withoutTable(printed) };
  const rows = [...printed.slice(heading.index + heading[0].length).matchAll(ROW)];
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    return { failure: `its table has ${rows.length} lines` };
  }
  const hasMessages = heading[1] !== undefined;
  if (hasMessages !== (row[5] !== undefined)) return { failure: "its table is cut off" };
  const bytesPerSecond = figureOf(row);
  if (typeof bytesPerSecond === "string") return { failure: bytesPerSecond };
  return { bytesPerSecond, linkType: LINK_TYPE.exec(printed)?.[1] ?? null };
}

/** Gb are 10^9 bits here, whatever the program's other units are. Else why there is no figure. */
function figureOf([, bytes, , , average, messages]: RegExpExecArray): number | string {
  const bytesPerSecond = Number(average) * 1e9 / BITS;
  if (!(bytesPerSecond > 0 && Number.isFinite(bytesPerSecond))) {
    return `it measured ${average} Gb/s`;
  }
  if (messages === undefined) return bytesPerSecond;
  const byMessages = Number(bytes) * Number(messages) * 1e6;
  return Math.abs(byMessages / bytesPerSecond - 1) <= AGREEMENT
    ? bytesPerSecond
    : `it measured ${average} Gb/s, and ${messages} million messages of ${bytes} bytes`;
}

/** What it said instead of a table: its last line. */
function withoutTable(printed: string): string {
  const unit = OTHER_UNIT.exec(printed)?.[1];
  if (unit !== undefined) return `it printed ${unit} and not Gb/s`;
  const lines = printed.split("\n").map((line) => line.trim()).filter((line) => /[^-*]/.test(line));
  return lines.at(-1) ?? "it printed nothing";
}
