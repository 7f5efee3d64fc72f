/**
 * Chart of the topology: the PCI functions as a tree from their root buses down, with a box around the
 * members of each IOMMU group.
 *
 * @module
 */
import type { PciDescription, Result } from "../../suites/result.ts";
import { CHART_CONFIG, NEUTRAL } from "./palette.ts";
import { pciClassInWords } from "./pci_classes.ts";
import { chartWarnings, wrap } from "./shared.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";
import {
  foremost,
  type FunctionLine,
  type GroupRun,
  groupRuns,
  KINDS,
  type TreeLine,
  treeLines,
} from "./topology_tree.ts";

/** More functions than this are left out. */
const MOST_FUNCTIONS = 120;

/** Pixels: of a line, of a step deeper, and where the columns begin. */
const LINE = 20;
const INDENT = 20;
const COLUMNS = { function: 4, ids: 520, driver: 620, group: 740, end: 900 } as const;

const HIGHLIGHTED = new Set<string>(KINDS.slice(0, 2));
const KIND_COLORS = ["#009E73", "#0072B2", "#E69F00", NEUTRAL, NEUTRAL];
const KIND_SHAPES = ["diamond", "square", "triangle-up", "cross", "circle"];

/** The Vega-Lite specification of the topology; null where the host lists no PCI functions. */
export function topologyChart(result: Result): ChartSpec | null {
  const { pci } = result.host;
  if (pci === null || pci.length === 0) return null;
  const shown = foremost(pci, MOST_FUNCTIONS);
  const lines = treeLines(shown);
  const runs = groupRuns(lines, pci);
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: { text: "PCI functions and IOMMU groups", subtitle: subtitle(result, pci, shown) },
    width: COLUMNS.end,
    height: (lines.length + 1) * LINE,
    layer: [
      boxLayer(runs),
      connectorLayer(lines),
      symbolLayer(lines),
      textLayer([...headings(), ...lines.flatMap(textsOf), ...runs.map(groupText)]),
    ],
  };
}

function subtitle(
  result: Result,
  pci: readonly PciDescription[],
  shown: readonly PciDescription[],
): string[] {
  const outside = pci.filter(({ iommuGroup }) => iommuGroup === null).length;
  const virtual = pci.filter(({ physicalFunction }) => physicalFunction !== null).length;
  const leftOut = pci.length - shown.length;
  const sentences = [
    `${pci.length} ${pci.length === 1 ? "function" : "functions"}.`,
    outside === pci.length
      ? "This host shows no IOMMU groups."
      : "A box is an IOMMU group: the devices in one can only be given to a guest together.",
    ...(outside > 0 && outside < pci.length ? [`In no group: ${outside}.`] : []),
    ...(virtual > 0 ? ["Virtual functions (SR-IOV) stand below their physical one."] : []),
    ...(leftOut > 0
      ? [
        `Left out: ${leftOut}; GPUs, NVMe and network devices, and what is above them, come first.`,
      ]
      : []),
  ];
  return [...chartWarnings(result), ...wrap(sentences.join(" "))];
}

/** The middle of a line; above the first one stand the headings. */
function middle(line: number): number {
  return (line + 1.5) * LINE;
}

function indent(depth: number): number {
  return COLUMNS.function + depth * INDENT;
}

function boxLayer(runs: readonly GroupRun[]): ChartSpec {
  const values = runs.map(({ first, last, depth, members }) => ({
    x: indent(depth) - 9,
    y: middle(first) - LINE / 2 + 1.5,
    x2: COLUMNS.end,
    y2: middle(last) + LINE / 2 - 1.5,
    // Several members must be seen at once.
    tint: members > 1 ? 0.2 : 0.04,
    line: members > 1 ? 1.6 : 0.5,
  }));
  return {
    data: { values },
    mark: { ...{ type: "rect", cornerRadius: 4, tooltip: false, aria: false }, ...GREY },
    encoding: {
      ...rectangle(),
      fillOpacity: { field: "tint", type: "quantitative", scale: null, legend: null },
      strokeWidth: { field: "line", type: "quantitative", scale: null, legend: null },
    },
  };
}

const GREY = { fill: NEUTRAL, stroke: NEUTRAL } as const;

/** From each function up to the line of what it hangs on. */
function connectorLayer(lines: readonly TreeLine[]): ChartSpec {
  const values = lines.flatMap((one, line) => {
    if ("root" in one) return [];
    const [x, y] = [indent(one.depth - 1), middle(line)];
    return [
      { x, y: middle(one.parent) + 7, x2: x, y2: y },
      { x, y, x2: indent(one.depth) - 7, y2: y },
    ];
  });
  return {
    data: { values },
    mark: { type: "rule", color: NEUTRAL, tooltip: false, aria: false },
    encoding: rectangle(),
  };
}

function symbolLayer(lines: readonly TreeLine[]): ChartSpec {
  const functions = lines.flatMap((one, line) => "root" in one ? [] : [symbol(one, line)]);
  const present = KINDS.filter((kind) => functions.some((one) => one.kind === kind));
  const byKind = (range: readonly string[]): ChartSpec => ({
    ...{ field: "kind", type: "nominal" },
    scale: { domain: present, range: present.map((kind) => range[KINDS.indexOf(kind)]) },
    legend: { title: null, orient: "bottom", direction: "horizontal" },
  });
  return {
    data: { values: functions },
    mark: { type: "point", filled: true, size: 90, opacity: 1, aria: false },
    encoding: {
      ...position(),
      color: byKind(KIND_COLORS),
      shape: byKind(KIND_SHAPES),
      tooltip: ["function", "class", "ids", "driver", "group"].map((field) => ({ field })),
    },
  };
}

function symbol({ pci, kind, depth }: FunctionLine, line: number): ChartSpec & { kind: string } {
  return {
    ...{ x: indent(depth), y: middle(line), kind },
    function: pci.address,
    class: pciClassInWords(pci.classCode),
    ids: pci.ids ?? "unknown",
    driver: pci.driver ?? "none",
    group: pci.iommuGroup ?? "none",
  };
}

interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly weight: "bold" | "normal";
  /** Pixels after which it is cut. */
  readonly limit: number;
}

function headings(): Text[] {
  const words = { function: "function", ids: "ids", driver: "driver", group: "IOMMU group" };
  return (["function", "ids", "driver", "group"] as const)
    .map((column) => text(column, -1, { text: words[column], weight: "bold" }));
}

function textsOf(one: TreeLine, line: number): Text[] {
  if ("root" in one) return [text("function", line, { text: `root bus ${one.root}` })];
  const { address, classCode, ids, driver, physicalFunction } = one.pci;
  const virtual = physicalFunction === null ? "" : ", virtual";
  const x = indent(one.depth) + 11;
  return [
    {
      ...text("function", line, { text: `${address} ${pciClassInWords(classCode)}${virtual}` }),
      ...{ x, weight: HIGHLIGHTED.has(one.kind) ? "bold" : "normal", limit: COLUMNS.ids - x - 10 },
    },
    text("ids", line, { text: ids ?? "–" }),
    text("driver", line, { text: driver ?? "–" }),
  ];
}

function groupText({ group, first, part, parts, members }: GroupRun): Text {
  const several = members > 1 ? ` (${members})` : "";
  const words = parts > 1 ? `, part ${part} of ${parts}` : "";
  const weight = members > 1 ? "bold" : "normal";
  return text("group", first, { text: `${group}${several}${words}`, weight });
}

/** The text of a column. */
function text(
  column: Exclude<keyof typeof COLUMNS, "end">,
  line: number,
  { text, weight = "normal" }: Pick<Text, "text"> & Partial<Text>,
): Text {
  const ends = { function: COLUMNS.ids, ids: COLUMNS.driver, driver: COLUMNS.group };
  const end = column === "group" ? COLUMNS.end : ends[column];
  return { x: COLUMNS[column], y: middle(line), text, weight, limit: end - COLUMNS[column] - 8 };
}

function textLayer(texts: readonly Text[]): ChartSpec {
  const of = (field: string): ChartSpec => ({ expr: `datum.${field}` });
  return {
    data: { values: texts },
    mark: {
      ...{ type: "text", align: "left", baseline: "middle", fontSize: 12, tooltip: false },
      ...{ fontWeight: of("weight"), limit: of("limit"), aria: false },
    },
    encoding: { ...position(), text: { field: "text", type: "nominal" } },
  };
}

/** Places are pixels, from the top left. */
function position(): ChartSpec {
  const pixels = { type: "quantitative", scale: null, axis: null };
  return { x: { field: "x", ...pixels }, y: { field: "y", ...pixels } };
}

function rectangle(): ChartSpec {
  return { ...position(), x2: { field: "x2" }, y2: { field: "y2" } };
}
