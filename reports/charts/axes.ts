/**
 * The axis of figures: printed in one unit, logarithmic where the figures lie far apart.
 *
 * @module
 */
import type { Workload } from "../../suites/result.ts";
import { printUnit } from "../units.ts";
import type { ChartSpec } from "./spec.ts";

// Beyond this spread a linear scale would press the small figures onto the axis.
const LINEAR_UP_TO = 8;

/** How the figures of one workload are drawn. */
export interface FigureAxis {
  /** Drawn is a figure in base units divided by this. */
  readonly factor: number;
  /** The unit to print, with a remark where the scale is logarithmic. */
  readonly title: string;
  readonly scale: ChartSpec;
  readonly axis: ChartSpec;
}

/**
 * The axis for `values`, figures in base units, of which there is at least one. A linear one starts at 0,
 * unless `zero` is false: then it is as long as the values need.
 */
export function figureAxis(
  unit: Workload["unit"],
  values: readonly number[],
  { zero = true }: { readonly zero?: boolean } = {},
): FigureAxis {
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  const { factor, label } = printUnit(unit, largest);
  const [lowest, highest] = [smallest / factor, largest / factor];
  if (smallest > 0 && largest / smallest > LINEAR_UP_TO) {
    return logAxis(label, factor, [lowest / 1.4, highest * 1.4]);
  }
  const margin = Math.max(0.1 * (highest - lowest), 0.005 * highest);
  const scale = zero ? { zero } : { domain: [lowest - margin, highest + margin] };
  return { factor, title: label, scale, axis: { tickCount: zero ? 4 : 6 } };
}

function logAxis(
  label: string,
  factor: number,
  [lowest, highest]: readonly [number, number],
): FigureAxis {
  return {
    factor,
    title: `${label} (log)`,
    scale: { type: "log", domain: [lowest, highest], nice: false },
    axis: { values: logTicks(lowest, highest), format: "~g" },
  };
}

/** A figure in base units as it is drawn. */
export function drawn(value: number, { factor }: FigureAxis): number {
  return Number((value / factor).toPrecision(5));
}

/** The ticks 1, 2 and 5 of every decade between two positive numbers. */
export function logTicks(lowest: number, highest: number): number[] {
  const first = Math.floor(Math.log10(lowest));
  const decades = Math.max(0, Math.ceil(Math.log10(highest)) - first) + 1;
  return Array.from({ length: decades }, (_, index) => first + index)
    .flatMap((exponent) => ["1", "2", "5"].map((digit) => Number(`${digit}e${exponent}`)))
    .filter((tick) => tick >= lowest && tick <= highest);
}
