/**
 * Reads the matrix of `nvidia-smi topo -m`, as printed since driver 352.
 *
 * Source: the nvidia-smi manual, section "Topology", and the legend below the matrix.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { told } from "./nvidia_smi_values.ts";

/** How two devices are joined. "PIX" to "SYS" are PCI Express paths, from near to far. */
export type GpuConnection =
  | { readonly kind: "self" }
  | { readonly kind: "nvlink"; readonly links: number }
  | { readonly kind: PciPath }
  | { readonly kind: "unknown"; readonly text: string };

/** A path over PCI Express. */
export type PciPath = "PIX" | "PXB" | "PHB" | "NODE" | "SYS";

/** A row or column of the matrix. */
export interface TopologyDevice {
  /** As printed: "GPU0", "NIC0", and "mlx5_0" by older drivers. */
  readonly name: string;
  readonly kind: "gpu" | "nic";
  /** Processor numbers near it, as printed ("0-31,64-95"); null where not told. */
  readonly cpuAffinity: string | null;
  /** NUMA nodes near it, as printed; null where not told. */
  readonly numaAffinity: string | null;
}

/** The matrix of `nvidia-smi topo -m`. */
export interface GpuTopology {
  readonly devices: readonly TopologyDevice[];
  /** By the row's name, then the column's. */
  readonly connections: Readonly<Record<string, Readonly<Record<string, GpuConnection>>>>;
  /** The kernel's name of each NIC by its name in the matrix: NIC0 is mlx5_0. */
  readonly nicNames: Readonly<Record<string, string>>;
}

const PCI_PATHS: Readonly<Record<string, PciPath>> = {
  "PIX": "PIX",
  "PXB": "PXB",
  "PHB": "PHB",
  "NODE": "NODE",
  "SYS": "SYS",
  // Before there was NODE, SYS had this name.
  "SOC": "SYS",
};
/** The header is underlined, also where nothing shows it. */
// deno-lint-ignore no-control-regex -- these are the codes of a terminal
const UNDERLINING = /\x1b\[[\d;]*m/g;
/** The first word of the columns behind the devices. */
const AFFINITY = /^(?:CPU|NUMA|GPU)(?: |$)/;

/**
 * Reads the matrix.
 *
 * @throws {Problem} where there is none
 */
export function parseGpuTopology(text: string): GpuTopology {
  const lines = text.replace(UNDERLINING, "").split(/\r?\n/);
  const names = columns(lines.find((line) => /^\s+GPU\d+(?:\s|$)/.test(line)) ?? "");
  const rows = lines.map(cells).filter(([name]) => name !== undefined && names.includes(name));
  if (rows.length === 0) throw unreadable(text);
  const byName = new Map(rows.map(([name = "", ...values]) => [name, values]));
  return {
    devices: names.map((name) => device(name, byName.get(name)?.slice(names.length) ?? [])),
    connections: Object.fromEntries(
      [...byName].map(([row, values]) => [
        row,
        Object.fromEntries(names.map((name, index) => [name, connection(values[index] ?? "")])),
      ]),
    ),
    nicNames: nicNames(names, lines),
  };
}

/** How two devices are joined; null where the matrix does not tell. */
export function connectionBetween(
  { connections }: GpuTopology,
  from: string,
  to: string,
): GpuConnection | null {
  return connections[from]?.[to] ?? null;
}

/** The names of the devices in the header, up to the columns of affinities. */
function columns(header: string): string[] {
  const names = cells(header).filter((cell) => cell !== "");
  const end = names.findIndex((name) => AFFINITY.test(name));
  return end === -1 ? names : names.slice(0, end);
}

/** Where tabs were lost on the way, an empty affinity cannot be told from none. */
function cells(line: string): string[] {
  const parts = line.includes("\t") ? line.split("\t") : line.trim().split(/\s+/);
  return parts.map((part) => part.trim());
}

/** A short affinity has a tab more behind it, so that the next stands below its header. */
function device(name: string, [cpus = "", ...others]: readonly string[]): TopologyDevice {
  const nodes = others.find((cell) => cell !== "") ?? null;
  return {
    name,
    kind: /^GPU\d+$/.test(name) ? "gpu" : "nic",
    cpuAffinity: told(cpus),
    numaAffinity: told(nodes),
  };
}

function connection(cell: string): GpuConnection {
  if (cell === "X") return { kind: "self" };
  const links = /^NV(\d+)$/.exec(cell)?.[1];
  if (links !== undefined && Number(links) > 0) return { kind: "nvlink", links: Number(links) };
  const path = Object.hasOwn(PCI_PATHS, cell) ? PCI_PATHS[cell] : undefined;
  return path === undefined ? { kind: "unknown", text: cell } : { kind: path };
}

/** Without a legend, the matrix itself has the kernel's names. */
function nicNames(names: readonly string[], lines: readonly string[]): Record<string, string> {
  const legend = new Map(
    lines.map((line) => /^\s*(NIC\d+):\s*(\S+)\s*$/.exec(line))
      .filter((match) => match !== null)
      .map(([, nic = "", name = ""]) => [nic, name]),
  );
  const nics = names.filter((name) => !/^(?:GPU|NIC)\d+$/.test(name) || legend.has(name));
  return Object.fromEntries(nics.map((name) => [name, legend.get(name) ?? name]));
}

function unreadable(seen: string): Problem {
  return new Problem({
    action: "read the matrix of nvidia-smi topo -m",
    condition: "there is no row of a device in its header",
    seen,
    cure: "Run nvidia-smi topo -m by hand.",
  });
}
