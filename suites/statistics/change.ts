/**
 * Change detection over the nights of one host: which ratios and verdicts changed, each change once,
 * and which nights call for a second run. `deno task calibrate` shows how often it errs.
 *
 * @module
 */
export {
  type Drift,
  type DriftOptions,
  driftsIn,
  type Estimate,
  type Figure,
  isSuspectRatio,
  type Level,
  type Levels,
  MARGIN,
  type RatioNight,
  type Suspicion,
  suspicionIn,
} from "./drift.ts";
export { type Flip, flipsIn, isSuspectVerdict, type VerdictNight } from "./flip.ts";
