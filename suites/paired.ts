/**
 * Runs a paired, interleaved experiment: every block runs every arm once on one workload, in a
 * seeded random order, each run an independent process or boot. It looks after every block and stops
 * a comparison once it is decided, which the statistics allow at any time.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import type { Arm, Experiment, Ratio, Sample, Thresholds, Workload } from "./result.ts";
import { decide, fewestBlocks, isOpen, ratiosOf } from "./statistics/comparison.ts";
import { ACROSS_SIDE_ERROR } from "./statistics/ratios.ts";
import { blockOrder } from "./statistics/random.ts";

/** What one run of an arm gave. */
export type Measurement = Omit<Sample, "workload" | "arm" | "block" | "order" | "load"> & {
  /** True where the tool prints its figures so coarsely that honest runs agree. */
  readonly coarse?: boolean;
};

/** An arm that can run. */
export interface ArmDriver {
  readonly arm: Arm;
  /** Runs the arm once; null when the run as a whole was ended (Ctrl-C, the budget) meanwhile. */
  measure(workload: string, block: number): Promise<Measurement | null>;
}

/** An experiment before it is run. */
export interface PairedPlan {
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  readonly control: string;
  readonly workloads: readonly Workload[];
  readonly drivers: readonly ArmDriver[];
  /** Arms that cannot run here, each with the reason. */
  readonly unavailable: readonly Arm[];
  /** Arms whose comparison has to be decided, beside which the others only serve. */
  readonly judged: readonly string[];
  /** Whether an arm has to be decided on a workload; every judged one has to when absent. */
  readonly judges?: (arm: string, workload: string) => boolean;
  /** Arms that are judged against another one than the reference, which then goes on as long as they do. */
  readonly against?: Readonly<Record<string, string>>;
  /** Thresholds that decide when an arm's comparison may stop, where the run's own do not matter. */
  readonly stoppingThresholds?: Readonly<Record<string, Thresholds>>;
  readonly mostBlocks: number;
  /** Puts back what the arms have moved, however the experiment ends. */
  readonly atEnd?: () => Promise<void>;
}

/** What an experiment needs of the run that it is part of. */
export interface PairedContext {
  readonly seed: number;
  readonly thresholds: Thresholds;
  /** Seconds that the experiment may still take; null without a bound. */
  remainingSeconds(): number | null;
  /** Why the run as a whole is over: "budget", or "interrupted". */
  overBecause(): string;
  /** The one-minute load average, or null. */
  load(): Promise<number | null>;
  /** Keeps a sample as soon as it exists. */
  keep(sample: Sample): void;
  /** Called after each block with all that is known so far. */
  blockDone(experiment: Experiment): void;
  /** Says what runs next. */
  progress(step: PairedStep): void;
}

/** One run about to start. */
export interface PairedStep {
  readonly experiment: string;
  readonly workload: string;
  readonly arm: string;
  /** Blocks that were begun, of all workloads. */
  readonly blocks: number;
  /** The most that this can become. */
  readonly mostBlocks: number;
}

/** An arm that fails this often in a row on a workload is not tried again on it. */
const MOST_FAILURES_IN_A_ROW = 3;

/** Fewer figures of one run may equal another's by chance. */
const FEWEST_TELLING_FIGURES = 3;

/**
 * Runs `plan` until every judged arm is decided on every workload, the time is over, or the most
 * blocks are run. A workload that was begun gets the blocks that an interval needs; then those that
 * are open get equal time, so that a quick one need not wait for a slow one.
 * `earlier` holds the samples of an interrupted run. A block that it began is never added to: what
 * is measured now is no pair of what was measured then.
 *
 * @throws {Problem} if `earlier` is of other arms or workloads
 */
export async function collectPaired(
  plan: PairedPlan,
  context: PairedContext,
  earlier: readonly Sample[] = [],
): Promise<Experiment> {
  assertOfPlan(plan, earlier);
  const samples = [...earlier];
  const look = (workload: string): Look => lookAt({ plan, samples, workload }, context.thresholds);
  const looks = new Map(plan.workloads.map(({ name }) => [name, look(name)]));
  const experiment = (stopped: string): Experiment => {
    const ratios = [...looks.values()].flatMap((known) => known.ratios);
    return { ...measuredBy(plan, samples), ratios, stopped };
  };
  for (;;) {
    const open = openComparisons(plan, samples, looks);
    if (open.size === 0) return experiment("every comparison was decided");
    const block = nextBlock([...open.keys()], samples, plan.mostBlocks);
    if (block === null) return experiment("the most blocks were run");
    const arms = open.get(block.workload) ?? [];
    const over = await runBlock({ plan, context, samples, arms, ...block });
    // A block leaves the ratios of the other workloads as they are.
    looks.set(block.workload, look(block.workload));
    if (over !== null) return experiment(over);
    context.blockDone(experiment("still running"));
  }
}

/**
 * The next block: of a workload that was begun and has too few blocks for an interval, without which it
 * was begun in vain; else of the one that has taken the least time. Null where all have the most.
 */
function nextBlock(
  workloads: readonly string[],
  samples: readonly Sample[],
  mostBlocks: number,
): { readonly workload: string; readonly block: number } | null {
  const candidates = workloads.map((workload) => {
    const own = samples.filter((sample) => sample.workload === workload);
    const seconds = own.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    return { workload, seconds, block: Math.max(-1, ...own.map(({ block }) => block)) + 1 };
  }).filter(({ block }) => block < mostBlocks);
  const begun = candidates.filter(({ block }) => block > 0 && block < fewestBlocks());
  const [first] = (begun.length > 0 ? begun : candidates)
    .toSorted((left, right) => left.seconds - right.seconds);
  return first === undefined ? null : { workload: first.workload, block: first.block };
}

/** Runs one block of a workload; returns why the run is over, or null. */
async function runBlock(
  { plan, context, samples, arms, workload, block }: {
    plan: PairedPlan;
    context: PairedContext;
    samples: Sample[];
    arms: readonly string[];
    workload: string;
    block: number;
  },
): Promise<string | null> {
  const blocks = blocksBegun(samples) + 1;
  for (const driver of driversOf(plan, { workload, arms, block, seed: context.seed })) {
    const inTime = fits(samples, driver.arm.name, context.remainingSeconds());
    const step = { plan, context, samples, workload, driver, block, blocks };
    const sample = inTime ? await runOne(step) : null;
    if (sample === null) return context.overBecause();
    samples.push(sample);
    context.keep(sample);
  }
  return null;
}

/** The experiment as data, its ratios derived from `samples`. */
export function experimentOf(
  plan: PairedPlan,
  samples: readonly Sample[],
  stopped: string,
): Experiment {
  const measured = measuredBy(plan, samples);
  return { ...measured, ratios: ratiosOf(measured), stopped };
}

function measuredBy(
  plan: PairedPlan,
  samples: readonly Sample[],
): Omit<Experiment, "ratios" | "stopped"> {
  const { name, title, reference, control } = plan;
  const workloads = plan.workloads.map(asData);
  const arms = [...plan.drivers.map(({ arm }) => arm), ...plan.unavailable];
  return { name, title, control, reference, workloads, arms, samples };
}

/** A plan's workload may carry more than its result may. */
function asData({ name, title, unit, better }: Workload): Workload {
  return { name, title, unit, better };
}

/** What the samples on one workload tell. */
interface Look {
  readonly ratios: readonly Ratio[];
  /** The judged arms that more blocks could decide. */
  readonly undecided: readonly string[];
}

function lookAt(
  { plan, samples, workload }: {
    readonly plan: PairedPlan;
    readonly samples: readonly Sample[];
    readonly workload: string;
  },
  thresholds: Thresholds,
): Look {
  const measured = measuredBy(plan, samples.filter((sample) => sample.workload === workload));
  const evidence = {
    ...measured,
    workloads: plan.workloads.filter(({ name }) => name === workload),
  };
  const ratios = ratiosOf(evidence);
  const control = ratios.find(({ arm }) => arm === plan.control);
  // Each arm is decided by its own ratio, or by that to the arm which the plan names.
  const judged = ratios.map((own) => {
    const reference = plan.against?.[own.arm];
    if (reference === undefined) return own;
    return ratiosOf({ ...evidence, reference }).find(({ arm }) => arm === own.arm) ?? own;
  });
  const undecided = judged.filter((ratio) =>
    plan.judged.includes(ratio.arm) && (plan.judges?.(ratio.arm, workload) ?? true) &&
    control !== undefined &&
    (isOpen(decide(ratio, control, plan.stoppingThresholds?.[ratio.arm] ?? thresholds)) ||
      // A control that is judged stands for the reference's own figures, which other runs compare with.
      (ratio.arm === plan.control && ratio.n < fewestBlocks(ACROSS_SIDE_ERROR)))
  );
  return { ratios, undecided: undecided.map(({ arm }) => arm) };
}

/** For each workload with an open comparison, the arms that are open. */
function openComparisons(
  plan: PairedPlan,
  samples: readonly Sample[],
  looks: ReadonlyMap<string, Look>,
): Map<string, string[]> {
  const open = new Map<string, string[]>();
  for (const [workload, { undecided }] of looks) {
    const arms = undecided.filter((arm) =>
      [arm, plan.against?.[arm] ?? arm].every((one) =>
        canGoOn(plan, samples, { workload, arm: one })
      )
    );
    const serving = canGoOn(plan, samples, { workload, arm: plan.reference });
    if (arms.length > 0 && serving) open.set(workload, arms);
  }
  return open;
}

/** A degraded arm runs once, on one workload, to show that it works; a broken one is given up. */
function canGoOn(
  plan: PairedPlan,
  samples: readonly Sample[],
  { workload, arm }: Pick<Sample, "workload" | "arm">,
): boolean {
  const driver = plan.drivers.find((candidate) => candidate.arm.name === arm);
  if (driver === undefined) return false;
  const all = samples.filter((sample) => sample.arm === arm);
  if (driver.arm.degraded !== null && all.length > 0) return false;
  const own = all.filter((sample) => sample.workload === workload);
  const last = own.slice(-MOST_FAILURES_IN_A_ROW);
  return last.length < MOST_FAILURES_IN_A_ROW || last.some(({ failure }) => failure === null);
}

function driversOf(
  plan: PairedPlan,
  { workload, arms, block, seed }: {
    workload: string;
    arms: readonly string[];
    block: number;
    seed: number;
  },
): ArmDriver[] {
  const names = new Set([plan.reference, plan.control, ...arms]);
  const drivers = plan.drivers.filter(({ arm }) => names.has(arm.name));
  return blockOrder({ seed, experiment: plan.name, workload, block }, drivers);
}

function assertOfPlan(plan: PairedPlan, earlier: readonly Sample[]): void {
  const arms = [...plan.drivers.map(({ arm }) => arm), ...plan.unavailable];
  const isKnown = ({ arm, workload }: Sample): boolean =>
    arms.some(({ name }) => name === arm) && plan.workloads.some(({ name }) => name === workload);
  const stranger = earlier.find((sample) => !isKnown(sample));
  if (stranger === undefined) return;
  throw new Problem({
    action: `resume the experiment ${plan.name}`,
    condition: "its evidence is of another one",
    seen: `${stranger.arm} on ${stranger.workload}`,
    cure: "Name another folder with --out.",
  });
}

/** Whether another run of the arm, as long as its longest so far, ends in time. */
function fits(samples: readonly Sample[], arm: string, remaining: number | null): boolean {
  if (remaining === null) return true;
  const own = samples.filter((sample) => sample.arm === arm);
  return remaining > Math.max(0, ...own.map(({ durationSeconds }) => durationSeconds));
}

async function runOne(
  { plan, context, samples, workload, driver, block, blocks }: {
    plan: PairedPlan;
    context: PairedContext;
    samples: readonly Sample[];
    workload: string;
    driver: ArmDriver;
    block: number;
    blocks: number;
  },
): Promise<Sample | null> {
  const arm = driver.arm.name;
  context.progress({
    experiment: plan.name,
    workload,
    arm,
    blocks,
    mostBlocks: plan.mostBlocks * plan.workloads.length,
  });
  const load = await context.load();
  const outcome = await measureOrFail(driver, workload, block);
  if (outcome === null) return null;
  const { coarse = false, ...measured } = outcome;
  const repeated = !coarse && isRepeated(samples, measured);
  const measurement = repeated ? refuseRepeated(measured) : measured;
  return { workload, arm, block, order: samples.length, load, ...measurement };
}

function blocksBegun(samples: readonly Sample[]): number {
  return new Set(samples.map(({ workload, block }) => `${workload} ${block}`)).size;
}

/** Two processes do not agree on several figures to the last digit: one was printed twice. */
function isRepeated(samples: readonly Sample[], { details }: Measurement): boolean {
  const figures = Object.entries(details);
  return figures.length >= FEWEST_TELLING_FIGURES &&
    samples.some((sample) => figures.every(([name, figure]) => sample.details[name] === figure));
}

function refuseRepeated(measured: Omit<Measurement, "coarse">): Omit<Measurement, "coarse"> {
  const failure = measured.failure ?? "it printed the very figures of an earlier run";
  return { ...measured, value: null, failure };
}

/** A tool's failure is a failed sample, so that the samples of the others are not lost. */
async function measureOrFail(
  driver: ArmDriver,
  workload: string,
  block: number,
): Promise<Measurement | null> {
  try {
    return await driver.measure(workload, block);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return {
      argv: [],
      status: null,
      startedAt: new Date(0).toISOString(),
      durationSeconds: 0,
      value: null,
      details: {},
      failure: error.message,
    };
  }
}
