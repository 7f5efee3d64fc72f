/**
 * The PCI functions of a host as the lines of a tree, and the runs of lines that are of one IOMMU group.
 *
 * @module
 */
import type { PciDescription } from "../../suites/result.ts";

/** Deeper functions are drawn at this depth. */
const DEEPEST = 10;

/** What a function is highlighted as. */
export const KINDS = ["GPU, or NVIDIA's", "NVMe", "network", "bridge or port", "other"] as const;
export type Kind = typeof KINDS[number];

/** One line of the tree: a function, or the root bus that those after it are on. */
export type TreeLine = RootLine | FunctionLine;

/** A root bus. */
export interface RootLine {
  readonly root: string;
}

/** A function. */
export interface FunctionLine {
  readonly pci: PciDescription;
  readonly kind: Kind;
  /** 1 on a root bus. */
  readonly depth: number;
  /** The line of what is just above it. */
  readonly parent: number;
}

/** Lines after each other whose functions are of one IOMMU group. */
export interface GroupRun {
  readonly group: string;
  readonly first: number;
  readonly last: number;
  /** Of the least deep one. */
  readonly depth: number;
  /** Which of the group's runs it is, from 1, and how many there are. */
  readonly part: number;
  readonly parts: number;
  /** How many functions the group has. */
  readonly members: number;
}

/** What a function is highlighted as. */
export function kindOf({ ids, classCode }: PciDescription): Kind {
  const code = classCode?.toLowerCase() ?? "";
  if (code.startsWith("06")) return "bridge or port";
  if (/^(03|12)/.test(code) || ids?.startsWith("10de:")) return "GPU, or NVIDIA's";
  if (code.startsWith("0108")) return "NVMe";
  return code.startsWith("02") ? "network" : "other";
}

/**
 * The `most` functions that matter most, and what is above them: GPUs and NVMe, network devices, others,
 * virtual functions, ports that lead to nothing.
 */
export function foremost(pci: readonly PciDescription[], most: number): PciDescription[] {
  if (pci.length <= most) return [...pci];
  const known = new Map(pci.map((one) => [one.address, one]));
  const chosen = new Set<PciDescription>();
  for (const one of pci.toSorted((a, b) => rank(a) - rank(b))) {
    const line = [one, ...above(one, known)].filter((each) => !chosen.has(each));
    if (chosen.size + line.length <= most) { for (const each of line) chosen.add(each); }
  }
  return pci.filter((one) => chosen.has(one));
}

function rank(pci: PciDescription): number {
  if (pci.physicalFunction !== null) return KINDS.length;
  const kind = kindOf(pci);
  return kind === "bridge or port" ? KINDS.length + 1 : KINDS.indexOf(kind);
}

/** What is above a function, the nearest first; ends where a hostile list goes round in a circle. */
function above(
  pci: PciDescription,
  known: ReadonlyMap<string, PciDescription>,
): Set<PciDescription> {
  const found = new Set<PciDescription>();
  let next = parentOf(pci, known);
  while (next !== undefined && next !== pci && !found.has(next)) {
    found.add(next);
    next = parentOf(next, known);
  }
  return found;
}

/** A virtual function stands below its physical one, which is on the same bus. */
function parentOf(
  { physicalFunction, above }: PciDescription,
  known: ReadonlyMap<string, PciDescription>,
): PciDescription | undefined {
  return known.get(physicalFunction ?? "") ?? known.get(above ?? "");
}

/** The tree line by line: each root bus, and below each function what is behind it. */
export function treeLines(pci: readonly PciDescription[]): TreeLine[] {
  const known = new Map(pci.map((one) => [one.address, one]));
  const children = Map.groupBy(pci, (one) => parentOf(one, known));
  const lines: TreeLine[] = [];
  const drawn = new Set<PciDescription>();
  const add = (one: PciDescription, parent: number, depth: number): void => {
    if (drawn.has(one)) return;
    drawn.add(one);
    const line = lines.push({ pci: one, kind: kindOf(one), depth, parent }) - 1;
    const deeper = Math.min(depth + 1, DEEPEST);
    for (const child of children.get(one) ?? []) add(child, line, deeper);
  };
  // Last those that stand in a circle, which no root leads to.
  const starts = [...children.get(undefined) ?? [], ...pci];
  for (const one of starts) {
    if (drawn.has(one)) continue;
    const root = lines.findLastIndex((line) => "root" in line);
    add(one, rootLine(lines, root, rootBusOf(one)), 1);
  }
  return lines;
}

/** The line of the root bus, which is added unless it is the last one. */
function rootLine(lines: TreeLine[], last: number, root: string): number {
  const line = lines[last];
  if (line !== undefined && "root" in line && line.root === root) return last;
  return lines.push({ root }) - 1;
}

/** Domain and bus: `"0000:16"`. */
function rootBusOf({ address }: PciDescription): string {
  return /^[0-9a-f]+:[0-9a-f]+(?=:)/i.exec(address)?.[0] ?? "?";
}

/**
 * The runs of functions of one group; a group has several where others stand between its functions. Its
 * members are counted among all functions, `pci`.
 */
export function groupRuns(
  lines: readonly TreeLine[],
  pci: readonly PciDescription[],
): GroupRun[] {
  const members = Map.groupBy(pci, ({ iommuGroup }) => iommuGroup);
  const runs = runsOf(lines);
  const byGroup = Map.groupBy(runs, ({ group }) => group);
  return runs.map((run) => {
    const all = byGroup.get(run.group) ?? [run];
    const size = members.get(run.group)?.length ?? 0;
    return { ...run, part: all.indexOf(run) + 1, parts: all.length, members: size };
  });
}

function runsOf(
  lines: readonly TreeLine[],
): readonly Pick<GroupRun, "group" | "first" | "last" | "depth">[] {
  const runs: { group: string; first: number; last: number; depth: number }[] = [];
  for (const [line, one] of lines.entries()) {
    if ("root" in one || one.pci.iommuGroup === null) continue;
    const last = runs.at(-1);
    if (last?.group === one.pci.iommuGroup && last.last === line - 1) {
      last.last = line;
      last.depth = Math.min(last.depth, one.depth);
    } else {
      runs.push({ group: one.pci.iommuGroup, first: line, last: line, depth: one.depth });
    }
  }
  return runs;
}
