/**
 * Fleets of hosts that nobody ever measured, some with faults that are known by name: what a merge must
 * make of them is known beforehand.
 *
 * @module
 */
import type { SeriesName } from "../../claim_series.ts";
import { judgeAgain } from "../../judge_again.ts";
import type { Result, Thresholds } from "../../result.ts";
import { type RandomGenerator, randomOf, shuffled, uniform } from "../../statistics/random.ts";
import { comparableRatios } from "../outliers.ts";
import { movedTo, simulateHost, textOf } from "./simulated_host.ts";

/** What a host or its result may be planted with. */
export const PLANTS = [
  "truncated",
  "partial",
  "other-version",
  "other-thresholds",
  "wrong-clock",
  "duplicate",
  "outlier",
  "flipped",
] as const;
export type Plant = typeof PLANTS[number];

export interface FleetPlan {
  /** What dry runs found, one for each make; the hosts are of each in turn. */
  readonly bases: readonly Result[];
  readonly hosts: number;
  readonly seed: number;
  /** How many hosts have each fault. */
  readonly plants: Readonly<Partial<Record<Plant, number>>>;
  /**
   * Whether the results say that they were measured, which no one may be shown: a merge looks at the
   * clocks of measured results alone.
   */
  readonly asMeasured: boolean;
}

/** A result in its folder. */
export interface SimulatedResult {
  readonly folder: string;
  readonly text: string;
}

/** What was planted, and where it must be found. */
export interface Planted {
  readonly plant: Plant;
  readonly folder: string;
  readonly hostname: string;
  /** The ratio that is unlike those of others; null but for an outlier. */
  readonly series: SeriesName | null;
  /** The claims that are refuted here and confirmed elsewhere, by what a probe saw. */
  readonly flipped: readonly string[];
}

/** A host with all that it left. */
export interface SimulatedHost {
  readonly results: readonly SimulatedResult[];
  readonly planted: Planted | null;
}

const FIRST_START = Date.UTC(2026, 0, 15, 2);
const HOUR_MS = 3_600_000;
const DEVIATION = 0.01;
const ODD_FACTOR = 0.5;
const OTHER_THRESHOLDS: Thresholds = { high: 0.9, medium: 0.4 };

/** Observations that claims rest on; each fixture of a GPU host has one that decides, and each other one. */
const FLIPPED: readonly string[] = ["container-view/same-kernel", "gpu-container/computes"];

/** What a plant makes of a host's result before its claims are judged. */
const CHANGES: Readonly<Partial<Record<Plant, (result: Result) => Result>>> = {
  "partial": (result) => ({ ...result, run: { ...result.run, endedAt: null } }),
  "other-version": (result) => ({ ...result, run: { ...result.run, version: "0.0.9" } }),
  "wrong-clock": (result) => movedTo(Date.parse(result.run.startedAt) - 24 * HOUR_MS, result),
  "flipped": flipped,
};

/** The hosts of a fleet one by one; the same for the same plan. */
export function* simulateFleet(plan: FleetPlan): Generator<SimulatedHost> {
  const random = randomOf(["simulated fleet", plan.seed]);
  const plants = plantsOf(plan, random);
  for (let index = 0; index < plan.hosts; index++) {
    const base = plan.bases[index % plan.bases.length];
    if (base === undefined) throw new RangeError("simulated fleet: it has no bases");
    const hostname = `node-${String(index + 1).padStart(4, "0")}`;
    yield simulate(plan.asMeasured ? asMeasured(base) : base, random, {
      hostname,
      plant: plants[index] ?? null,
    });
  }
}

/** Writes each result into a folder of its own below `into`, and says what was planted. */
export function writeFleet(into: string, plan: FleetPlan): Planted[] {
  const planted: Planted[] = [];
  for (const host of simulateFleet(plan)) {
    for (const { folder, text } of host.results) {
      Deno.mkdirSync(`${into}/${folder}`, { recursive: true });
      Deno.writeTextFileSync(`${into}/${folder}/result.json`, text);
    }
    if (host.planted !== null) planted.push(host.planted);
  }
  return planted;
}

/** The plant of each host, in an order by chance. */
function plantsOf({ hosts, plants }: FleetPlan, random: RandomGenerator): (Plant | null)[] {
  const wanted = PLANTS.flatMap((plant) => Array<Plant>(plants[plant] ?? 0).fill(plant));
  if (wanted.length > hosts) throw new RangeError("simulated fleet: more plants than hosts");
  return shuffled(random, [...wanted, ...Array<null>(hosts - wanted.length).fill(null)]);
}

function asMeasured(base: Result): Result {
  return { ...base, run: { ...base.run, dryRun: null } };
}

function simulate(
  base: Result,
  random: RandomGenerator,
  { hostname, plant }: { readonly hostname: string; readonly plant: Plant | null },
): SimulatedHost {
  const startMs = FIRST_START + Math.floor(HOUR_MS * uniform(random));
  const series = plant === "outlier" ? steadiestSeries(base) : null;
  const odd = series === null ? null : { ...series, factor: ODD_FACTOR };
  const made = simulateHost(base, random, { hostname, startMs, deviation: DEVIATION, odd });
  const change = plant === null ? undefined : CHANGES[plant];
  const thresholds = plant === "other-thresholds" ? OTHER_THRESHOLDS : base.run.thresholds;
  const result = judgeAgain(change?.(made) ?? made, thresholds);
  const text = textOf(result, base);
  const results = [{ folder: hostname, text: plant === "truncated" ? half(text) : text }];
  if (plant === "duplicate") {
    const again = movedTo(startMs + HOUR_MS / 2, result);
    results.push({ folder: `${hostname}-again`, text: textOf(again, base) });
  }
  if (plant === null) return { results, planted: null };
  const claims = plant === "flipped" ? refutedBy(result, made) : [];
  return { results, planted: { plant, folder: hostname, hostname, series, flipped: claims } };
}

function half(text: string): string {
  return text.slice(0, text.length / 2);
}

function flipped(result: Result): Result {
  return {
    ...result,
    probes: result.probes.map((probe) => ({
      ...probe,
      observations: probe.observations.map((one) =>
        FLIPPED.includes(one.name) && typeof one.value === "boolean"
          ? { ...one, value: !one.value, seen: "It was made up." }
          : one
      ),
    })),
  };
}

/** The claims that a result refutes and the same one without its plant confirms. */
function refutedBy(result: Result, unplanted: Result): string[] {
  const before = new Map(
    judgeAgain(unplanted, result.run.thresholds).claims.map(({ id, verdict }) => [id, verdict]),
  );
  return result.claims
    .filter(({ id, verdict }) => verdict === "refuted" && before.get(id) === "confirmed")
    .map(({ id }) => id);
}

/** The ratio of which the least is left open. */
function steadiestSeries({ experiments }: Result): SeriesName {
  const open = ({ low, high, reach }: ReturnType<typeof comparableRatios>[number]) =>
    high / low / reach;
  const [first] = comparableRatios(experiments).toSorted((one, other) => open(one) - open(other));
  if (first === undefined) throw new RangeError("simulated fleet: its base has no ratio");
  const { experiment, workload, arm } = first;
  return { experiment, workload, arm };
}
