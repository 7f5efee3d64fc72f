/**
 * From raw samples to paired ratios: each block in which an arm and the reference both have a value
 * gives one ratio, "larger is better".
 *
 * @module
 */
import type { Experiment, Ratio, Sample, Workload } from "../result.ts";
import { median, medianInterval } from "./confidence_sequence.ts";

/**
 * The chance, over all looks, that an arm's interval misses the truth on one given side. A claim of
 * the high or the low band rests on at most ten workloads, and is wrong only where one of them misses
 * on the side of its one threshold; one of the medium band on at most five, with two sides each. So a
 * claim is wrong with a chance of at most 10 × 0.001 = 1 % (union bound).
 */
export const ARM_SIDE_ERROR = 0.001;

/** Where a ratio is one of two medians, each may miss, so each gets half of that. */
export const ACROSS_SIDE_ERROR = ARM_SIDE_ERROR / 2;

/** The parts of an {@linkcode Experiment} that ratios come from. */
export type Measured = Pick<Experiment, "reference" | "workloads" | "arms" | "samples">;

/** The ratios of one arm on one workload, and how many blocks gave none. */
export interface Pairs {
  readonly workload: string;
  readonly arm: string;
  /** The ratio of each block, in block order. */
  readonly blocks: readonly number[];
  /** Blocks in which both ran but at least one has no value. */
  readonly dropped: number;
}

/**
 * Pairs every arm but the reference with the reference, within block and workload.
 *
 * @throws {TypeError} when a value is not a positive finite number, when a block holds two samples of
 * one arm and workload, or when a sample names an unknown arm or workload.
 */
export function pairsOf(experiment: Measured): Pairs[] {
  const samplesOf = samplesByBlock({ ...experiment, samples: usedSamples(experiment.samples) });
  const arms = experiment.arms.filter(({ name }) => name !== experiment.reference);
  return experiment.workloads.flatMap((workload) => {
    const reference = samplesOf(workload.name, experiment.reference);
    const blocks = [...reference.keys()].sort((a, b) => a - b);
    return arms.map((arm) => {
      const samples = samplesOf(workload.name, arm.name);
      const both = blocks.flatMap((block) => {
        const [ours, theirs] = [samples.get(block), reference.get(block)];
        return ours === undefined || theirs === undefined ? [] : [ratioIn(workload, ours, theirs)];
      });
      const ratios = both.filter((ratio) => ratio !== null);
      const dropped = both.length - ratios.length;
      return { workload: workload.name, arm: arm.name, blocks: ratios, dropped };
    });
  });
}

/** The samples but those of blocks of which one was set aside: what disturbed it, disturbed the block. */
export function usedSamples(samples: readonly Sample[]): readonly Sample[] {
  const blockOf = ({ workload, block }: Sample) => `${workload} ${block}`;
  const aside = new Set(samples.filter(({ setAside }) => setAside !== undefined).map(blockOf));
  return aside.size === 0 ? samples : samples.filter((sample) => !aside.has(blockOf(sample)));
}

/** One {@linkcode Ratio} for each workload and arm but the reference. Throws as {@linkcode pairsOf}. */
export function ratiosOf(experiment: Measured): Ratio[] {
  return pairsOf(experiment).map(({ workload, arm, blocks, dropped }) =>
    ratioOf({ workload, arm }, blocks, dropped)
  );
}

/**
 * The median of the ratios of blocks, with its confidence interval. The `dropped` blocks widen it: a
 * tool that fails only where it is slow must not look fast.
 *
 * @throws {TypeError} when a ratio is not a positive finite number.
 */
export function ratioOf(
  { workload, arm }: Pick<Ratio, "workload" | "arm">,
  blocks: readonly number[],
  dropped = 0,
): Ratio {
  for (const ratio of blocks) assertPositive(ratio, `the ratio of ${arm} on ${workload}`);
  const { low, high } = medianInterval(blocks, ARM_SIDE_ERROR, dropped);
  return { workload, arm, n: blocks.length, ratio: median(blocks), low, high, blocks };
}

function ratioIn({ better }: Workload, ours: Sample, theirs: Sample): number | null {
  if (ours.value === null || theirs.value === null) return null;
  return better === "larger" ? ours.value / theirs.value : theirs.value / ours.value;
}

type SamplesByBlock = Map<number, Sample>;

/** For each workload and arm of the experiment its samples by their block. */
function samplesByBlock(
  { workloads, arms, samples }: Measured,
): (workload: string, arm: string) => SamplesByBlock {
  const byArm = new Map(
    workloads.map((workload) => [
      workload.name,
      new Map(arms.map(({ name }): [string, SamplesByBlock] => [name, new Map()])),
    ]),
  );
  for (const sample of samples) {
    const { workload, arm, block, value } = sample;
    const where = `${arm} on ${workload}, block ${block}`;
    const own = byArm.get(workload)?.get(arm);
    if (own === undefined) throw new TypeError(`statistics: unknown: ${where}`);
    if (value !== null) assertPositive(value, where);
    if (own.has(block)) throw new TypeError(`statistics: two samples of ${where}`);
    own.set(block, sample);
  }
  return (workload, arm) => byArm.get(workload)?.get(arm) ?? new Map();
}

function assertPositive(value: number, what: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new TypeError(`statistics: ${what} is ${value}, not a positive finite number`);
}
