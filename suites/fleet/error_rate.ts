/**
 * What the error rate of verdicts explains among many that tried.
 *
 * @module
 */
import { chanceOfAtLeast } from "../statistics/binomial.ts";

/** The chance that a verdict on figures is wrong, at most; and how sure a fleet's verdict must be. */
const ERROR_RATE = 0.01;
/** What the chance itself may be off by, as arithmetic goes. */
const ROUNDING = 1 + 1e-9;

/** Whether the error rate may explain that `count` or more of those that tried are exceptions. */
export function mayBeChance(count: number, tried: number): boolean {
  return chanceOfAtLeast(count, { trials: tried, each: ERROR_RATE }) > ERROR_RATE * ROUNDING;
}
