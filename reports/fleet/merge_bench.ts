/**
 * Measures how long `deno task merge` takes for 2,000 simulated results, and its peak of memory; and
 * whether it finds what is planted in them, and nothing else.
 *
 * Run it with `deno task benchmark`; it exits with 1 where a bound is missed. It takes some 1.5 GB of the
 * temporary folder.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { FLEET_FILE } from "../../runners/fleet/fleet_folder.ts";
import { faultsHeldTo, flipsHeldTo, type HeldTo } from "../../suites/fleet/testing/planted_faults.ts";
import { type Planted, PLANTS, writeFleet } from "../../suites/fleet/testing/simulated_fleet.ts";
import { parseFleet } from "./fleet_json.ts";
import { dryRunOf } from "./testing/dry_run.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const FIXTURES = ["synthetic-eight-gpus", "synthetic-one-gpu", "debian12-kvm-guest"];

/** The last one is what the bounds are for. */
const SIZES = [500, 1000, 2000];
const HOSTS = 2000;
/** Hosts that have each of the plants. */
const PLANTED_HOSTS = 8;

const MOST_SECONDS = 60;
const MOST_BYTES = 2 ** 30;
/** A host of the largest fleet may take so many times as long as one of the smallest. */
const MOST_GROWTH = 1.5;
const LEAST_FREE_BYTES = 4e9;

/** What merging took. */
interface Cost {
  readonly seconds: number;
  readonly peakBytes: number;
}

async function merge(folders: readonly string[], out: string): Promise<Cost> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-read", "--allow-write", MAIN],
      ...["merge", ...folders, "--out", out],
    ],
    stdout: "null",
  }).spawn();
  const ended = child.status.then((status) => ({ status }));
  let peakBytes = 0;
  for (;;) {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
    const end = await Promise.race([ended, after(50)]);
    if (end === null) continue;
    // The status tells of the fleet's claims and faults.
    if (![100, 101].includes(end.status.code)) throw new Error(`merge ended with ${end.status.code}`);
    return { seconds: (performance.now() - start) / 1000, peakBytes };
  }
}

function after(milliseconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), milliseconds));
}

/** The most memory that a process had so far, in bytes; 0 where it has ended. */
function peakOf(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ??
      [];
    return 1024 * Number(kibibytes ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function within(name: string, figure: number, [most, unit]: readonly [number, string]): boolean {
  console.log(`${name}: ${figure.toFixed(unit === "" ? 2 : 1)} ${unit} (at most ${most})`);
  return figure <= most;
}

/** Tells what was planted and not found, and what was found and not planted. */
function holds(name: string, { expected, found }: HeldTo): boolean {
  const missed = expected.filter((one) => !found.includes(one));
  const invented = found.filter((one) => !expected.includes(one));
  console.log(`${name}: ${expected.length} planted, ${missed.length} missed, ${invented.length} more`);
  for (const one of missed) console.log(`  missed: ${one}`);
  for (const one of invented) console.log(`  not planted: ${one}`);
  return missed.length + invented.length === 0 && expected.length > 0;
}

async function makeFleet(into: string): Promise<Planted[]> {
  const bases = [];
  for (const fixture of FIXTURES) bases.push(await dryRunOf(fixture));
  const start = performance.now();
  const planted = writeFleet(into, {
    ...{ bases, hosts: HOSTS, seed: 1, asMeasured: true },
    plants: Object.fromEntries(PLANTS.map((plant) => [plant, PLANTED_HOSTS])),
  });
  console.log(`made ${HOSTS} results in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return planted;
}

/** Merges the first results of each size; what a host of each size took, in seconds. */
async function costs(folders: readonly string[], out: string): Promise<Cost[]> {
  const all: Cost[] = [];
  for (const size of SIZES) {
    const cost = await merge(folders.slice(0, size), `${out}/${size}`);
    const each = 1000 * cost.seconds / size;
    console.log(
      `${size} results: ${cost.seconds.toFixed(1)} s, ${each.toFixed(1)} ms each, ` +
        `${(cost.peakBytes / 2 ** 20).toFixed(0)} MiB`,
    );
    all.push(cost);
  }
  return all;
}

async function measure(folder: string): Promise<boolean> {
  const planted = await makeFleet(`${folder}/nodes`);
  const names = [...Deno.readDirSync(`${folder}/nodes`)].map(({ name }) => name).sort();
  const folders = names.map((name) => `${folder}/nodes/${name}`);
  const all = await costs(folders, `${folder}/fleets`);
  await merge(folders, `${folder}/fleet`);
  const path = `${folder}/fleet/${FLEET_FILE}`;
  const fleet = await parseFleet(await Deno.readTextFile(path), path);
  const [first, last] = [all.at(0), all.at(-1)];
  const growth = HOSTS_RATIO * (last?.seconds ?? NaN) / (first?.seconds ?? NaN);
  return [
    within(`${HOSTS} results`, last?.seconds ?? NaN, [MOST_SECONDS, "s"]),
    within("peak of memory", (last?.peakBytes ?? NaN) / 2 ** 20, [MOST_BYTES / 2 ** 20, "MiB"]),
    within("time of a host against that in the smallest fleet", growth, [MOST_GROWTH, ""]),
    holds("faults and outliers", faultsHeldTo(planted, fleet)),
    holds("disagreements", flipsHeldTo(planted, fleet)),
  ].every(Boolean);
}
