/**
 * What makes two machines of one name two, in words.
 *
 * @module
 */
import type { Hardware } from "./machine_identity.ts";

/** So many PCI devices that came or went are named; more are counted. */
const MOST_NAMED = 4;

/**
 * What differs from one machine's hardware to another's, such as "processors 16 -> 15"; without the
 * hostname, which counts as the same.
 */
export function hardwareChanges(before: Hardware, after: Hardware): string[] {
  return [
    ...changeOf("environment", before.environment, after.environment),
    ...changeOf("processor", before.cpuModel, after.cpuModel),
    ...changeOf("processors", before.cpuCount, after.cpuCount),
    ...listChange("PCI devices", [before.pci, after.pci], named),
    ...listChange("GPUs", [before.gpus, after.gpus], ({ length }) => String(length)),
  ];
}

function changeOf(what: string, before: string | number, after: string | number): string[] {
  return before === after ? [] : [`${what} ${before} -> ${after}`];
}

/** Null where a list is not known. */
type Pair = readonly [before: readonly string[] | null, after: readonly string[] | null];

/** What went and what came, each as `inWords` has it. */
function listChange(
  what: string,
  [before, after]: Pair,
  inWords: (items: readonly string[]) => string,
): string[] {
  if (before === null || after === null) {
    if (before === after) return [];
    return [`${what} ${before === null ? "unknown -> known" : "known -> unknown"}`];
  }
  const [gone, come] = [without(before, after), without(after, before)];
  const parts = [
    ...(gone.length === 0 ? [] : [`gone ${inWords(gone)}`]),
    ...(come.length === 0 ? [] : [`new ${inWords(come)}`]),
  ];
  return parts.length === 0 ? [] : [`${what}: ${parts.join(", ")}`];
}

/** The items that are left when each of `others` has taken one that is equal. */
function without(items: readonly string[], others: readonly string[]): string[] {
  const left = [...items];
  for (const other of others) {
    const index = left.indexOf(other);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}

function named(items: readonly string[]): string {
  const more = items.length - MOST_NAMED;
  return [...items.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(" ");
}
