/**
 * Calibration: how often the decision is wrong, right and inconclusive where the truth is known, by
 * simulating whole experiments, and the same for three rules that others use.
 *
 * @module
 */
import type { Band, Thresholds } from "../result.ts";
import { bandOf } from "./bands.ts";
import { drawBlocks, type Noise, NOISES } from "./calibrate_noise.ts";
import { type Outcome, type Rule, RULES } from "./calibrate_rules.ts";
import { median } from "./confidence_sequence.ts";
import { type RandomGenerator, randomOf } from "./random.ts";

/** How much to simulate. */
export interface CalibrationOptions {
  /** Simulated experiments per scenario. */
  readonly experiments: number;
  readonly seed: number;
  /** Called after each scenario, for a sign of progress. */
  readonly onRow?: (row: CalibrationRow, done: number, total: number) => void;
}

/** What one rule made of the experiments of one scenario; shares are of all experiments. */
export interface RuleShares {
  readonly rule: string;
  readonly wrong: number;
  readonly right: number;
  readonly inconclusive: number;
  /** Share of all experiments that were rightly decided within {@linkcode FEW_BLOCKS} blocks. */
  readonly rightWithFew: number;
  /** Median of the blocks that were looked at. */
  readonly medianBlocks: number;
}

/** One scenario under every rule, cellproof's own first. */
export interface CalibrationRow {
  readonly noise: string;
  /** Where the true ratio lies. */
  readonly truth: string;
  readonly experiments: number;
  readonly rules: readonly RuleShares[];
}

interface Truth {
  readonly name: string;
  readonly ratio: number;
  /** The right verdict; null where none is: on a threshold any decided verdict counts as wrong. */
  readonly band: Band | null;
  /** Workloads of the claim: it is wrong when any of them is decided wrongly. */
  readonly workloads: number;
}

const THRESHOLDS: Thresholds = { high: 0.95, medium: 0.5 };
const MOST_BLOCKS = 40;

/** What a clear case should need at most. */
export const FEW_BLOCKS = 12;

const TRUTHS: readonly Truth[] = [
  onThreshold("on 0.95", 1),
  beside("2 % above", 0.95 * 1.02),
  beside("2 % below", 0.95 * 0.98),
  beside("10 % above", 0.95 * 1.1),
  beside("10 % below", 0.95 * 0.9),
  beside("far off (0.3)", 0.3),
  onThreshold("claim, 5 on 0.95", 5),
];

/** Simulates every scenario; deterministic for a seed. */
export function calibrate({ experiments, seed, onRow }: CalibrationOptions): CalibrationRow[] {
  const scenarios = NOISES.flatMap((noise) => TRUTHS.map((truth) => ({ noise, truth })));
  return scenarios.map(({ noise, truth }, index) => {
    const random = randomOf([seed, noise.name, truth.name]);
    const claims = Array.from({ length: experiments }, () => claimOf(random, noise, truth));
    const rules = RULES.map(({ name }, rule) =>
      sharesOf(name, truth, claims.map((outcomes) => outcomes[rule] ?? []))
    );
    const row = { noise: noise.name, truth: truth.name, experiments, rules };
    onRow?.(row, index + 1, scenarios.length);
    return row;
  });
}

/** The rows as an aligned plain-text table; shares in per cent. */
export function calibrationTable(rows: readonly CalibrationRow[]): string {
  const [first] = rows;
  if (first === undefined) throw new TypeError("statistics: a calibration without rows");
  const title =
    `In % of ${first.experiments} simulated experiments per line; "few": rightly decided ` +
    `within ${FEW_BLOCKS} blocks; "blocks": median of the blocks looked at.`;
  const names = first.rules.map(({ rule }) => centred(rule, 34)).join(" | ");
  const heads = first.rules.map(() => figures(["wrong", "right", "incon.", "few", "blocks"])).join(
    " | ",
  );
  return [
    title,
    "",
    `${label("", "")} | ${names}`,
    `${label("noise", "true ratio")} | ${heads}`,
    `${"-".repeat(31)}${"-+-".concat("-".repeat(34)).repeat(first.rules.length)}`,
    ...rows.map((row) => `${label(row.noise, row.truth)} | ${row.rules.map(cells).join(" | ")}`),
  ].join("\n");
}

function onThreshold(name: string, workloads: number): Truth {
  return { name, ratio: THRESHOLDS.high, band: null, workloads };
}

function beside(name: string, ratio: number): Truth {
  return { name, ratio, band: bandOf(ratio, THRESHOLDS), workloads: 1 };
}

/** For each rule its outcome on each workload of one simulated claim. */
function claimOf(random: RandomGenerator, noise: Noise, truth: Truth): Outcome[][] {
  const plan = { truth: truth.ratio, blocks: MOST_BLOCKS };
  const draws = Array.from({ length: truth.workloads }, () => drawBlocks(random, noise, plan));
  return RULES.map(({ judge }: Rule) => draws.map((drawn) => judge(drawn, THRESHOLDS)));
}

function sharesOf(rule: string, { band }: Truth, claims: readonly Outcome[][]): RuleShares {
  const share = (matches: (outcomes: readonly Outcome[]) => boolean): number =>
    claims.filter(matches).length / claims.length;
  const isRight = (one: Outcome): boolean => one.band !== null && one.band === band;
  const isWrong = (one: Outcome): boolean => one.band !== null && one.band !== band;
  const isQuick = (one: Outcome): boolean => isRight(one) && one.blocks <= FEW_BLOCKS;
  const blocks = claims.map((outcomes) => Math.max(...outcomes.map((one) => one.blocks)));
  return {
    rule,
    wrong: share((outcomes) => outcomes.some(isWrong)),
    right: share((outcomes) => outcomes.every(isRight)),
    inconclusive: share((outcomes) => !outcomes.some(isWrong) && !outcomes.every(isRight)),
    rightWithFew: share((outcomes) => outcomes.every(isQuick)),
    medianBlocks: median(blocks) ?? 0,
  };
}

function cells({ wrong, right, inconclusive, rightWithFew, medianBlocks }: RuleShares): string {
  return figures([
    ...[wrong, right, inconclusive, rightWithFew].map((share) => (100 * share).toFixed(1)),
    medianBlocks.toFixed(0),
  ]);
}

function figures(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(6)).join(" ");
}

function label(noise: string, truth: string): string {
  return `${noise.padEnd(13)}  ${truth.padEnd(16)}`;
}

function centred(text: string, width: number): string {
  return text.padStart(Math.floor((width + text.length) / 2)).padEnd(width);
}
