/**
 * Which of many hosts of one make have a ratio unlike those of the others.
 *
 * Hosts of a make differ by some factor, and nobody knows beforehand by how much: it is taken from how
 * far most of them lie from their median. A few far ones, which may be as bad as the host in question,
 * do not count there, so that they cannot hide one another. A host is an outlier where its own interval
 * lies wholly beyond what one more host of the make may have, and farther beyond than what is alike in
 * practice and than its A/A control leaves open. In logarithms, so that half is as far as twice.
 *
 * @module
 */
import type { Bounds } from "./bands.ts";
import { median } from "./confidence_sequence.ts";
import { PRACTICAL_FACTOR } from "./two_runs.ts";

/** Of fewer hosts nothing is said: two bad ones could hide one another, and a false one would be likely. */
export const FEWEST_HOSTS = 15;

/** The share of hosts that may lie far away; more of them are a group, such as one of other firmware. */
const MOST_FAR = 0.15;

/**
 * One more host may lie so many times as far from the median as the others do, all but those of
 * {@linkcode MOST_FAR}: some 12 standard deviations of log-normal noise. So at most 1 % of quiet fleets
 * of 2,000 hosts with 60 ratios each have a false outlier, in makes of any size; and a host at half of
 * the others' ratio is found among 20 hosts at 3 % of noise, as is each of three. Under heavy tails
 * (Student's t with 4 degrees of freedom) about 2 ratios of 10,000 are false outliers: to keep those
 * out too, that host would have to be missed. `outlier_bench.ts` shows the shares.
 */
const MOST_TIMES = 16;

/** A host's ratio with its interval; all positive. */
export interface HostRatio extends Bounds {
  readonly ratio: number;
  /** The largest margin that the host's A/A control keeps within, such as 0.98. */
  readonly reach: number;
}

/** The other hosts: how many, their median, and the range in which one more of them may lie. */
export interface OtherHosts extends Bounds {
  readonly count: number;
  readonly median: number;
}

/** A host that is unlike the others. */
export interface UnlikeHost<T extends HostRatio> {
  readonly host: T;
  readonly others: OtherHosts;
}

/** The hosts whose ratio is unlike those of the others, from the lowest ratio on. */
export function unlikeHosts<T extends HostRatio>(hosts: readonly T[]): UnlikeHost<T>[] {
  if (hosts.length < FEWEST_HOSTS) return [];
  const sorted = hosts.toSorted((a, b) => a.ratio - b.ratio);
  const logs = sorted.map(({ ratio }) => Math.log(ratio));
  // Whichever far host is left out on one side, the others' median and their nearest are the same.
  const [above, below] = [othersOf(logs.slice(1)), othersOf(logs.slice(0, -1))];
  return sorted.flatMap((host) => {
    const margin = Math.max(PRACTICAL_FACTOR, 1 / host.reach);
    if (host.high * margin < above.low) return [{ host, others: above }];
    return host.low > below.high * margin ? [{ host, others: below }] : [];
  });
}

function othersOf(logs: readonly number[]): OtherHosts {
  const middle = median(logs) ?? NaN;
  const distances = Float64Array.from(logs, (log) => Math.abs(log - middle)).sort();
  // One of those that may be far is the host in question, which is not among the others.
  const far = Math.floor(MOST_FAR * (logs.length + 1)) - 1;
  const squares = distances.subarray(0, logs.length - far).map((distance) => distance ** 2);
  const usual = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  return {
    count: logs.length,
    median: Math.exp(middle),
    low: Math.exp(middle - MOST_TIMES * usual),
    high: Math.exp(middle + MOST_TIMES * usual),
  };
}
