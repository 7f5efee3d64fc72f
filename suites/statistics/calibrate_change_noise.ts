/**
 * Simulated histories: what the nights of one host find, run by run, with and without a change.
 *
 * @module
 */
import { normal } from "./calibrate_noise.ts";
import { median, medianInterval } from "./confidence_sequence.ts";
import type { Figure } from "./drift.ts";
import { type RandomGenerator, uniform } from "./random.ts";
import { ARM_SIDE_ERROR } from "./ratios.ts";

/** What one run found, and the samples within it. */
export interface SimulatedRun extends Figure {
  readonly samples: readonly number[];
}

/** One night; its second run is made when it is asked for. */
export interface SimulatedNight {
  readonly first: SimulatedRun;
  /** Null where nobody makes one. */
  readonly second: () => SimulatedRun | null;
}

/** How runs differ from one another. */
export interface RunNoise {
  readonly name: string;
  /** A number with a standard deviation of about 1. */
  readonly draw: (random: RandomGenerator) => number;
  /** The share of the variance that both runs of a night have in common. */
  readonly nightly: number;
}

/** A history to simulate. */
export interface HistoryPlan {
  readonly noise: RunNoise;
  /** Standard deviation of the logarithm, from run to run. */
  readonly deviation: number;
  readonly nights: number;
  /** The ratio in truth, by night. */
  readonly truth: (night: number) => number;
  /** Whether second runs are made at all. */
  readonly confirms: boolean;
}

/** Within a run figures agree far better than from run to run. */
const WITHIN = { samples: 12, deviation: 0.028 };

export const LOG_NORMAL: RunNoise = { name: "log-normal", draw: normal, nightly: 0 };

/** A second run of the night tells nothing that the first one did not. */
export const ALL_THE_NIGHTS: RunNoise = { name: "all the night's", draw: normal, nightly: 1 };

/** The noises under which nothing changes. */
export const RUN_NOISES: readonly RunNoise[] = [
  LOG_NORMAL,
  { name: "heavy tails", draw: studentT4, nightly: 0 },
  { name: "5 % outliers", draw: withOutliers, nightly: 0 },
  { name: "two modes", draw: twoModes, nightly: 0 },
  { name: "half the night's", draw: normal, nightly: 0.5 },
  { name: "nine tenths of it", draw: normal, nightly: 0.9 },
  ALL_THE_NIGHTS,
];

/** What the median of the samples adds to the differences between runs, in normal noise. */
const MEDIAN_DEVIATION = WITHIN.deviation * Math.sqrt(Math.PI / 2 / WITHIN.samples);

/** Draws the runs of a history. */
export function drawNights(random: RandomGenerator, plan: HistoryPlan): SimulatedNight[] {
  const { noise: { draw, nightly }, truth, confirms } = plan;
  const deviation = Math.sqrt(plan.deviation ** 2 - MEDIAN_DEVIATION ** 2);
  return Array.from({ length: plan.nights }, (_, night) => {
    const common = nightly === 0 ? 0 : Math.sqrt(nightly) * draw(random);
    const next = (): SimulatedRun => {
      const own = Math.sqrt(1 - nightly) * draw(random);
      return drawRun(random, truth(night) * Math.exp(deviation * (common + own)));
    };
    return { first: next(), second: () => confirms ? next() : null };
  });
}

function drawRun(random: RandomGenerator, center: number): SimulatedRun {
  const samples = Array.from(
    { length: WITHIN.samples },
    () => center * Math.exp(WITHIN.deviation * normal(random)),
  );
  return { samples, ratio: median(samples) ?? NaN, ...medianInterval(samples, ARM_SIDE_ERROR) };
}

/** Student's t with 4 degrees of freedom, scaled to a standard deviation of 1. */
function studentT4(random: RandomGenerator): number {
  return normal(random) / Math.sqrt(-Math.log((1 - uniform(random)) * (1 - uniform(random))));
}

/** One run in twenty finds about twice or half of what is true, where the deviation is 15 %. */
function withOutliers(random: RandomGenerator): number {
  const off = Math.LN2 / 0.15;
  const from = uniform(random);
  return normal(random) + (from < 0.025 ? off : from < 0.05 ? -off : 0);
}

/** One run in ten lies three deviations higher than the rest. */
function twoModes(random: RandomGenerator): number {
  return 0.3 * normal(random) + (uniform(random) < 0.1 ? 3 : 0);
}
