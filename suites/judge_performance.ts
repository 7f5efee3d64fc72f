/**
 * Judges performance rules: each workload is a part, decided by its paired ratio, its confidence
 * interval and the A/A control.
 *
 * @module
 */
import type { Requirement } from "../requirements.ts";
import type { Evidence } from "./evidence.ts";
import type { Band, ClaimPart, Experiment, Ratio, Thresholds } from "./result.ts";
import type { FasterPart, PerformancePart, RatioRange } from "./rules/rule.ts";
import { asideDoubt, asideNote } from "./set_aside.ts";
import {
  type Comparison,
  decide,
  isIn,
  isOutside,
  ratiosOf,
  usedSamples,
} from "./statistics/comparison.ts";
import { boundsOf } from "./statistics/bands.ts";
import { reachOf } from "./statistics/control.ts";
import { stopsOf, verdictRange } from "./statistics/verdict_range.ts";

/** The smallest ratio above 1: what is exactly as fast is not faster. */
const FASTER = 1 + Number.EPSILON;

/** Above this share of failed runs, what is left is a biased choice: the check is broken. */
const MOST_FAILED_SHARE = 0.05;

/** The end of a run, and each interruption, may cut one block short. */
const MOST_SHARE_WITHOUT_CONTROL = 0.1;

/** One arm on one workload, against another. */
export interface Subject {
  readonly experiment: Experiment;
  readonly arm: string;
  readonly workload: string;
  readonly reference: string;
}

/** The parts of a performance claim, one for each workload. */
export function judgePerformance(rule: PerformancePart, evidence: Evidence): ClaimPart[] {
  if (rule.needsBareMetal && !evidence.bareMetal) {
    const because = `needs a physical device; what runs natively here runs ${evidence.environment}`;
    return [{ name: rule.experiment, verdict: "untested", because, lacks: "bare-metal" }];
  }
  return withExperiment(rule, evidence, (experiment) =>
    rule.workloads.map((workload) => {
      const { reference } = experiment;
      const subject = { experiment, arm: rule.arm, workload, reference };
      return obstacle(subject) ?? judgeRange(subject, rule, evidence.thresholds);
    }));
}

/** The parts of a "faster than" claim, one for each workload and slower arm. */
export function judgeFaster(rule: FasterPart, evidence: Evidence): ClaimPart[] {
  return withExperiment(
    rule,
    evidence,
    (experiment) =>
      rule.than.flatMap((reference) =>
        rule.workloads.map((workload) => {
          const subject = { experiment, arm: rule.arm, workload, reference };
          return obstacle(subject) ?? judgeOrder(subject);
        })
      ),
  );
}

/** The parts of a rule on an experiment; where there is none, one part that says why. */
export function withExperiment(
  rule: { readonly experiment: string },
  { experiments, absent }: Pick<Evidence, "experiments" | "absent">,
  judge: (experiment: Experiment) => ClaimPart[],
): ClaimPart[] {
  const experiment = experiments.find(({ name }) => name === rule.experiment);
  if (experiment !== undefined) return judge(experiment);
  const { verdict, because, lacks } = absent[rule.experiment] ??
    { verdict: "untested", because: "the experiment was not run", lacks: null };
  return [{ name: rule.experiment, verdict, because, ...lackOf({ lacks }) }];
}

/** Why a subject cannot be judged by its figures, or null. */
export function obstacle(subject: Subject): ClaimPart | null {
  const { experiment, arm, workload, reference } = subject;
  const name = nameOf(subject);
  if (!experiment.workloads.some((candidate) => candidate.name === workload)) {
    const because = `the workload ${workload} was not part of the run: ${experiment.title}`;
    return { name, verdict: "untested", because };
  }
  for (const wanted of [reference, experiment.reference, experiment.control, arm]) {
    const found = experiment.arms.find((candidate) => candidate.name === wanted);
    if (found === undefined) {
      return { name, verdict: "untested", because: `the arm ${wanted} was not part of the run` };
    }
    if (found.missing !== null) {
      return { name, verdict: "untested", because: found.missing, ...lackOf(found) };
    }
    if (found.broken !== null) return { name, verdict: "error", because: found.broken };
    const failure = failureOf(experiment, wanted, workload);
    if (failure !== null) return { name, verdict: "error", because: failure };
  }
  const { bare, all } = blocksWithoutControl(subject);
  if (bare > Math.max(1, all * MOST_SHARE_WITHOUT_CONTROL)) {
    const because = `the A/A control did not run in ${bare} of the ${all} blocks of ${arm}`;
    return { name, verdict: "inconclusive", because };
  }
  const doubt = asideDoubt(experiment, workload, [arm, reference]);
  if (doubt !== null) return { name, verdict: "inconclusive", because: doubt };
  return degradation(subject);
}

function degradation(subject: Subject): ClaimPart | null {
  const { experiment, arm, reference } = subject;
  const degraded = experiment.arms.find(({ name, degraded }) =>
    degraded !== null && (name === arm || name === reference)
  );
  if (degraded === undefined) return null;
  const ratio = ratioOfSubject(subject);
  const seen = ratio.ratio === null ? "" : ` (seen: ${figures(subject, ratio)})`;
  return {
    name: nameOf(subject),
    verdict: "inconclusive",
    because: `${degraded.degraded}${seen}`,
    ...lackOf(degraded),
  };
}

/** What would decide a part that is open, where that is one known thing. */
export function lackOf(
  { lacks }: { readonly lacks: Requirement | null },
): Pick<ClaimPart, "lacks"> {
  return lacks === null ? {} : { lacks };
}

function failureOf(experiment: Experiment, arm: string, workload: string): string | null {
  const own = usedSamples(experiment.samples).filter((sample) =>
    sample.arm === arm && sample.workload === workload
  );
  const failed = own.filter(({ failure, value }) => failure !== null || value === null);
  if (failed.length <= own.length * MOST_FAILED_SHARE) return null;
  return `${failed.length} of ${own.length} runs of ${arm} failed, the first because ${
    failed[0]?.failure ?? "it has no value"
  }`;
}

/** Blocks of the subject, and how many have no pair of the reference and its control beside it. */
function blocksWithoutControl(
  { experiment, arm, workload, reference }: Subject,
): { bare: number; all: number } {
  const blocksOf = (wanted: string): Set<number> =>
    new Set(
      usedSamples(experiment.samples).flatMap((sample) =>
        sample.arm === wanted && sample.workload === workload ? [sample.block] : []
      ),
    );
  const pairs = blocksOf(arm).intersection(blocksOf(reference));
  const controls = blocksOf(experiment.control).intersection(blocksOf(experiment.reference));
  return { bare: pairs.difference(controls).size, all: pairs.size };
}

function judgeRange(
  subject: Subject,
  { band: range, holds }: Pick<PerformancePart, "band" | "holds">,
  thresholds: Thresholds,
): ClaimPart {
  const target = targetOf(range, thresholds);
  const ratio = ratioOfSubject(subject);
  const control = controlOf(subject);
  const comparison = decide(ratio, control, target.thresholds);
  const common = { name: nameOf(subject), ...numbersOf(ratio) };
  const seen = figures(subject, ratio);
  for (
    const [found, where, verdict] of [
      [isIn, "in", holds === "inside" ? "confirmed" : "refuted"],
      [isOutside, "outside", holds === "inside" ? "refuted" : "confirmed"],
    ] as const
  ) {
    if (!found(comparison, target.band)) continue;
    const because = `${seen}, ${where} ${target.name} (${target.bounds})`;
    const stays = (other: Thresholds) => found(decide(ratio, control, other), target.band);
    return {
      ...common,
      verdict,
      because,
      ...rangeOverWhich(stays, { range, thresholds, ratio, controls: [control] }),
    };
  }
  const because = `${openSentence(comparison, seen, target.straddled)}${budgetNote(subject)}`;
  return { ...common, verdict: "inconclusive", because };
}

/** Over which thresholds a part's verdict stays, by the controls it rests on; nothing where none moves it. */
export function rangeOverWhich(
  stays: (thresholds: Thresholds) => boolean,
  { range, thresholds, ratio, controls }: {
    readonly range: RatioRange;
    readonly thresholds: Thresholds;
    readonly ratio: Ratio;
    readonly controls: readonly Ratio[];
  },
): Pick<ClaimPart, "holds"> {
  const bounds = boundsOf(ratio);
  if (typeof range !== "string" || bounds === null) return {};
  const reaches = controls.flatMap((control) => reachOf(control) ?? []);
  return { holds: verdictRange(stays, thresholds, stopsOf(bounds, reaches)) };
}

/** A range as a band under thresholds of its own. */
interface Target {
  readonly band: Band;
  readonly thresholds: Thresholds;
  readonly name: string;
  readonly bounds: string;
  /** What an interval straddles, where that is not bands. */
  readonly straddled?: string;
}

function targetOf(range: RatioRange, thresholds: Thresholds): Target {
  if (typeof range === "string") {
    const bounds = rangeOf(range, thresholds);
    return { band: range, thresholds, name: `the ${range} band`, bounds };
  }
  const own = { high: range.below, medium: range.atLeast };
  const bounds = rangeOf("medium", own);
  const name = "the range that the claim names";
  const straddled = `a bound of ${name} (${bounds})`;
  return { band: "medium", thresholds: own, name, bounds, straddled };
}

/** "Faster" is a band of its own: every ratio above 1. */
function judgeOrder(subject: Subject): ClaimPart {
  const ratio = ratioOfSubject(subject);
  const comparison = decide(ratio, controlOf(subject), { high: FASTER, medium: 0 });
  const common = { name: nameOf(subject), ...numbersOf(ratio) };
  const seen = figures(subject, ratio);
  if (isIn(comparison, "high")) return { ...common, verdict: "confirmed", because: seen };
  if (isOutside(comparison, "high")) return { ...common, verdict: "refuted", because: seen };
  const because = `${openSentence(comparison, seen, "1")}${budgetNote(subject)}`;
  return { ...common, verdict: "inconclusive", because };
}

/** What a comparison says that leaves a claim open; `straddled` where that is not bands. */
export function openSentence(comparison: Comparison, seen: string, straddled?: string): string {
  switch (comparison.kind) {
    case "too-few":
      return `${seen}; an interval needs at least ${comparison.blocksNeeded} blocks`;
    case "control-failed":
      return `${seen}, but ${comparison.why}`;
    case "straddles": {
      const needed = comparison.blocksNeeded;
      const more = needed === null ? "" : `; about ${needed} blocks would settle it`;
      const what = straddled ?? `the bands ${comparison.bands.join(" and ")}`;
      return `${seen}, which straddles ${what}${more}`;
    }
    case "band":
      return `${seen}, in the ${comparison.band} band`;
  }
}

function budgetNote({ experiment }: Subject): string {
  return experiment.stopped === "budget" ? "; the run's budget allowed no more" : "";
}

function nameOf({ workload, reference, experiment }: Subject): string {
  return reference === experiment.reference ? workload : `${workload} against ${reference}`;
}

function figures(
  { experiment, arm, workload, reference }: Subject,
  { ratio, low, high, n }: Ratio,
): string {
  const aside = asideNote(experiment, workload);
  if (ratio === null) return `no block has both ${arm} and ${reference}${aside}`;
  const interval = low === null || high === null ? "" : ` [${show(low)}, ${show(high)}]`;
  const blocks = `${n} block${n === 1 ? "" : "s"}`;
  return `${arm} reaches ${show(ratio)}${interval} of ${reference} in ${blocks}${aside}`;
}

/** The bounds of a band, in words. */
export function rangeOf(band: Band, { high, medium }: Thresholds): string {
  if (band === "high") return `at least ${show(high)}`;
  return band === "medium" ? `${show(medium)} to ${show(high)}` : `below ${show(medium)}`;
}

/** A ratio's figures, as far as there are any. */
export function numbersOf(
  { ratio, low, high, n }: Ratio,
): Pick<ClaimPart, "ratio" | "low" | "high" | "n"> {
  return {
    ...(ratio === null ? {} : { ratio }),
    ...(low === null ? {} : { low }),
    ...(high === null ? {} : { high }),
    n,
  };
}

/** Three significant digits, without changing what an unusual size means. */
export function show(ratio: number): string {
  if (ratio >= 0.1 && ratio < 100) return ratio.toFixed(3);
  return ratio !== 0 && Math.abs(ratio) < 1e-3 ? ratio.toExponential(2) : ratio.toPrecision(3);
}

function ratioOfSubject({ experiment, arm, workload, reference }: Subject): Ratio {
  return onlyRatio(experiment, { arm, workload, reference });
}

function controlOf({ experiment, workload }: Subject): Ratio {
  const { control, reference } = experiment;
  return onlyRatio(experiment, { arm: control, workload, reference });
}

/** The ratio of one arm to another on one workload. */
export function onlyRatio(
  experiment: Experiment,
  { arm, workload, reference }: Pick<Subject, "arm" | "workload" | "reference">,
): Ratio {
  const names = new Set([arm, reference]);
  const [ratio] = ratiosOf({
    reference,
    workloads: experiment.workloads.filter(({ name }) => name === workload),
    arms: experiment.arms.filter(({ name }) => names.has(name)),
    samples: experiment.samples.filter((sample) =>
      names.has(sample.arm) && sample.workload === workload
    ),
  });
  return ratio ?? { workload, arm, n: 0, ratio: null, low: null, high: null, blocks: [] };
}
