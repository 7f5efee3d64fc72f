/**
 * Blocks that were measured and not used, and whether leaving them out can be trusted.
 *
 * @module
 */
import type { Experiment, Sample } from "./result.ts";
import { usedSamples } from "./statistics/comparison.ts";
import { fewestToExclude } from "./statistics/confidence_sequence.ts";

/** The chance that a fair choice of blocks is doubted. It can only withhold a verdict. */
const DOUBT_ERROR = 0.05;

/** How many blocks on a workload were set aside, and why the first was; empty for none. */
export function asideNote({ samples }: Experiment, workload: string): string {
  const aside = asideOn(samples, workload);
  const blocks = blocksOf(aside).size;
  if (blocks === 0) return "";
  return ` (${blocks} more ${blocks === 1 ? "was" : "were"} set aside: ${aside[0]?.setAside})`;
}

/**
 * Why the blocks that are left say nothing: they are the fewer, or an arm was disturbed so much oftener
 * than the other that it must have brought that about, and what is left is its good days. Else null.
 */
export function asideDoubt(
  { samples }: Experiment,
  workload: string,
  arms: readonly [arm: string, reference: string],
): string | null {
  const aside = asideOn(samples, workload);
  const own = samples.filter((sample) => sample.workload === workload);
  const [left, out] = [blocksOf(usedSamples(own)).size, blocksOf(aside).size];
  if (out > left) {
    return `${out} of ${out + left} blocks were set aside, the first because ${aside[0]?.setAside}`;
  }
  const [ours, theirs] = arms.map((arm) => blocksOf(aside.filter((one) => one.arm === arm)));
  if (ours === undefined || theirs === undefined) return null;
  const [more, fewer] = [ours.difference(theirs).size, theirs.difference(ours).size];
  const enough = fewestToExclude(more + fewer, DOUBT_ERROR) ?? Infinity;
  if (Math.max(more, fewer) < enough) return null;
  return `${arms[0]} was disturbed alone in ${more} blocks and ${
    arms[1]
  } in ${fewer}, which is no ` +
    `accident: leaving them out would flatter one of them (${aside[0]?.setAside})`;
}

function asideOn(samples: readonly Sample[], workload: string): readonly Sample[] {
  return samples.filter((sample) => sample.workload === workload && sample.setAside !== undefined);
}

function blocksOf(samples: readonly Sample[]): Set<number> {
  return new Set(samples.map(({ block }) => block));
}
