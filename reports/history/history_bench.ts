/**
 * Measures a history of ten machines and a thousand nights each: how long opening it takes, reading one
 * machine, and adding one result of a megabyte.
 *
 * Run it with `deno run --allow-read --allow-write reports/history/history_bench.ts`; it exits with 1
 * where a bound is missed. It takes some 2 GB of the temporary folder.
 *
 * @module
 */
import type { Experiment, Ratio, Result, Sample } from "../../suites/result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { History } from "./history.ts";
import { nightsOf } from "./nights.ts";
import { repeatNights } from "./testing/repeat_nights.ts";

const MACHINES = 10;
const NIGHTS = 1000;
const ROUNDS = 7;
const MOST_OPEN_SECONDS = 2;
const MOST_READ_SECONDS = 0.3;
const MOST_ADD_SECONDS = 0.3;

const WORKLOADS = 15;
const ARMS = 10;
const BLOCKS = 15;

/** The first night of a machine: some 260 verdicts, 150 ratios, a megabyte. */
function firstNight(machine: number): Result {
  const result = sampleResult();
  const experiment: Experiment = {
    ...{ name: "storage", title: "Storage", reference: "native", control: "native-again" },
    ...{ workloads: [], arms: [], stopped: "decided" },
    ratios: pairs().map(([workload, arm]) => ratioOf(workload, arm)),
    samples: pairs().flatMap(([workload, arm]) => samplesOf(workload, arm)),
  };
  return {
    ...result,
    host: { ...result.host, hostname: `host-${machine}` },
    run: { ...result.run, dryRun: null },
    experiments: [experiment],
  };
}

function pairs(): [workload: string, arm: string][] {
  const names = (word: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${word}-${index}`);
  return names("workload", WORKLOADS).flatMap((workload) =>
    names("arm", ARMS).map((arm): [string, string] => [workload, arm])
  );
}

function ratioOf(workload: string, arm: string): Ratio {
  const blocks = Array.from({ length: BLOCKS }, () => 0.9 + Math.random() / 10);
  return { workload, arm, n: BLOCKS, ratio: Math.random(), low: 0.9, high: 1.1, blocks };
}

function samplesOf(workload: string, arm: string): Sample[] {
  return Array.from({ length: BLOCKS }, (_, block) => ({
    ...{ workload, arm, block, order: block, argv: ["fio", "--output-format=json", workload] },
    ...{ status: 0, startedAt: new Date(1e12 + Math.random() * 1e12).toISOString() },
    ...{ durationSeconds: Math.random(), value: Math.random() * 1e9, details: {} },
    ...{ failure: null, load: Math.random() },
  }));
}

/** Median seconds of `work`. */
function secondsOf(name: string, work: (round: number) => unknown): number {
  const seconds = Array.from({ length: ROUNDS }, (_, round) => {
    const start = performance.now();
    work(round);
    return (performance.now() - start) / 1000;
  }).toSorted((a, b) => a - b);
  const median = seconds[Math.floor(ROUNDS / 2)] ?? Infinity;
  console.log(`${name}: ${median.toFixed(3)} s (${seconds.map((s) => s.toFixed(3)).join(", ")})`);
  return median;
}

function measure(history: History): boolean {
  const [{ key = "" } = {}] = history.machines();
  const opened = secondsOf("opening", () => History.open(history.path, { create: false }).close());
  secondsOf("machines", () => history.machines());
  secondsOf("runs of one machine", () => history.runs(key));
  secondsOf("nights of one machine", () => nightsOf(history, key));
  const read = secondsOf("verdicts and series of one machine", () => [
    history.verdicts(key),
    history.series(key),
  ]);
  const added = secondsOf("adding a result", (round) => {
    const result = firstNight(0);
    const run = { ...result.run, startedAt: new Date(2e12 + round).toISOString() };
    history.add(JSON.stringify({ ...result, run }), { ...result, run }, {
      confirms: null,
      now: new Date(run.startedAt),
    });
  });
  const counts = [history.verdicts(key), history.series(key)].map(({ length }) => length);
  console.log(`${history.runs(key).length} runs of ${counts.join(" verdicts and ")} ratios`);
  return opened <= MOST_OPEN_SECONDS && read <= MOST_READ_SECONDS && added <= MOST_ADD_SECONDS;
}

function main(): number {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/history.sqlite`;
  try {
    using history = History.open(path, { create: true });
    for (let machine = 0; machine < MACHINES; machine++) {
      const result = firstNight(machine);
      const text = JSON.stringify(result);
      if (machine === 0) console.log(`a result of ${text.length} bytes`);
      history.add(text, result, { confirms: null });
    }
    repeatNights(path, NIGHTS);
    console.log(`a history of ${(Deno.statSync(path).size / 1e6).toFixed(0)} MB`);
    return measure(history) ? 0 : 1;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(main());
