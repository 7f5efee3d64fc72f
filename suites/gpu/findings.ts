/**
 * What a reader should know of a GPU's figures beside verdicts: those that stay far below what the
 * device can do.
 *
 * @module
 */
import type { Experiment } from "../result.ts";
import { usedSamples } from "../statistics/comparison.ts";
import { median } from "../statistics/confidence_sequence.ts";

/** Below this share of what it can do, a device is worth a look. */
const LOW = 0.5;

/** One sentence for each workload whose native figures reach less than half of their ceiling. */
export function findingsOf(experiments: readonly Experiment[]): string[] {
  const shares = new Map<string, number>();
  for (const experiment of experiments) {
    for (const { name } of experiment.workloads) {
      const share = shareOfCeiling(experiment, name);
      if (share !== null && share < LOW && !shares.has(name)) shares.set(name, share);
    }
  }
  return [...shares].map(([name, share]) =>
    `Natively, ${name} reaches ${
      share.toPrecision(3)
    } of what the device can do by its own figures.`
  );
}

/** The median of figure and ceiling; null where the samples tell of no ceiling. */
function shareOfCeiling(experiment: Experiment, workload: string): number | null {
  const own = usedSamples(experiment.samples).filter((sample) =>
    sample.arm === experiment.reference && sample.workload === workload
  );
  const shares = own.flatMap(({ value, details }) => {
    const ceiling = details["ceiling"];
    return value === null || ceiling === undefined ? [] : [value / ceiling];
  });
  return median(shares);
}
