/**
 * Measures how long the changes of a host's histories take to find: as many series and nights as a
 * page of many hosts shows.
 *
 * Run it with `deno task benchmark`; it exits with 1 where the bound is missed.
 *
 * @module
 */
import { normal } from "./calibrate_noise.ts";
import { driftsIn, type Figure, type RatioNight } from "./drift.ts";
import { type RandomGenerator, randomOf, uniform } from "./random.ts";

const SERIES = 1000;
const NIGHTS = 1000;
const MOST_SECONDS = 5;

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

function main(): number {
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
      `(at most ${MOST_SECONDS} s), ${drifts} found`,
  );
  return seconds <= MOST_SECONDS ? 0 : 1;
}

if (import.meta.main) Deno.exit(main());
