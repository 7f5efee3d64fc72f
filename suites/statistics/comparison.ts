/**
 * From a ratio, its A/A control and the thresholds to what may be said: the one decision that rules
 * and the stopping of experiments share. It holds at every look, so an experiment may look after each
 * block and stop as soon as it likes the answer.
 *
 * @module
 */
import type { Band, Ratio, Thresholds } from "../result.ts";
import { BANDS, bandsOf, type Bounds, boundsOf } from "./bands.ts";
import { fewestToExclude } from "./confidence_sequence.ts";
import { type Control, controlMargin, judgeControl } from "./control.ts";
import { ARM_SIDE_ERROR } from "./ratios.ts";

export { ratioOf, ratiosOf, usedSamples } from "./ratios.ts";

/** More blocks than this are never proposed. */
const MOST_BLOCKS_PROPOSED = 500;

/** The whole interval lies in one band, and the control came out as equal. */
export interface InBand {
  readonly kind: "band";
  readonly band: Band;
  readonly control: Control;
}

/**
 * The interval touches several bands. Those that it excludes may be relied on: where there are any,
 * the control came out as equal.
 */
export interface Straddles {
  readonly kind: "straddles";
  /** The bands that it touches, from worst to best. */
  readonly bands: readonly Band[];
  /** The bands that it does not touch. */
  readonly excluded: readonly Band[];
  readonly control: Control;
  /** About how many blocks would settle it; null when no reasonable number would. */
  readonly blocksNeeded: number | null;
}

/** The interval excludes some band, but the control does not bear it out. */
export interface ControlFailed {
  readonly kind: "control-failed";
  /** The bands that the interval touches, from worst to best. */
  readonly bands: readonly Band[];
  /** Its outcome is `unequal`, or `undecided` when more blocks could help. */
  readonly control: Control;
  /** A sentence with the figures, without its full stop. */
  readonly why: string;
}

/** There are too few blocks for an interval. */
export interface TooFew {
  readonly kind: "too-few";
  readonly n: number;
  /** The fewest blocks that have an interval. */
  readonly blocksNeeded: number;
}

/** What may be said about one arm on one workload. */
export type Comparison = InBand | Straddles | ControlFailed | TooFew;

/**
 * Decides on `ratio` by its interval, and on `control` (the A/A arm on the same workload) by its
 * blocks. Wrong about the band with a chance of at most 2 × {@linkcode ARM_SIDE_ERROR}, whatever the
 * noise and whenever one stops.
 */
export function decide(ratio: Ratio, control: Ratio, thresholds: Thresholds): Comparison {
  const bounds = boundsOf(ratio);
  if (bounds === null) return { kind: "too-few", n: ratio.n, blocksNeeded: fewestBlocks() };
  const bands = bandsOf(bounds, thresholds);
  const judged = judgeControl(control, controlMargin(bounds, thresholds));
  if (bands.length < BANDS.length && judged.outcome !== "equal") {
    return { kind: "control-failed", bands, control: judged, why: judged.because };
  }
  const [band] = bands;
  if (band !== undefined && bands.length === 1) {
    return { kind: "band", band, control: judged };
  }
  return {
    kind: "straddles",
    bands,
    excluded: BANDS.filter((other) => !bands.includes(other)),
    control: judged,
    // A run that only goes on does not ask for it, and it takes longer than all the rest.
    get blocksNeeded() {
      return blocksNeeded(ratio, bounds, thresholds);
    },
  };
}

/** Whether the ratio is shown to lie in `band`. */
export function isIn(comparison: Comparison, band: Band): boolean {
  return comparison.kind === "band" && comparison.band === band;
}

/** Whether the ratio is shown to lie outside `band`, be it in one other band or in either of two. */
export function isOutside(comparison: Comparison, band: Band): boolean {
  if (comparison.kind === "band") return comparison.band !== band;
  return comparison.kind === "straddles" && comparison.excluded.includes(band);
}

/** Whether more blocks could change what is known: false once the ratio is in one band. */
export function isOpen(comparison: Comparison): boolean {
  return comparison.kind !== "band";
}

/** The fewest blocks that have an interval. */
export function fewestBlocks(sideError = ARM_SIDE_ERROR): number {
  let n = 1;
  while (fewestToExclude(n, sideError) === null) n++;
  return n;
}

/** As many as the thresholds inside the interval need if the shares of blocks stay as they are. */
function blocksNeeded(
  { blocks }: Ratio,
  { low, high }: Bounds,
  thresholds: Thresholds,
): number | null {
  const inside = [thresholds.high, thresholds.medium].filter((t) => low < t && t <= high);
  const needed = inside.map((threshold) => blocksToExclude(blocks, threshold));
  const known = needed.filter((n) => n !== null);
  return known.length < needed.length ? null : Math.max(...known);
}

/** How many blocks would exclude `threshold` if the share on its busier side stays; else null. */
export function blocksToExclude(blocks: readonly number[], threshold: number): number | null {
  const above = blocks.filter((ratio) => ratio > threshold).length;
  const below = blocks.filter((ratio) => ratio < threshold).length;
  const share = Math.max(above, below) / blocks.length;
  const excludes = (n: number): boolean =>
    (fewestToExclude(n, ARM_SIDE_ERROR) ?? Infinity) <= share * n;
  if (!excludes(MOST_BLOCKS_PROPOSED)) return null;
  let n = blocks.length;
  while (n < MOST_BLOCKS_PROPOSED && !excludes(n)) n++;
  return n;
}
