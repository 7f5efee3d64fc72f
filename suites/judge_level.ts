/**
 * Judges rules on a figure itself: between bounds, in its unit or as a share of what the host's own
 * figures allow. The reference and its control must both say so.
 *
 * @module
 */
import type { Evidence } from "./evidence.ts";
import { obstacle, show, withExperiment } from "./judge_performance.ts";
import type { ClaimPart, Experiment } from "./result.ts";
import type { LevelPart } from "./rules/rule.ts";
import { asideNote } from "./set_aside.ts";
import { fewestBlocks, usedSamples } from "./statistics/comparison.ts";
import { type Interval, median, medianInterval } from "./statistics/confidence_sequence.ts";
import { ARM_SIDE_ERROR } from "./statistics/ratios.ts";

/** The parts of a level claim, one for each workload. */
export function judgeLevel(rule: LevelPart, evidence: Evidence): ClaimPart[] {
  const other = ofOtherHosts(rule, evidence);
  if (other !== null) return [other];
  const { bareMetal } = evidence;
  return withExperiment(rule, evidence, (experiment) =>
    rule.workloads.map((workload) => {
      const { reference, control } = experiment;
      const subject = { experiment, arm: control, workload, reference };
      return obstacle(subject) ?? judgeWorkload(rule, { experiment, workload, bareMetal });
    }));
}

/** Why the claim is not about this host; null where it is. */
function ofOtherHosts(
  { experiment: name, gpus: about, needsBareMetal }: LevelPart,
  { bareMetal, environment, gpus }: Evidence,
): ClaimPart | null {
  if (needsBareMetal && !bareMetal) {
    const because = `needs a physical device; what runs natively here runs ${environment}`;
    return { name, verdict: "untested", because, lacks: "bare-metal" };
  }
  if (about === "any") return null;
  if (gpus === null) {
    const because = "the driver does not tell how many GPUs this host has";
    return { name, verdict: "untested", because };
  }
  const count = gpus.length;
  if (about === "several" && count === 1) {
    return { name, verdict: "untested", because: "This host has one GPU", lacks: "gpus" };
  }
  if (about === "one" && count > 1) {
    const because = `This host has ${count} GPUs, so it is no single-GPU host`;
    return { name, verdict: "untested", because };
  }
  return null;
}

function judgeWorkload(
  rule: LevelPart,
  { experiment, workload, bareMetal }: {
    readonly experiment: Experiment;
    readonly workload: string;
    readonly bareMetal: boolean;
  },
): ClaimPart {
  if (!someTell(rule, experiment, workload)) {
    const because = `no run tells ${inWords(rule.of)}, which its figure is a share of (in a ` +
      "guest and of a part of a GPU nothing tells it)";
    const lack = bareMetal ? {} : { lacks: "bare-metal" } as const;
    return { name: workload, verdict: "untested", because, ...lack };
  }
  const ours = levelOf(rule, experiment, { arm: experiment.reference, workload });
  const again = levelOf(rule, experiment, { arm: experiment.control, workload });
  if (ours === null || again === null) {
    const because = `not every run tells ${inWords(rule.of)}, which its figure is a share of`;
    return { name: workload, verdict: "inconclusive", because };
  }
  const unit = experiment.workloads.find(({ name }) => name === workload)?.unit ?? "";
  const seen = `natively ${figuresIn(ours)} and natively again ${figuresIn(again)}` +
    `${measureOf(rule, unit)} in ${ours.n} block${ours.n === 1 ? "" : "s"}` +
    asideNote(experiment, workload);
  const common = { name: workload, n: ours.n };
  const sides = [sideOf(rule, ours), sideOf(rule, again)];
  if (sides.every((side) => side === "inside")) {
    return { ...common, verdict: "confirmed", because: `${seen}, which is ${boundsIn(rule)}` };
  }
  if (sides[0] !== "open" && sides[0] !== "inside" && sides[0] === sides[1]) {
    return { ...common, verdict: "refuted", because: `${seen}, which is not ${boundsIn(rule)}` };
  }
  const few = Math.min(ours.n, again.n) < fewestBlocks();
  const why = few
    ? `an interval needs at least ${fewestBlocks()} blocks`
    : `not all of this is, or is not, ${boundsIn(rule)}`;
  return { ...common, verdict: "inconclusive", because: `${seen}; ${why}` };
}

/** Figures that an arm gave, with the interval of their median. */
interface Level extends Interval {
  readonly n: number;
  readonly median: number | null;
}

/**
 * The figures of an arm, each as a share of the detail that the rule names; null where one lacks it.
 * Runs that failed widen the interval.
 */
function levelOf(
  { of }: LevelPart,
  { samples }: Experiment,
  { arm, workload }: { readonly arm: string; readonly workload: string },
): Level | null {
  const own = usedSamples(samples).filter((sample) =>
    sample.arm === arm && sample.workload === workload
  );
  const measured = own.flatMap(({ value, details }) => value === null ? [] : [{ value, details }]);
  const figures = measured.flatMap(({ value, details }) => {
    const whole = of === null ? 1 : details[of] ?? 0;
    return whole > 0 && Number.isFinite(whole) ? [value / whole] : [];
  });
  if (figures.length < measured.length) return null;
  const bounds = medianInterval(figures, ARM_SIDE_ERROR, own.length - measured.length);
  return { n: figures.length, median: median(figures), ...bounds };
}

/** Whether any run tells what the figures are a share of. */
function someTell({ of }: LevelPart, { samples }: Experiment, workload: string): boolean {
  const measured = usedSamples(samples).filter((sample) =>
    sample.workload === workload && sample.value !== null
  );
  return of === null || measured.length === 0 || measured.some(({ details }) => of in details);
}

/** On which side of the bounds the whole interval lies. */
function sideOf(
  { atLeast, below }: LevelPart,
  { low, high }: Level,
): "below" | "inside" | "above" | "open" {
  if (low === null || high === null) return "open";
  if (high < atLeast) return "below";
  if (below !== null && low >= below) return "above";
  return low >= atLeast && (below === null || high < below) ? "inside" : "open";
}

function figuresIn({ median, low, high }: Level): string {
  if (median === null) return "no figure";
  const interval = low === null || high === null ? "" : ` [${show(low)}, ${show(high)}]`;
  return `${show(median)}${interval}`;
}

function measureOf({ of }: LevelPart, unit: string): string {
  return of === null ? ` ${unit}` : ` of ${inWords(of)}`;
}

function inWords(of: string | null): string {
  return WHOLES[of ?? ""] ?? `${of}`;
}

/** What figures are a share of, in words. */
const WHOLES: Readonly<Record<string, string>> = {
  linkBytesPerSecond: "the link's capacity",
  pcieBytesPerSecond: "the PCIe link's capacity",
  nvlinkBytesPerSecond: "the NVLinks' capacity",
};

function boundsIn({ atLeast, below }: LevelPart): string {
  return below === null ? `at least ${show(atLeast)}` : `within ${show(atLeast)} to ${show(below)}`;
}
