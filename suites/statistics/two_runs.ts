/**
 * One ratio in two runs: what may be said of the two.
 *
 * The intervals are of each run by itself. What else differs between two runs is in neither, so all that
 * is said here is of the runs, and of the hosts only as far as a host's runs repeat.
 *
 * @module
 */
import type { Ratio } from "../result.ts";
import { type Bounds, boundsOf } from "./bands.ts";
import { judgeControl } from "./control.ts";

/** Ratios that are less than this factor apart are alike in practice. */
export const PRACTICAL_FACTOR = 1.02;

/** The first and the second of two runs. */
export type Side = "a" | "b";

/** A ratio, and that of the A/A control on the same workload; null where the run has none. */
export interface Measurement {
  readonly ratio: Ratio;
  readonly control: Ratio | null;
}

/**
 * What may be said of a ratio in two runs. `quotient` is the interval of the second over the first;
 * null where a run has too few blocks, or the two are not to be compared.
 */
export type TwoRuns =
  /** More than {@linkcode PRACTICAL_FACTOR} apart. */
  | { readonly kind: "parted"; readonly quotient: Bounds; readonly higher: Side }
  /** Less than {@linkcode PRACTICAL_FACTOR} apart: shown, not assumed. */
  | { readonly kind: "alike"; readonly quotient: Bounds }
  | { readonly kind: "cannot-tell"; readonly quotient: Bounds | null; readonly why: Doubt };

/** Why nothing may be said. */
export type Doubt = UnclearFigures | Incomparable;

/** Which run's figures do not allow it; none where it is neither by itself. */
export interface UnclearFigures {
  /** Too few blocks; a control that may explain all; an interval of the quotient that is too wide. */
  readonly reason: "too-few" | "control" | "too-wide";
  readonly sides: readonly Side[];
}

/** Which run is not to be compared with the other, whatever the figures. */
export interface Incomparable {
  /** Other work under one name; another reference; what would keep the judge from a verdict. */
  readonly reason: "other-work" | "other-reference" | "obstacle";
  readonly sides: readonly Side[];
  /** The work, the reference or the obstacle of each run; null where a run has no obstacle. */
  readonly seen: Readonly<Record<Side, string | null>>;
}

/**
 * Compares one ratio in two runs. Each end of the quotient's interval is wrong only where an end of one
 * of the two intervals is (union bound): it need not be known how the two depend on each other.
 */
export function compareRuns(a: Measurement, b: Measurement): TwoRuns {
  const [first, second] = [positiveBounds(a.ratio), positiveBounds(b.ratio)];
  if (first === null || second === null) {
    const sides = sidesWhere(first === null, second === null);
    return { kind: "cannot-tell", quotient: null, why: { reason: "too-few", sides } };
  }
  const quotient = { low: second.low / first.high, high: second.high / first.low };
  // How far apart they are at least, and at most.
  const [least, most] = [Math.max(quotient.low, 1 / quotient.high), widest(quotient)];
  const parted = least > PRACTICAL_FACTOR;
  if (!parted && most > PRACTICAL_FACTOR) {
    return { kind: "cannot-tell", quotient, why: { reason: "too-wide", sides: [] } };
  }
  const sides = unproven([a, b], parted ? Math.sqrt(least) : PRACTICAL_FACTOR);
  if (sides.length > 0) return { kind: "cannot-tell", quotient, why: { reason: "control", sides } };
  if (!parted) return { kind: "alike", quotient };
  return { kind: "parted", quotient, higher: quotient.low > 1 ? "b" : "a" };
}

/** Of which runs the A/A control does not come within `factor` of 1, nor within the practical one. */
function unproven([a, b]: readonly [Measurement, Measurement], factor: number): Side[] {
  const margin = 1 / Math.max(PRACTICAL_FACTOR, factor);
  const fails = ({ control }: Measurement): boolean =>
    control === null || judgeControl(control, margin).outcome !== "equal";
  return sidesWhere(fails(a), fails(b));
}

function sidesWhere(a: boolean, b: boolean): Side[] {
  return [...(a ? ["a" as const] : []), ...(b ? ["b" as const] : [])];
}

/** The factor by which the ends are away from 1, at most. */
function widest({ low, high }: Bounds): number {
  return Math.max(high, 1 / low);
}

function positiveBounds(ratio: Ratio): Bounds | null {
  const bounds = boundsOf(ratio);
  return bounds !== null && bounds.low > 0 ? bounds : null;
}
