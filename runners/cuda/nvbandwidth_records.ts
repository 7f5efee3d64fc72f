/**
 * What nvbandwidth tells, whatever form it was told in.
 *
 * @module
 */
import { matrixCell, type PeerMatrix } from "./peer_matrix.ts";

/**
 * `passed`: measured. `waived`: this host has not what it needs. `running`: begun, and nothing came of
 * it. `not found`: this version has no such test case. `error`: it says so itself.
 */
export type NvbandwidthStatus = "passed" | "waived" | "error" | "running" | "not found";

export interface NvbandwidthCase {
  /** Null for a waived case in the text of versions since 0.5, which do not name it. */
  readonly name: string | null;
  readonly status: NvbandwidthStatus;
  /** Such as "memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)"; null unless it passed. */
  readonly description: string | null;
  /** What the figures are: bytes per second, or seconds; null unless it passed. */
  readonly unit: "bytes per second" | "seconds" | null;
  /**
   * Of both directions together where the case measures both. Empty unless it passed. A copy within a
   * GPU (`device_local_copy`) counts each byte once, though it is read and written.
   */
  readonly matrix: PeerMatrix;
  /** nvbandwidth's own sum of all cells, in the same unit. */
  readonly sum: number | null;
  /** nvbandwidth's own words, where the case did not pass. */
  readonly because: string | null;
}

export interface NvbandwidthRecord {
  /** "0.8" for its "v0.8". */
  readonly version: string;
  /** CUDA's as nvbandwidth tells it, which is the driver's also where it says the runtime's: "12.8". */
  readonly cudaVersion: string | null;
  readonly driverVersion: string | null;
  /** As nvbandwidth names them, in CUDA's order: "NVIDIA A100 (00000000:65:00)". */
  readonly devices: readonly string[];
  readonly testcases: readonly NvbandwidthCase[];
  /** A failure of the whole run. */
  readonly error: string | null;
  readonly warning: string | null;
}

/** What a case with this description measured, from the text of its cells and of its sum. */
export interface CaseFigures {
  readonly name: string;
  readonly description: string;
  readonly cells: readonly (readonly string[])[];
  readonly sum: string;
}

/** A case whose figures came whole, or a failed one where they are not what it should have measured. */
export function measuredCase({ name, description, cells, sum }: CaseFigures): NvbandwidthCase {
  const unit = UNITS.find(({ ending }) => ending.test(description));
  if (unit === undefined) return unmeasured(name, "error", `"${description}" has no known unit`);
  const scale = unit.scale;
  return {
    name,
    status: "passed",
    description,
    unit: unit.unit,
    matrix: cells.map((row) => row.map((cell) => matrixCell(cell, scale))),
    sum: matrixCell(sum, scale),
    because: null,
  };
}

export function unmeasured(
  name: string | null,
  status: Exclude<NvbandwidthStatus, "passed">,
  because: string | null,
): NvbandwidthCase {
  return { name, status, description: null, unit: null, matrix: [], sum: null, because };
}

/** Whether `description` is of one of the two directions that a case tells before their total. */
export function isPartOfTotal(description: string): boolean {
  return /\b(?:Read|Write)[12] bandwidth\b/.test(description);
}

/** What nvbandwidth says, in its JSON also, where the bytes that arrived are not those that it sent. */
export const WRONG_BYTES = /Invalid value when checking the pattern at.*/;

/** CUDA's version from its number: 12080 is 12.8. */
export function cudaVersionOf(number: number): string | null {
  if (!Number.isInteger(number) || number < 1000) return null;
  return `${Math.floor(number / 1000)}.${Math.floor(number % 1000 / 10)}`;
}

const UNITS = [
  { ending: /\(GB\/s\)$/, unit: "bytes per second", scale: 1e9 },
  { ending: /\(ns\)$/, unit: "seconds", scale: 1e-9 },
] as const;
