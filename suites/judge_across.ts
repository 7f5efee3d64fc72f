/**
 * Judges rules that compare this run, made in a guest, with a run on bare metal. The two are separate
 * boots, so nothing is paired: each side's median has an interval of its own, and the ratio's interval
 * is what both allow together.
 *
 * @module
 */
import type { Evidence } from "./evidence.ts";
import {
  obstacle,
  onlyRatio,
  openSentence,
  rangeOf,
  show,
  withExperiment,
} from "./judge_performance.ts";
import type { Baseline, ClaimPart, Experiment, Ratio } from "./result.ts";
import type { AcrossPart } from "./rules/rule.ts";
import { type Comparison, decide, isIn, isOutside, usedSamples } from "./statistics/comparison.ts";
import { type Interval, median, medianInterval } from "./statistics/confidence_sequence.ts";
import { ARM_SIDE_ERROR } from "./statistics/ratios.ts";

/** Both sides may miss, so each gets half of the error that a ratio may have. */
const SIDE_ERROR = ARM_SIDE_ERROR / 2;

/** The parts of a claim across two runs, one for each workload. */
export function judgeAcross(rule: AcrossPart, evidence: Evidence): ClaimPart[] {
  const open = incomparable(evidence);
  if (open !== null) return [{ name: rule.experiment, verdict: "untested", ...open }];
  return withExperiment(rule, evidence, (here) => {
    const there = evidence.baseline?.experiments.find(({ name }) => name === rule.experiment);
    if (there === undefined) {
      const because = `the baseline ${evidence.baseline?.source} has no ${rule.experiment}`;
      return [{ name: rule.experiment, verdict: "untested", because, lacks: "baseline" }];
    }
    return rule.workloads.map((workload) =>
      obstacleIn(here, workload) ?? obstacleIn(there, workload) ??
        judgeWorkload(rule, { here, there, workload }, evidence)
    );
  });
}

/** Why the two runs say nothing of a guest against bare metal; null where they do. */
function incomparable(
  { bareMetal, environment, gpus, baseline }: Evidence,
): Pick<ClaimPart, "because" | "lacks"> | null {
  if (gpus === null || gpus.length === 0) {
    return { because: "this host has no NVIDIA GPU", lacks: "gpu" };
  }
  if (bareMetal || !/\bguest\b/.test(environment)) {
    const because = `what runs here is no guest (${environment}): run cellproof in one that has ` +
      "the GPU, with --baseline and this run's result";
    return { because, lacks: "gpu-guest" };
  }
  if (baseline === null) {
    const because = `what runs here runs ${environment}: the same GPU's result on bare metal is ` +
      "missing (--baseline RESULT)";
    return { because, lacks: "baseline" };
  }
  const unlike = unlikeness(baseline, gpus[0]?.name ?? null);
  return unlike === null ? null : { because: unlike, lacks: "baseline" };
}

function unlikeness(baseline: Baseline, name: string | null): string | null {
  const { source, bareMetal, environment, gpus } = baseline;
  if (!bareMetal) return `the baseline ${source} is not of bare metal: it ran ${environment}`;
  const theirs = gpus[0]?.name ?? null;
  if (name !== null && theirs !== null && sameModel(name, theirs)) return null;
  return `the baseline ${source} is of another GPU (${theirs ?? "none"}, here ${name ?? "none"})`;
}

/** A vGPU is named after its GPU, with its profile: "NVIDIA A40-24Q". */
function sameModel(guest: string, host: string): boolean {
  const model = (name: string) => name.replace(/^NVIDIA /, "").trim();
  const [ours, theirs] = [model(guest), model(host)];
  return ours === theirs || ours.replace(/-\d+[A-Z]+$/, "") === theirs;
}

function obstacleIn(experiment: Experiment, workload: string): ClaimPart | null {
  const { control, reference } = experiment;
  return obstacle({ experiment, arm: control, workload, reference });
}

/** The two experiments on one workload. */
interface Sides {
  readonly here: Experiment;
  readonly there: Experiment;
  readonly workload: string;
}

function judgeWorkload(
  { band }: AcrossPart,
  sides: Sides,
  { environment, thresholds, baseline }: Evidence,
): ClaimPart {
  const ratio = ratioAcross(sides);
  const comparisons = [sides.here, sides.there].map((experiment) => {
    const { control: arm, reference } = experiment;
    const control = onlyRatio(experiment, { arm, workload: sides.workload, reference });
    return decide(ratio, control, thresholds);
  });
  const { low, high, n } = ratio;
  const seen = `${environment}, it reaches ${show(ratio.ratio ?? 0)}${interval(ratio)} of bare ` +
    `metal (${baseline?.source}, another boot), in ${n} runs on the smaller side`;
  const figures = { n, ...(low === null ? {} : { low }), ...(high === null ? {} : { high }) };
  const common = { name: sides.workload, ...figures, ratio: ratio.ratio ?? 0 };
  const bounds = `the ${band} band (${rangeOf(band, thresholds)})`;
  if (comparisons.every((comparison) => isIn(comparison, band))) {
    return { ...common, verdict: "confirmed", because: `${seen}, in ${bounds}` };
  }
  if (comparisons.every((comparison) => isOutside(comparison, band))) {
    return { ...common, verdict: "refuted", because: `${seen}, outside ${bounds}` };
  }
  const because = openSentence(firstOpen(comparisons), seen);
  return { ...common, verdict: "inconclusive", because };
}

/** The comparison that leaves it open: a control that failed says more than a straddle. */
function firstOpen(comparisons: readonly Comparison[]): Comparison {
  const failed = comparisons.find(({ kind }) => kind === "control-failed");
  const [first] = comparisons;
  if (first === undefined) throw new TypeError("judge: nothing was compared");
  return failed ?? first;
}

function interval({ low, high }: Interval): string {
  return low === null || high === null ? "" : ` [${show(low)}, ${show(high)}]`;
}

/** The ratio of the medians, "larger is better", with the bounds that both intervals allow. */
function ratioAcross({ here, there, workload }: Sides): Ratio {
  const [ours, theirs] = [valuesOf(here, workload), valuesOf(there, workload)];
  const larger = here.workloads.find(({ name }) => name === workload)?.better === "larger";
  const [top, bottom] = larger ? [ours, theirs] : [theirs, ours];
  const [upper, lower] = [top, bottom].map((values) => medianInterval(values, SIDE_ERROR));
  const n = Math.min(ours.length, theirs.length);
  return {
    workload,
    arm: here.reference,
    n,
    ratio: quotient(median(top), median(bottom)),
    low: quotient(upper?.low ?? null, lower?.high ?? null),
    high: quotient(upper?.high ?? null, lower?.low ?? null),
    blocks: [],
  };
}

function valuesOf({ samples, reference }: Experiment, workload: string): number[] {
  const own = usedSamples(samples).filter((sample) =>
    sample.arm === reference && sample.workload === workload
  );
  return own.flatMap(({ value }) => value === null ? [] : [value]);
}

function quotient(above: number | null, below: number | null): number | null {
  return above === null || below === null ? null : above / below;
}
