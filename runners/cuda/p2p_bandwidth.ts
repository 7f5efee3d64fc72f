/**
 * p2pBandwidthLatencyTest: copies between every pair of GPUs, with direct access and without.
 *
 * Source: the CUDA samples' `5_Domain_Specific/p2pBandwidthLatencyTest/p2pBandwidthLatencyTest.cu`,
 * versions 8 to 13. With one GPU its only figures are those of a GPU's copy within itself.
 *
 * @module
 */
import { type CudaRun, refuseCudaFailure, unreadable, wholeLines } from "./cuda_run.ts";
import { matrixCell, type PeerMatrix } from "./peer_matrix.ts";

/** The same figures without direct access and with it. */
export interface P2pPair<T> {
  readonly disabled: T;
  readonly enabled: T;
}

export interface P2pLatencies {
  /** As the GPU's events time a copy of 16 bytes. */
  readonly gpuSeconds: PeerMatrix;
  /** What asking for it costs the processor; null where the sample is too old to tell. */
  readonly cpuSeconds: PeerMatrix | null;
}

export interface P2pBandwidthRecord {
  readonly devices: readonly { readonly index: number; readonly name: string }[];
  /** Whether the device of the row can reach the memory of the column's directly. */
  readonly connectivity: readonly (readonly boolean[])[];
  /** Bytes per second. */
  readonly unidirectional: P2pPair<PeerMatrix>;
  /** Bytes per second, both directions together. */
  readonly bidirectional: P2pPair<PeerMatrix>;
  readonly latency: P2pPair<P2pLatencies>;
}

const PROGRAM = "p2pBandwidthLatencyTest";

interface Table {
  readonly title: string;
  /** "D\D", "GPU" or "CPU". */
  readonly corner: string;
  readonly rows: readonly (readonly string[])[];
}

/** The titles of tables, each up to where releases differ. */
const TITLES = {
  connectivity: "P2P Connectivity Matrix",
  unidirectionalDisabled: "Unidirectional P2P=Disabled Bandwidth",
  unidirectionalEnabled: "Unidirectional P2P=Enabled Bandwidth",
  bidirectionalDisabled: "Bidirectional P2P=Disabled Bandwidth",
  bidirectionalEnabled: "Bidirectional P2P=Enabled Bandwidth",
  latencyDisabled: "P2P=Disabled Latency",
  latencyEnabled: "P2P=Enabled Latency",
} as const;

/**
 * Reads the output of one run.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, or a table is missing or not whole
 */
export function parseP2pBandwidth(run: CudaRun): P2pBandwidthRecord {
  refuseCudaFailure(PROGRAM, run);
  if (run.status !== 0) throw unreadable(PROGRAM, "it failed without a word", run);
  const text = wholeLines(run);
  const devices = [...text.matchAll(/^Device: (\d+), (.*), pciBusID: /gm)]
    .map(([, index, name = ""]) => ({ index: Number(index), name }));
  const tables = tablesOf(text);
  const rows = (title: keyof typeof TITLES, corner = "D\\D") =>
    rowsOf({ tables, title: TITLES[title], corner, size: devices.length }, run);
  const bandwidth = (title: keyof typeof TITLES) => scaled(rows(title), 1e9);
  return {
    devices,
    connectivity: rows("connectivity").map((row) => row.map((cell) => cell === "1")),
    unidirectional: {
      disabled: bandwidth("unidirectionalDisabled"),
      enabled: bandwidth("unidirectionalEnabled"),
    },
    bidirectional: {
      disabled: bandwidth("bidirectionalDisabled"),
      enabled: bandwidth("bidirectionalEnabled"),
    },
    latency: {
      disabled: latencies(tables, rows, "latencyDisabled"),
      enabled: latencies(tables, rows, "latencyEnabled"),
    },
  };
}

/** Versions that tell what the processor spends tell it of both. */
function latencies(
  tables: readonly Table[],
  rows: (title: keyof typeof TITLES, corner?: string) => Table["rows"],
  title: "latencyDisabled" | "latencyEnabled",
): P2pLatencies {
  const [tellsGpu, tellsCpu] = ["GPU", "CPU"].map((corner) =>
    tables.some((each) => each.corner === corner)
  );
  const gpuSeconds = scaled(rows(title, tellsGpu ? "GPU" : "D\\D"), 1e-6);
  return { gpuSeconds, cpuSeconds: tellsCpu ? scaled(rows(title, "CPU"), 1e-6) : null };
}

function scaled(rows: readonly (readonly string[])[], scale: number): PeerMatrix {
  return rows.map((row) => row.map((cell) => matrixCell(cell, scale)));
}

/** Every table: a heading of device numbers, rows below it, and the title that stands above. */
function tablesOf(text: string): Table[] {
  const tables: { title: string; corner: string; rows: string[][] }[] = [];
  let title = "";
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    if (/ Matrix( |$)/.test(line)) title = line.trim();
    else if (/^(D\\D|GPU|CPU)$/.test(words[0] ?? "")) {
      tables.push({ title, corner: words[0] ?? "", rows: [] });
    } else if (/^\s*\d+\s/.test(line)) tables.at(-1)?.rows.push(words.slice(1));
  }
  return tables;
}

interface Wanted {
  readonly tables: readonly Table[];
  readonly title: string;
  readonly corner: string;
  readonly size: number;
}

function rowsOf({ tables, title, corner, size }: Wanted, run: CudaRun): Table["rows"] {
  const table = tables.find((each) => each.title.startsWith(title) && each.corner === corner);
  if (table === undefined) throw unreadable(PROGRAM, `there is no "${title}"`, run);
  if (size === 0 || table.rows.length !== size || table.rows.some((row) => row.length !== size)) {
    throw unreadable(PROGRAM, `"${title}" is not whole`, run);
  }
  return table.rows;
}
