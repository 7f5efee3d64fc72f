/**
 * What an inventory says to a statement: true, false, or nothing, and why.
 *
 * @module
 */
import type { Requirement } from "../../requirements.ts";
import type { Inventory } from "../../runners/inventory/inventory.ts";
import type { ObservationName } from "../observations.ts";
import type { Control } from "../result.ts";

/** The statement is true or false here. */
export interface Answer {
  readonly value: boolean;
  /** What is there, as a sentence. */
  readonly seen: string;
  /** Further controls on readings of the same inventory. */
  readonly controls?: readonly Control[];
}

/** The inventory does not tell. */
export interface Open {
  readonly value: null;
  /** As a sentence, with the cure. */
  readonly because: string;
  readonly lacks: Requirement | null;
  /** True where it was looked at and stays in doubt, not where something is missing. */
  readonly inDoubt?: true;
}

export type Reading = Answer | Open;

/** One observation, and how an inventory answers it. */
export interface Question {
  readonly name: ObservationName;
  readonly ask: (inventory: Inventory) => Reading;
  /**
   * The made-up machine on which it must not be found, and the answer there; null where the
   * question brings controls of its own, or needs none because it has no answer.
   */
  readonly control:
    | { readonly machine: "noneTrue" | "empty"; readonly answer: false | null }
    | null;
  /**
   * True where a hypervisor makes up what its guest is shown, so that only bare metal answers it:
   * the rate of a link, say, but not that links form a tree.
   */
  readonly hardwareOnly?: true;
}

/** Nothing is told because something is missing. */
export function open(because: string, lacks: Requirement | null = null): Open {
  return { value: null, because, lacks };
}

const SHOWN = 4;

/** The first few of a list, and how many more there are. */
export function few(all: readonly string[]): string {
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : "";
  return `${all.slice(0, SHOWN).join(", ")}${more}`;
}

/** A count with its noun: "1 link", "2 links". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A rate of a link as it is sold: "10 Gbit/s". */
export function gigabits(bitsPerSecond: number): string {
  return `${Number((bitsPerSecond / 1e9).toPrecision(3))} Gbit/s`;
}

/** A capacity: "31.5 GB/s". */
export function gigabytes(bytesPerSecond: number): string {
  return `${Number((bytesPerSecond / 1e9).toPrecision(3))} GB/s`;
}

/** The greatest of some values; null of none. */
export function greatest(values: readonly (number | null)[]): number | null {
  let most: number | null = null;
  for (const value of values) if (value !== null && (most === null || value > most)) most = value;
  return most;
}
