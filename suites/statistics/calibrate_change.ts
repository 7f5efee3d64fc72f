/**
 * Calibration of change detection: how often histories without a change raise an alarm, and how soon
 * a step is found, by simulating whole histories; and the same for three rules that others use.
 *
 * @module
 */
import {
  ALL_THE_NIGHTS,
  drawNights,
  type HistoryPlan,
  LOG_NORMAL,
  RUN_NOISES,
  type RunNoise,
} from "./calibrate_change_noise.ts";
import { type Alarm, CHANGE_RULES, CLAIMED } from "./calibrate_change_rules.ts";
import { randomOf } from "./random.ts";

/** How much to simulate. */
export interface ChangeCalibrationOptions {
  /** Simulated histories per scenario. */
  readonly histories: number;
  readonly seed: number;
}

/** What one rule made of the histories of one scenario. */
export interface ChangeShares {
  readonly rule: string;
  /** Share of histories with an alarm: any where nothing changed, else one soon after the change. */
  readonly alarmed: number;
  /** Median of the nights from the change to the first alarm, 1 for the same night; null for none. */
  readonly medianNights: number | null;
  /** Second runs that it asked for per 100 nights, on average. */
  readonly secondRuns: number;
}

/** One scenario under every rule, cellproof's own first. */
export interface ChangeRow {
  readonly scenario: string;
  readonly kind: "quiet" | "step";
  readonly histories: number;
  readonly rules: readonly ChangeShares[];
}

interface Scenario extends HistoryPlan {
  readonly name: string;
  readonly kind: "quiet" | "step";
  /** The first night of which an alarm counts, and until which it is soon enough. */
  readonly from: number;
  readonly soon: number;
}

/** Nights in which nothing changes, and how far runs then differ. */
export const QUIET = { nights: 100, deviation: 0.15 };

/** How far runs differ around a step. */
export const STEP_DEVIATION = 0.03;

/** A step should be found within so many nights; it is looked for longer. */
export const SOON_NIGHTS = 3;
const NIGHTS_AFTER = 12;

const SCENARIOS: readonly Scenario[] = [
  ...RUN_NOISES.map(quiet),
  step("10 % down", { factor: 0.9 }),
  step("10 % up", { factor: 1.1 }),
  step("10 % up, night 10", { factor: 1.1, at: 10 }),
  step("10 % up, night 60", { factor: 1.1, at: 60 }),
  step("10 % up, night 100", { factor: 1.1, at: 100 }),
  step("the same, shared", { factor: 1.1, at: 100, noise: ALL_THE_NIGHTS }),
  step("10 % up, no second", { factor: 1.1, confirms: false }),
];

/** Simulates every scenario; deterministic for a seed. */
export function calibrateChange({ histories, seed }: ChangeCalibrationOptions): ChangeRow[] {
  return SCENARIOS.map((scenario) => {
    const { name, kind, from } = scenario;
    const random = randomOf([seed, "change", name]);
    const alarms = Array.from({ length: histories }, () => {
      const nights = drawNights(random, scenario);
      return CHANGE_RULES.map(({ watch }) => watch(nights, from));
    });
    const rules = CHANGE_RULES.map((rule, index) =>
      sharesOf(rule.name, scenario, alarms.flatMap((one) => one[index] ?? []))
    );
    return { scenario: name, kind, histories, rules };
  });
}

function quiet(noise: RunNoise): Scenario {
  return {
    ...{ name: noise.name, kind: "quiet", noise, deviation: QUIET.deviation },
    ...{ nights: QUIET.nights, from: 0, soon: QUIET.nights, confirms: true },
    // On the claim's threshold, where its verdict goes to and fro.
    truth: () => CLAIMED,
  };
}

function step(
  name: string,
  { factor, at = 30, confirms = true, noise = LOG_NORMAL }: {
    readonly factor: number;
    readonly at?: number;
    readonly confirms?: boolean;
    readonly noise?: RunNoise;
  },
): Scenario {
  return {
    ...{ name, kind: "step", noise, deviation: STEP_DEVIATION, confirms },
    ...{ nights: at + NIGHTS_AFTER, from: at, soon: SOON_NIGHTS },
    truth: (night) => night < at ? 1 : factor,
  };
}

function sharesOf(
  rule: string,
  { from, soon, nights }: Scenario,
  alarms: readonly Alarm[],
): ChangeShares {
  const delays = alarms.map(({ night }) => night === null ? Infinity : night - from + 1);
  const middle = delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Infinity;
  const secondRuns = alarms.reduce((sum, alarm) => sum + alarm.secondRuns, 0);
  return {
    rule,
    alarmed: delays.filter((delay) => delay <= soon).length / delays.length,
    medianNights: Number.isFinite(middle) ? middle : null,
    secondRuns: 100 * secondRuns / alarms.length / nights,
  };
}
