/**
 * Runs a paired, interleaved experiment: every block runs every arm once on every workload, in a
 * seeded random order, each run an independent process or boot. It looks after every block and stops
 * a comparison once it is decided, which the statistics allow at any time.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import type { Arm, Experiment, Sample, Thresholds, Workload } from "./result.ts";
import { decide, isOpen, ratiosOf } from "./statistics/comparison.ts";
import { blockOrder } from "./statistics/random.ts";

/** What one run of an arm gave. */
export type Measurement = Omit<Sample, "workload" | "arm" | "block" | "order" | "load">;

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
  readonly mostBlocks: number;
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
  /** Called after each round of blocks with all that is known so far. */
  roundDone(experiment: Experiment): void;
  /** Says what runs next. */
  progress(step: PairedStep): void;
}

/** One run about to start. */
export interface PairedStep {
  readonly experiment: string;
  readonly workload: string;
  readonly arm: string;
  readonly block: number;
  readonly mostBlocks: number;
}

/** An arm that fails this often in a row on a workload is not tried again on it. */
const MOST_FAILURES_IN_A_ROW = 3;

/** Fewer figures of one run may equal another's by chance. */
const FEWEST_TELLING_FIGURES = 3;

/**
 * Runs `plan` until every judged arm is decided on every workload, the time is over, or the most
 * blocks are run. `earlier` holds the samples of an interrupted run. A block that it began is never
 * added to: what is measured now is no pair of what was measured then.
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
  for (let block = 0; block < plan.mostBlocks; block++) {
    const open = openComparisons(plan, samples, context.thresholds);
    if (open.size === 0) return experimentOf(plan, samples, "every comparison was decided");
    for (const workload of begunWorkloads(earlier, block)) open.delete(workload);
    const over = await runRound({ plan, context, samples, open, block });
    if (over !== null) return experimentOf(plan, samples, over);
    context.roundDone(experimentOf(plan, samples, "still running"));
  }
  return experimentOf(plan, samples, "the most blocks were run");
}

/** Runs one block on each open workload; returns why the run is over, or null. */
async function runRound(
  { plan, context, samples, open, block }: {
    plan: PairedPlan;
    context: PairedContext;
    samples: Sample[];
    open: ReadonlyMap<string, readonly string[]>;
    block: number;
  },
): Promise<string | null> {
  for (const [workload, arms] of open) {
    for (const driver of driversOf(plan, { workload, arms, block, seed: context.seed })) {
      const inTime = fits(samples, driver.arm.name, context.remainingSeconds());
      const step = { plan, context, samples, workload, driver, block, order: samples.length };
      const sample = inTime ? await runOne(step) : null;
      if (sample === null) return context.overBecause();
      samples.push(sample);
      context.keep(sample);
    }
  }
  return null;
}

/** The experiment as data, its ratios derived from `samples`. */
export function experimentOf(
  plan: PairedPlan,
  samples: readonly Sample[],
  stopped: string,
): Experiment {
  const { name, title, reference, control } = plan;
  const workloads = plan.workloads.map(asData);
  const arms = [...plan.drivers.map(({ arm }) => arm), ...plan.unavailable];
  const measured = { reference, workloads, arms, samples };
  return { name, title, control, ...measured, ratios: ratiosOf(measured), stopped };
}

/** A plan's workload may carry more than its result may. */
function asData({ name, title, unit, better }: Workload): Workload {
  return { name, title, unit, better };
}

/** For each workload with an open comparison, the arms that are open. */
function openComparisons(
  plan: PairedPlan,
  samples: readonly Sample[],
  thresholds: Thresholds,
): Map<string, string[]> {
  const { ratios } = experimentOf(plan, samples, "");
  const open = new Map<string, string[]>();
  for (const { name: workload } of plan.workloads) {
    const control = ratios.find((ratio) =>
      ratio.workload === workload && ratio.arm === plan.control
    );
    const arms = ratios.filter((ratio) =>
      ratio.workload === workload && plan.judged.includes(ratio.arm) && control !== undefined &&
      canGoOn(plan, samples, ratio) && isOpen(decide(ratio, control, thresholds))
    ).map(({ arm }) => arm);
    const serving = canGoOn(plan, samples, { workload, arm: plan.reference });
    if (arms.length > 0 && serving) open.set(workload, arms);
  }
  return open;
}

/** A degraded arm runs once, to show that it works; a broken one is given up. */
function canGoOn(
  plan: PairedPlan,
  samples: readonly Sample[],
  { workload, arm }: Pick<Sample, "workload" | "arm">,
): boolean {
  const driver = plan.drivers.find((candidate) => candidate.arm.name === arm);
  if (driver === undefined) return false;
  const own = samples.filter((sample) => sample.workload === workload && sample.arm === arm);
  if (driver.arm.degraded !== null && own.length > 0) return false;
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

function begunWorkloads(earlier: readonly Sample[], block: number): Set<string> {
  return new Set(
    earlier.filter((sample) => sample.block === block).map(({ workload }) => workload),
  );
}

/** Whether another run of the arm, as long as its longest so far, ends in time. */
function fits(samples: readonly Sample[], arm: string, remaining: number | null): boolean {
  if (remaining === null) return true;
  const own = samples.filter((sample) => sample.arm === arm);
  return remaining > Math.max(0, ...own.map(({ durationSeconds }) => durationSeconds));
}

async function runOne(
  { plan, context, samples, workload, driver, block, order }: {
    plan: PairedPlan;
    context: PairedContext;
    samples: readonly Sample[];
    workload: string;
    driver: ArmDriver;
    block: number;
    order: number;
  },
): Promise<Sample | null> {
  const arm = driver.arm.name;
  context.progress({
    experiment: plan.name,
    workload,
    arm,
    block,
    mostBlocks: plan.mostBlocks,
  });
  const load = await context.load();
  const measured = await measureOrFail(driver, workload, block);
  if (measured === null) return null;
  const measurement = isRepeated(samples, measured) ? refuseRepeated(measured) : measured;
  return { workload, arm, block, order, load, ...measurement };
}

/** Two processes do not agree on several figures to the last digit: one was printed twice. */
function isRepeated(samples: readonly Sample[], { details }: Measurement): boolean {
  const figures = Object.entries(details);
  return figures.length >= FEWEST_TELLING_FIGURES &&
    samples.some((sample) => figures.every(([name, figure]) => sample.details[name] === figure));
}

function refuseRepeated(measured: Measurement): Measurement {
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
