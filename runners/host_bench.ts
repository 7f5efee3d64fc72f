/**
 * Measures what the seam costs: a command through the live and the recording host against the same
 * through Deno.Command, interleaved in one order and its reverse, and the time to open a fixture.
 *
 * Run it with `deno run --allow-all runners/host_bench.ts`; it exits with 1 where a bound is missed.
 *
 * @module
 */
import type { Host } from "./host.ts";
import { liveHost } from "./seam/live.ts";
import { recordingHost } from "./seam/recording.ts";
import { replayHost } from "./seam/replay.ts";

const BLOCKS = 100;
const MOST_ADDED_SECONDS = 0.010;
const MOST_OPEN_SECONDS = 0.050;
const FIXTURE_LINES = 150;
const ANSWER_LINES = 600;

type Way = () => Promise<unknown>;

/** Median seconds added to a command, by the way it was run; the first way is the reference. */
async function addedSeconds(ways: ReadonlyMap<string, Way>): Promise<Map<string, number>> {
  const [[reference] = [""]] = ways;
  const added = new Map<string, number[]>();
  for (let block = 0; block < BLOCKS; block++) {
    const names = [...ways.keys()];
    if (block % 2 === 1) names.reverse();
    const seconds = new Map<string, number>();
    for (const name of names) seconds.set(name, await secondsOf(ways.get(name)));
    const base = seconds.get(reference) ?? NaN;
    for (const [name, value] of seconds) {
      added.set(name, [...added.get(name) ?? [], name === reference ? value : value - base]);
    }
  }
  return new Map([...added].map(([name, values]) => [name, median(values)]));
}

async function secondsOf(way: Way | undefined): Promise<number> {
  const start = performance.now();
  await way?.();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Records a fixture of several megabytes, and gives the median seconds of opening it. */
async function openSeconds(host: Host): Promise<number> {
  const folder = `${await host.temporaryFolder()}/fixture`;
  const recording = await recordingHost(await liveHost(), folder, { version: "0", options: {} });
  const text = '  "iops" : 12345.678901,\n'.repeat(ANSWER_LINES);
  for (let line = 0; line < FIXTURE_LINES; line++) {
    await recording.run({ argv: ["cat"], stdin: text, timeoutSeconds: 60 });
  }
  await recording.close();
  const { size } = await Deno.stat(`${folder}/answers.jsonl`);
  const seconds: number[] = [];
  for (let round = 0; round < 10; round++) seconds.push(await secondsOf(() => replayHost(folder)));
  console.log(`opening a fixture of ${(size / 1e6).toFixed(1)} MB: ${show(median(seconds))}`);
  return median(seconds);
}

function show(seconds: number): string {
  return `${(seconds * 1000).toFixed(2)} ms`;
}

async function main(): Promise<number> {
  const live = await liveHost();
  const folder = `${await live.temporaryFolder()}/fixture`;
  const recording = await recordingHost(live, folder, { version: "0", options: {} });
  const request = { argv: ["true"], timeoutSeconds: 60 } as const;
  const reference = "Deno.Command";
  const ways = new Map<string, Way>([
    [reference, () => new Deno.Command("true").output()],
    ["live", () => live.run(request)],
    ["recording", () => recording.run(request)],
  ]);
  try {
    for (const way of ways.values()) await way();
    const added = await addedSeconds(ways);
    for (const [name, seconds] of added) {
      console.log(`${name}: ${name === reference ? "" : "+"}${show(seconds)}`);
    }
    added.delete(reference);
    const cheap = [...added.values()].every((seconds) => seconds <= MOST_ADDED_SECONDS);
    return await openSeconds(live) <= MOST_OPEN_SECONDS && cheap ? 0 : 1;
  } finally {
    await recording.close();
  }
}

if (import.meta.main) Deno.exit(await main());
