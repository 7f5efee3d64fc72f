/**
 * How often the rule for outliers is wrong and right, by simulating whole fleets: quiet ones, in which
 * any outlier is a false one, and such with bad hosts.
 *
 * Run it with `deno task benchmark`; it exits with 1 where a bound is missed.
 *
 * @module
 */
import { normal } from "./calibrate_noise.ts";
import { RUN_NOISES } from "./calibrate_change_noise.ts";
import { FEWEST_HOSTS, type HostRatio, unlikeHosts } from "./outlier.ts";
import { type RandomGenerator, randomOf, uniform } from "./random.ts";

/** Ratios of each host. */
const SERIES = 60;

/** A fleet of so many makes, each of so many hosts, and how many such fleets are simulated. */
interface Shape {
  readonly name: string;
  readonly makes: number;
  readonly hosts: number;
  readonly fleets: number;
}

const SHAPES: readonly Shape[] = [
  { name: "20", makes: 1, hosts: 20, fleets: 2000 },
  { name: "200", makes: 1, hosts: 200, fleets: 200 },
  { name: "2,000", makes: 1, hosts: 2000, fleets: 30 },
  { name: `133 x ${FEWEST_HOSTS}`, makes: 133, hosts: FEWEST_HOSTS, fleets: 30 },
];
const OF_ONE_MAKE = SHAPES.filter(({ makes }) => makes === 1);

const MOST_FALSE = 0.01;
const LEAST_FOUND = 0.95;

/** Each interval reaches this far to both sides of its ratio. */
const HALF_INTERVAL = 0.01;

/** How hosts differ: `host` draws one host, which then gives its deviation on each series. */
interface HostNoise {
  readonly name: string;
  readonly host: (random: RandomGenerator) => () => number;
  /** Which fleets must keep the bound. In few hosts a group may have three by chance, which are bad ones. */
  readonly bound: "all" | "one make" | "none";
}

const QUIET: readonly HostNoise[] = [
  { name: "log-normal 15 %", host: independent("log-normal", 0.15), bound: "all" },
  { name: "log-normal 1 %", host: independent("log-normal", 0.01), bound: "all" },
  { name: "half at half", host: grouped(0.5), bound: "one make" },
  { name: "30 % at half", host: grouped(0.3), bound: "none" },
  { name: "heavy tails 3 %", host: independent("heavy tails", 0.03), bound: "none" },
  { name: "heavy tails 15 %", host: independent("heavy tails", 0.15), bound: "none" },
];

/** Bad hosts among others: by what their ratios are multiplied. */
interface Step {
  readonly factors: readonly number[];
  readonly deviation: number;
  readonly bound: boolean;
}

const STEPS: readonly Step[] = [
  { factors: [0.5], deviation: 0.03, bound: true },
  { factors: [2], deviation: 0.03, bound: true },
  { factors: [0.5, 0.5], deviation: 0.03, bound: true },
  { factors: [0.5, 0.5, 0.5], deviation: 0.03, bound: true },
  { factors: [0.5, 0.3, 2], deviation: 0.03, bound: true },
  { factors: [0.7], deviation: 0.03, bound: false },
  { factors: [0.7], deviation: 0.01, bound: true },
  { factors: [0.8], deviation: 0.01, bound: false },
  { factors: [0.9], deviation: 0.01, bound: false },
  { factors: [0.9], deviation: 0.003, bound: true },
];

function independent(name: string, deviation: number): HostNoise["host"] {
  const draw = RUN_NOISES.find((noise) => noise.name === name)?.draw;
  if (draw === undefined) throw new TypeError(`statistics: no noise is called ${name}`);
  return (random) => () => deviation * draw(random);
}

/** A share of hosts has another firmware, with which each ratio is half. */
function grouped(share: number): HostNoise["host"] {
  return (random) => {
    const level = uniform(random) < share ? Math.log(0.5) : 0;
    return () => level + 0.03 * normal(random);
  };
}

function hostRatio(log: number): HostRatio {
  const ratio = Math.exp(log);
  return {
    ratio,
    low: ratio * (1 - HALF_INTERVAL),
    high: ratio * (1 + HALF_INTERVAL),
    reach: 1 - HALF_INTERVAL,
  };
}

/** The share of quiet fleets of a shape in which any ratio is an outlier. */
function falseShare({ name, host }: HostNoise, { makes, hosts, fleets }: Shape): number {
  const random = randomOf(["outlier_bench", name, makes, hosts]);
  const isFalse = (draws: readonly (() => number)[]): boolean =>
    unlikeHosts(draws.map((draw) => hostRatio(draw()))).length > 0;
  let wrong = 0;
  for (let fleet = 0; fleet < fleets; fleet++) {
    const seen = Array.from({ length: makes }, () => {
      const draws = Array.from({ length: hosts }, () => host(random));
      return Array.from({ length: SERIES }, () => isFalse(draws)).includes(true);
    });
    if (seen.includes(true)) wrong++;
  }
  return wrong / fleets;
}

/** The share of the bad hosts among that many hosts that are found, each on one series. */
function foundShare({ factors, deviation }: Step, { hosts, fleets }: Shape): number {
  const random = randomOf(["outlier_bench", ...factors, deviation, hosts]);
  let found = 0;
  for (let fleet = 0; fleet < fleets; fleet++) {
    const all = Array.from(
      { length: hosts },
      (_, index) => hostRatio(Math.log(factors[index] ?? 1) + deviation * normal(random)),
    );
    const bad = new Set(all.slice(0, factors.length));
    found += unlikeHosts(all).filter(({ host }) => bad.has(host)).length;
  }
  return found / fleets / factors.length;
}

/** One cell of a table, and whether it keeps its bound. */
interface Cell {
  readonly share: number;
  readonly kept: boolean;
}

function printTable(title: string, shapes: readonly Shape[]): void {
  const heads = shapes.map(({ name }) => name.padStart(10)).join("");
  console.log(`\n${title}\n\n${"".padEnd(24)}${heads}`);
}

/** Prints one row, and tells whether each of its cells keeps its bound. */
function printRow(name: string, cells: readonly Cell[]): boolean {
  const kept = cells.every((cell) => cell.kept);
  const texts = cells.map(({ share }) => (100 * share).toFixed(1).padStart(10)).join("");
  console.log(`${name.padEnd(24)}${texts}${kept ? "" : "  bound missed"}`);
  return kept;
}

function quietRow(noise: HostNoise): boolean {
  const cells = SHAPES.map((shape): Cell => {
    const isBound = noise.bound === "all" || (noise.bound === "one make" && shape.makes === 1);
    const share = falseShare(noise, shape);
    return { share, kept: !isBound || share <= MOST_FALSE };
  });
  return printRow(noise.name, cells);
}

function foundRow(step: Step): boolean {
  const cells = OF_ONE_MAKE.map((shape): Cell => {
    const share = foundShare(step, shape);
    return { share, kept: !step.bound || share >= LEAST_FOUND };
  });
  return printRow(`${step.factors.join(", ")} at ${(100 * step.deviation).toFixed(1)} %`, cells);
}

function main(): number {
  printTable(
    `Quiet fleets with a false outlier among ${SERIES} ratios of each host, in %, by hosts`,
    SHAPES,
  );
  const quiet = QUIET.map(quietRow);
  printTable("Bad hosts that are found at so much noise, in %, by hosts", OF_ONE_MAKE);
  const found = STEPS.map(foundRow);
  return [...quiet, ...found].every(Boolean) ? 0 : 1;
}

if (import.meta.main) Deno.exit(main());
