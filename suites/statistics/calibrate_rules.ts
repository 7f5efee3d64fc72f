/**
 * The rules that the calibration compares: cellproof's own, and three that others use.
 *
 * @module
 */
import type { Band, Thresholds } from "../result.ts";
import { bandOf } from "./bands.ts";
import type { Draws } from "./calibrate_noise.ts";
import { decide, fewestBlocks, ratioOf } from "./comparison.ts";
import { studentP } from "./student.ts";

/** What a rule says of one simulated experiment. */
export interface Outcome {
  /** Null for "inconclusive". */
  readonly band: Band | null;
  /** Blocks looked at. */
  readonly blocks: number;
}

/** A rule that looks at blocks until it decides, or has seen them all. */
export interface Rule {
  readonly name: string;
  readonly judge: (draws: Draws, thresholds: Thresholds) => Outcome;
}

/** Whether the arm is above (1) or below (-1) `threshold` times the reference, or neither is shown. */
type Test = (threshold: number) => -1 | 0 | 1;

/** cellproof's own first. */
export const RULES: readonly Rule[] = [
  { name: "cellproof", judge: cellproof },
  { name: "mean of 3 runs", judge: meanOf3 },
  { name: "Mann-Whitney each block", judge: mannWhitneyEachBlock },
  { name: "Welch on 10 runs", judge: welchOn10 },
];

function cellproof({ native, nativeAgain, arm }: Draws, thresholds: Thresholds): Outcome {
  const workload = "simulated";
  const ratios = arm.map((value, block) => value / (native[block] ?? NaN));
  const controls = nativeAgain.map((value, block) => value / (native[block] ?? NaN));
  for (let blocks = fewestBlocks(); blocks <= ratios.length; blocks++) {
    const ratio = ratioOf({ workload, arm: "arm" }, ratios.slice(0, blocks));
    const control = ratioOf({ workload, arm: "native-again" }, controls.slice(0, blocks));
    const comparison = decide(ratio, control, thresholds);
    if (comparison.kind === "band") return { band: comparison.band, blocks };
  }
  return { band: null, blocks: ratios.length };
}

function meanOf3({ native, arm }: Draws, thresholds: Thresholds): Outcome {
  const ratio = mean(arm.slice(0, 3)) / mean(native.slice(0, 3));
  return { band: bandOf(ratio, thresholds), blocks: 3 };
}

function mannWhitneyEachBlock({ native, arm }: Draws, thresholds: Thresholds): Outcome {
  for (let blocks = 2; blocks <= arm.length; blocks++) {
    const reference = native.slice(0, blocks);
    const ours = arm.slice(0, blocks);
    const band = bandBy((t) => mannWhitney(ours, reference.map((v) => v * t)), thresholds);
    if (band !== null) return { band, blocks };
  }
  return { band: null, blocks: arm.length };
}

function welchOn10({ native, arm }: Draws, thresholds: Thresholds): Outcome {
  const reference = native.slice(0, 10);
  const test: Test = (threshold) => welch(arm.slice(0, 10), reference.map((v) => v * threshold));
  return { band: bandBy(test, thresholds), blocks: 10 };
}

function bandBy(test: Test, { high, medium }: Thresholds): Band | null {
  const toHigh = test(high);
  if (toHigh === 1) return "high";
  const toMedium = test(medium);
  if (toMedium === -1) return "low";
  return toHigh === -1 && toMedium === 1 ? "medium" : null;
}

/** Two-sided at 0.05, by the normal approximation with continuity correction; for equal counts. */
export function mannWhitney(ours: readonly number[], theirs: readonly number[]): -1 | 0 | 1 {
  const n = ours.length;
  let wins = 0;
  for (const x of ours) for (const y of theirs) wins += x > y ? 1 : x === y ? 0.5 : 0;
  const excess = wins - n * n / 2;
  const z = (Math.abs(excess) - 0.5) / Math.sqrt(n * n * (2 * n + 1) / 12);
  return z < 1.959964 ? 0 : excess > 0 ? 1 : -1;
}

/** Two-sided at 0.05, with the degrees of freedom of Welch and Satterthwaite. */
export function welch(ours: readonly number[], theirs: readonly number[]): -1 | 0 | 1 {
  const a = squaredError(ours);
  const b = squaredError(theirs);
  const t = (mean(ours) - mean(theirs)) / Math.sqrt(a + b);
  const degrees = (a + b) ** 2 / (a ** 2 / (ours.length - 1) + b ** 2 / (theirs.length - 1));
  return studentP(t, degrees) >= 0.05 ? 0 : t > 0 ? 1 : -1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The squared standard error of the mean. */
function squaredError(values: readonly number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}
