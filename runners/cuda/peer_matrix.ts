/**
 * A table of figures from each device (row) to each other (column).
 *
 * @module
 */
import { positiveOrNull } from "./cuda_run.ts";

/** Row, then column. Null where nothing was measured: "N/A", nan, inf, a negative figure, or 0. */
export type PeerMatrix = readonly (readonly (number | null)[])[];

/** Reads one cell and brings it to its base unit. No copy takes no time, and none has no speed. */
export function matrixCell(text: string, scale: number): number | null {
  return positiveOrNull(text.trim(), scale);
}
