/**
 * Measures how long the changes of a host's histories take to find, as many series and nights as a page
 * of many hosts shows, and how often change detection is wrong and right in simulated histories.
 *
 * Run it with `deno task benchmark`; it exits with 1 where a bound is missed.
 *
 * @module
 */
import { calibrateChange, type ChangeRow } from "./calibrate_change.ts";
import { changeTable } from "./calibrate_change_table.ts";
import { normal } from "./calibrate_noise.ts";
import { driftsIn, type Figure, type RatioNight } from "./drift.ts";
import { type RandomGenerator, randomOf, uniform } from "./random.ts";

const SERIES = 1000;
const NIGHTS = 1000;
const MOST_SECONDS = 5;

/** Of 1,000 quiet histories, whatever the noise; and a step's, once so many nights are known. */
const HISTORIES = 1000;
const MOST_FALSE = 0.01;
const LEAST_FOUND = { step: "10 % up, night 100", share: 0.95 };

/** Every 250 nights a tenth up or down; one night in ten has a second run. */
function history(random: RandomGenerator, deviation: number): RatioNight[] {
  const figure = (night: number): Figure => {
    const level = Math.floor(night / 250) % 2 === 0 ? 1 : 0.9;
    const ratio = level * Math.exp(deviation * normal(random));
    return { ratio, low: 0.98 * ratio, high: 1.02 * ratio };
  };
  return Array.from({ length: NIGHTS }, (_, night) => ({
    first: figure(night),
    second: uniform(random) < 0.1 ? figure(night) : null,
  }));
}

function isFast(): boolean {
  const random = randomOf(["drift_bench"]);
  let [seconds, drifts] = [0, 0];
  for (let series = 0; series < SERIES; series++) {
    const nights = history(random, [0.005, 0.03, 0.15][series % 3] ?? NaN);
    const start = performance.now();
    drifts += driftsIn(nights).length;
    seconds += (performance.now() - start) / 1000;
  }
  console.log(
    `changes of ${SERIES} series of ${NIGHTS} nights: ${seconds.toFixed(2)} s ` +
      `(at most ${MOST_SECONDS} s), ${drifts} found\n`,
  );
  return seconds <= MOST_SECONDS;
}

function isCalibrated(): boolean {
  const rows = calibrateChange({ histories: HISTORIES, seed: 1 });
  const missed = rows.filter((row) => !isWithin(row)).map(({ scenario }) => scenario);
  console.log(changeTable(rows));
  console.log(`\nbounds missed: ${missed.length === 0 ? "none" : missed.join(", ")}`);
  return missed.length === 0;
}

function isWithin({ scenario, kind, rules: [own] }: ChangeRow): boolean {
  const alarmed = own?.alarmed ?? NaN;
  if (kind === "quiet") return alarmed <= MOST_FALSE;
  return scenario !== LEAST_FOUND.step || alarmed >= LEAST_FOUND.share;
}

if (import.meta.main) Deno.exit([isFast(), isCalibrated()].every(Boolean) ? 0 : 1);
