/**
 * Judges rules that compare this run, made in a guest, with a run on bare metal. The two are separate
 * boots, so nothing is paired: each side's median has an interval of its own, and the ratio's interval
 * is what both allow together.
 *
 * @module
 */
import { incomparable } from "./comparable_runs.ts";
import type { Evidence } from "./evidence.ts";
import {
  numbersOf,
  obstacle,
  onlyRatio,
  openSentence,
  rangeOf,
  rangeOverWhich,
  show,
  withExperiment,
} from "./judge_performance.ts";
import type { Baseline, ClaimPart, Experiment, Ratio, Thresholds } from "./result.ts";
import type { AcrossPart } from "./rules/rule.ts";
import { asideNote } from "./set_aside.ts";
import {
  type Comparison,
  decide,
  fewestBlocks,
  isIn,
  isOutside,
  usedSamples,
} from "./statistics/comparison.ts";
import { type Interval, median, medianInterval } from "./statistics/confidence_sequence.ts";
import { ACROSS_SIDE_ERROR } from "./statistics/ratios.ts";

/** The parts of a claim across two runs, one for each workload. */
export function judgeAcross(rule: AcrossPart, evidence: Evidence): ClaimPart[] {
  const { experiment: name } = rule;
  const open = incomparable(evidence);
  if (open !== null) return [{ name, verdict: "untested", ...open }];
  const { baseline } = evidence;
  return withExperiment(rule, evidence, (here) => {
    const there = baseline?.experiments.find((candidate) => candidate.name === name);
    if (baseline === null || there === undefined) {
      const because = `the baseline ${baseline?.source} has no ${name}`;
      return [{ name, verdict: "untested", because, lacks: "baseline" }];
    }
    return rule.workloads.map((workload) =>
      obstacleIn(here, workload) ?? obstacleInBaseline(there, { workload, baseline }) ??
        otherWork({ here, there, workload, baseline }) ??
        judgeWorkload(rule, { here, there, workload, baseline }, evidence)
    );
  });
}

function obstacleIn(experiment: Experiment, workload: string): ClaimPart | null {
  const { control, reference } = experiment;
  return obstacle({ experiment, arm: control, workload, reference });
}

/** Whatever keeps the baseline from serving, this run's own check did not fail. */
function obstacleInBaseline(
  there: Experiment,
  { workload, baseline }: Pick<Sides, "workload" | "baseline">,
): ClaimPart | null {
  const found = obstacleIn(there, workload);
  if (found === null) return null;
  const verdict = found.verdict === "inconclusive" ? "inconclusive" : "untested";
  const because = `in the baseline ${baseline.source}: ${found.because}`;
  return { name: workload, verdict, because, lacks: "baseline" };
}

/** The two experiments on one workload. */
interface Sides {
  readonly here: Experiment;
  readonly there: Experiment;
  readonly workload: string;
  readonly baseline: Baseline;
}

/** Another version of cellproof may have called other work by the same name. */
function otherWork({ here, there, workload, baseline }: Sides): ClaimPart | null {
  const [ours, theirs] = [workIn(here, workload), workIn(there, workload)];
  if (ours === theirs) return null;
  const because = `the baseline ${baseline.source} did other work: ${theirs}; here ${ours}`;
  return { name: workload, verdict: "untested", because, lacks: "baseline" };
}

/** What an experiment calls by a workload's name, in words. */
export function workIn({ workloads }: Experiment, workload: string): string {
  const { title, unit, better } = workloads.find(({ name }) => name === workload) ?? {};
  return `${title}, in ${unit}, ${better} is better`;
}

function judgeWorkload(
  { band }: AcrossPart,
  sides: Sides,
  { thresholds }: Evidence,
): ClaimPart {
  const ratio = ratioAcross(sides);
  const controls = [sides.here, sides.there].map((experiment) => {
    const { control: arm, reference } = experiment;
    return onlyRatio(experiment, { arm, workload: sides.workload, reference });
  });
  const compareWith = (other: Thresholds) => controls.map((one) => decide(ratio, one, other));
  const comparisons = compareWith(thresholds);
  const seen = figures(ratio, sides);
  const common = { name: sides.workload, ...numbersOf(ratio) };
  const bounds = `the ${band} band (${rangeOf(band, thresholds)})`;
  for (
    const [found, where, verdict] of [
      [isIn, "in", "confirmed"],
      [isOutside, "outside", "refuted"],
    ] as const
  ) {
    if (!comparisons.every((comparison) => found(comparison, band))) continue;
    const stays = (other: Thresholds) =>
      compareWith(other).every((comparison) => found(comparison, band));
    const holds = rangeOverWhich(stays, { range: band, thresholds, ratio, controls });
    return { ...common, verdict, because: `${seen}, ${where} ${bounds}`, ...holds };
  }
  const because = openSentence(firstOpen(comparisons), seen);
  return { ...common, verdict: "inconclusive", because };
}

/** The comparison that leaves it open: a control that failed says more than a straddle. */
function firstOpen(comparisons: readonly Comparison[]): Comparison {
  const failed = comparisons.find(({ kind }) => kind === "control-failed");
  const [first] = comparisons;
  if (first === undefined) throw new TypeError("judge: nothing was compared");
  const open = failed ?? first;
  // Each side's interval is surer than a paired ratio's, so it takes more blocks.
  return open.kind === "too-few"
    ? { ...open, blocksNeeded: fewestBlocks(ACROSS_SIDE_ERROR) }
    : open;
}

function figures(ratio: Ratio, { here, there, workload, baseline }: Sides): string {
  const { source, synthetic } = baseline;
  const made = synthetic ? ", SYNTHETIC" : "";
  const where = `bare metal (${source}, another boot${made})`;
  if (ratio.ratio === null) return `no run can be set against one on ${where}`;
  const aside = [
    asideNote(here, workload),
    asideNote(there, workload).replace("(", "(on bare metal, "),
  ].join("");
  return `this guest reaches ${show(ratio.ratio)}${interval(ratio)} of ${where}, in at least ` +
    `${ratio.n} run${ratio.n === 1 ? "" : "s"} of each${aside}`;
}

function interval({ low, high }: Interval): string {
  return low === null || high === null ? "" : ` [${show(low)}, ${show(high)}]`;
}

/** The ratio of the medians, "larger is better", with the bounds that both intervals allow. */
function ratioAcross({ here, there, workload }: Sides): Ratio {
  const [ours, theirs] = [sideOf(here, workload), sideOf(there, workload)];
  const larger = here.workloads.find(({ name }) => name === workload)?.better === "larger";
  const [top, bottom] = larger ? [ours, theirs] : [theirs, ours];
  return {
    workload,
    arm: here.reference,
    n: Math.min(ours.n, theirs.n),
    ratio: quotient(top.median, bottom.median),
    low: quotient(top.low, bottom.high),
    high: quotient(top.high, bottom.low),
    blocks: [],
  };
}

interface Side extends Interval {
  readonly n: number;
  readonly median: number | null;
}

/** The reference's median; runs that failed widen its interval. */
function sideOf({ samples, reference }: Experiment, workload: string): Side {
  const own = usedSamples(samples).filter((sample) =>
    sample.arm === reference && sample.workload === workload
  );
  const values = own.flatMap(({ value }) => value === null ? [] : [value]);
  const bounds = medianInterval(values, ACROSS_SIDE_ERROR, own.length - values.length);
  return { n: values.length, median: median(values), ...bounds };
}

function quotient(above: number | null, below: number | null): number | null {
  return above === null || below === null ? null : above / below;
}
