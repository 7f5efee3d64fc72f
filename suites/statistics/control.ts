/**
 * The A/A control: the reference against itself must come out as equal, or nothing else counts.
 *
 * @module
 */
import type { Ratio, Thresholds } from "../result.ts";
import { type Bounds, boundsOf } from "./bands.ts";
import { medianInterval } from "./confidence_sequence.ts";

/**
 * The chance on each side, over all looks, that the control's interval misses the truth. It may be
 * larger than an arm's: the control does not decide a verdict, it can only withhold one.
 */
export const CONTROL_SIDE_ERROR = 0.05;

/**
 * How far from 1 an interval may end and still count as reaching it: a machine so steady that a drift of
 * a thousandth shows is no reason to withhold a verdict, for no threshold is finer than a hundredth.
 */
const NEGLIGIBLE = 0.002;

/** `undecided` may still become another with more blocks. */
export type ControlOutcome = "equal" | "unequal" | "undecided";

/** What the control says, and why. */
export interface Control {
  readonly outcome: ControlOutcome;
  /** A sentence with the figures, without its full stop. */
  readonly because: string;
  readonly n: number;
  /** Interval at {@linkcode CONTROL_SIDE_ERROR} on each side; null where n is too small. */
  readonly low: number | null;
  readonly high: number | null;
  /** The control must lie between `margin` and `1 / margin`. */
  readonly margin: number;
}

/**
 * How near to 1 the control must come: as near as the finest threshold, or, for an arm whose interval
 * keeps farther from each threshold that it excludes, as near as that. A machine that is uneven by
 * less than the margin cannot have carried such an arm over a threshold.
 */
export function controlMargin(arm: Bounds, thresholds: Thresholds): number {
  const gaps = [thresholds.high, thresholds.medium].flatMap((threshold) => {
    if (arm.low >= threshold) return [threshold / arm.low];
    return arm.high < threshold ? [arm.high / threshold] : [];
  });
  return gaps.length === 0 ? thresholds.high : Math.min(thresholds.high, Math.max(...gaps));
}

/**
 * Whether the control's ratio is `equal` to 1: its interval reaches 1, or a ratio that nobody could tell
 * from it, and keeps within the margin. It is `unequal` when its interval does not reach so far, and
 * `undecided` when that is still too wide.
 */
export function judgeControl({ n, blocks }: Ratio, margin: number): Control {
  const interval = medianInterval(blocks, CONTROL_SIDE_ERROR);
  const bounds = boundsOf(interval);
  const outcome = bounds === null ? "undecided" : outcomeOf(bounds, margin);
  return { outcome, because: sentence(bounds, { outcome, n, margin }), n, ...interval, margin };
}

/** The largest margin that the control keeps within, 0.98 for one between 0.98 and 1 / 0.98; null for none. */
export function reachOf({ blocks }: Ratio): number | null {
  const bounds = boundsOf(medianInterval(blocks, CONTROL_SIDE_ERROR));
  return bounds === null ? null : Math.min(bounds.low, 1 / bounds.high);
}

function outcomeOf({ low, high }: Bounds, margin: number): ControlOutcome {
  if (low > 1 + NEGLIGIBLE || high < 1 - NEGLIGIBLE) return "unequal";
  return low >= margin && high <= 1 / margin ? "equal" : "undecided";
}

const FINDINGS: Readonly<Record<ControlOutcome, string>> = {
  equal: "reaches 1 and keeps within",
  unequal: "excludes 1; it must reach 1 and keep within",
  undecided: "is too wide; it must keep within",
};

function sentence(
  bounds: Bounds | null,
  { outcome, n, margin }: Pick<Control, "outcome" | "n" | "margin">,
): string {
  if (bounds === null) return `${n} blocks are too few for an interval of the A/A control`;
  const interval = `${bounds.low.toFixed(3)} to ${bounds.high.toFixed(3)} (n = ${n})`;
  const required = `${margin.toFixed(3)} to ${(1 / margin).toFixed(3)}`;
  return `the A/A control's interval ${interval} ${FINDINGS[outcome]} ${required}`;
}
