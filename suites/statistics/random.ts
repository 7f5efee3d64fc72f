/**
 * Seeded randomness: the same seed gives the same order of arms on every machine.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

export type { RandomGenerator };

/** What an order depends on; two different keys give independent orders. */
export interface BlockKey {
  /** Seed of the run. */
  readonly seed: number;
  /** Name of the experiment. */
  readonly experiment: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the block. */
  readonly block: number;
}

/**
 * A generator (xoroshiro128+) whose 128 bits of state are a SHA-256 of `key`, so that near keys give
 * unrelated streams.
 */
export function randomOf(key: readonly (string | number)[]): RandomGenerator {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}

/** The next number in [0, 1). */
export function uniform(random: RandomGenerator): number {
  return uniformFloat64(random);
}

/** A copy of `items` in an order drawn uniformly from all orders (Fisher and Yates). */
export function shuffled<T>(random: RandomGenerator, items: readonly T[]): T[] {
  const rest = [...items];
  const drawn: T[] = [];
  while (rest.length > 0) drawn.push(...rest.splice(uniformInt(random, 0, rest.length - 1), 1));
  return drawn;
}

/**
 * The order in which one block runs its arms.
 *
 * Each block draws anew and independently of every other: that makes "the arm came after the
 * reference" a fair coin in each block, so that drift of the machine cannot lean to one side.
 */
export function blockOrder<T>(
  { seed, experiment, workload, block }: BlockKey,
  arms: readonly T[],
): T[] {
  return shuffled(randomOf([seed, experiment, workload, block]), arms);
}
