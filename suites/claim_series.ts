/**
 * Which ratios a claim rests on, and whether its verdict rests on figures at all.
 *
 * @module
 */
import type { ClaimVerdict } from "./result.ts";
import { type Part, partsOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";

/** The ratio of an arm to its experiment's reference on one workload, by its names. */
export interface SeriesName {
  readonly experiment: string;
  readonly workload: string;
  readonly arm: string;
}

/** The ratios that decide a claim; none where it is observed, or rests on figures that are no such ratio. */
export function seriesOfClaim(id: string): SeriesName[] {
  const rule = ruleOf(id);
  return rule === undefined ? [] : partsOf(rule).flatMap(seriesOfPart);
}

/** Whether figures decided a claim, so that noise may decide it otherwise; what was observed has none. */
export function restsOnFigures({ verdict, ratio, parts = [] }: ClaimVerdict): boolean {
  return ratio !== undefined ||
    parts.some((part) => part.verdict === verdict && part.n !== undefined);
}

/** A name as one text, to look up by. */
export function seriesKey({ experiment, workload, arm }: SeriesName): string {
  return JSON.stringify([experiment, workload, arm]);
}

function seriesOfPart(part: Part): SeriesName[] {
  switch (part.kind) {
    case "performance":
      return named(part, [part.arm]);
    case "faster":
      return named(part, [part.arm, ...part.than]);
    case "across":
    case "level":
    case "observation":
    case "fleet":
      return [];
  }
}

function named(
  { experiment, workloads }: Pick<SeriesName, "experiment"> & { workloads: readonly string[] },
  arms: readonly string[],
): SeriesName[] {
  return arms.flatMap((arm) => workloads.map((workload) => ({ experiment, workload, arm })));
}
