/**
 * Simulated machines: what the figures of independent processes look like under several noises.
 *
 * @module
 */
import { type RandomGenerator, shuffled, uniform } from "./random.ts";

/** What each block of a simulated experiment measured, in block order. */
export interface Draws {
  readonly native: readonly number[];
  readonly nativeAgain: readonly number[];
  readonly arm: readonly number[];
}

/** A kind of noise: `start` begins an experiment and gives the speed of each next process. */
export interface Noise {
  readonly name: string;
  readonly start: (random: RandomGenerator) => () => number;
}

/** The noises of the calibration; a process without noise has the speed 1. */
export const NOISES: readonly Noise[] = [
  { name: "normal 2 %", start: (random) => () => 1 + 0.02 * normal(random) },
  { name: "heavy tails", start: (random) => () => Math.exp(0.02 * studentT2(random)) },
  { name: "drift", start: drift },
  { name: "bimodal", start: (random) => () => bimodal(random) },
  { name: "5 % outliers", start: (random) => () => withOutliers(random) },
];

/** Runs `blocks` blocks of three processes in random order; the arm's true ratio is `truth`. */
export function drawBlocks(
  random: RandomGenerator,
  noise: Noise,
  { truth, blocks }: { readonly truth: number; readonly blocks: number },
): Draws {
  const draws = { native: [] as number[], nativeAgain: [] as number[], arm: [] as number[] };
  const next = noise.start(random);
  for (let block = 0; block < blocks; block++) {
    for (const name of shuffled(random, ["native", "nativeAgain", "arm"] as const)) {
      draws[name].push(name === "arm" ? truth * next() : next());
    }
  }
  return draws;
}

/** A standard normal number (Box and Muller 1958). */
export function normal(random: RandomGenerator): number {
  return Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * uniform(random));
}

/** Student's t with 2 degrees of freedom, whose variance is infinite. */
function studentT2(random: RandomGenerator): number {
  return normal(random) / Math.sqrt(exponential(random));
}

function exponential(random: RandomGenerator): number {
  return -Math.log(1 - uniform(random));
}

/** From process to process a random walk of 1 % and a trend of 0.2 %, and 1 % of each one's own. */
function drift(random: RandomGenerator): () => number {
  let level = 0;
  return () => {
    level += 0.002 + 0.01 * normal(random);
    return Math.exp(level + 0.01 * normal(random));
  };
}

/** Two modes 10 % apart, drawn per process, and 1 % around them. */
function bimodal(random: RandomGenerator): number {
  return (uniform(random) < 0.5 ? 1 : 0.9) * (1 + 0.01 * normal(random));
}

/** Normal noise of 2 %, but one process in twenty runs at 0.3 to 0.7 of its speed. */
function withOutliers(random: RandomGenerator): number {
  const slowed = uniform(random) < 0.05 ? 0.3 + 0.4 * uniform(random) : 1;
  return slowed * (1 + 0.02 * normal(random));
}
