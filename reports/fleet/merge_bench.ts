/**
 * Measures how long `deno task merge` takes for 2,000 simulated results, and its peak of memory; and
 * whether it finds what is planted in them, and nothing else.
 *
 * Run it with `deno task benchmark`, or by itself with the number of results as its argument; it exits
 * with 1 where a bound is missed. Of 2,000 it takes some 1.5 GB of the temporary folder.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import {
  faultsHeldTo,
  flipsHeldTo,
  type HeldTo,
} from "../../suites/fleet/testing/planted_faults.ts";
import { type Planted, PLANTS, writeFleet } from "../../suites/fleet/testing/simulated_fleet.ts";
import { FLEET_FILE, parseFleet } from "./fleet_json.ts";
import { dryRunOf } from "./testing/dry_run.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const FIXTURES = ["synthetic-eight-gpus", "synthetic-one-gpu", "debian12-kvm-guest"];

const DEFAULT_RESULTS = 2000;
/** Merged one after the other, as shares of all; the bounds are for the last one. */
const SHARES = [1 / 4, 1 / 2, 1];
/** Hosts that have each of the plants. */
const PLANTED_HOSTS = 8;

const MOST_SECONDS = 60;
const MOST_MEBIBYTES = 1024;
/** A host of the largest fleet may take so many times as long as one of the smallest. */
const MOST_GROWTH = 1.5;
const LEAST_FREE_BYTES = 4e9;

/** Numbers of fields in /proc/PID/stat (proc(5)), from 1, and their unit. */
const USER_TICKS = 14;
const SYSTEM_TICKS = 15;
const TICKS_PER_SECOND = 100;

interface ProcessUse {
  /** Of all processors together: what else the machine does is not in it. */
  readonly processorSeconds: number;
  readonly peakBytes: number;
}

/** What merging took. */
interface Cost extends ProcessUse {
  readonly seconds: number;
}

const NOTHING: Cost = { seconds: NaN, processorSeconds: NaN, peakBytes: NaN };

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
  let used: ProcessUse = { processorSeconds: 0, peakBytes: 0 };
  for (;;) {
    used = useOf(child.pid) ?? used;
    const end = await Promise.race([ended, after(50)]);
    if (end === null) continue;
    // The status tells of the fleet's claims and faults.
    if (![100, 101].includes(end.status.code)) {
      throw new Error(`merge ended with ${end.status.code}`);
    }
    return { seconds: (performance.now() - start) / 1000, ...used };
  }
}

function after(milliseconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), milliseconds));
}

/** What a process took so far; null where it has ended. */
function useOf(pid: number): ProcessUse | null {
  try {
    const [stat, status] = ["stat", "status"].map((file) =>
      Deno.readTextFileSync(`/proc/${pid}/${file}`)
    );
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(status ?? "") ?? [];
    if (kibibytes === undefined) return null;
    // The fields after the name, which may hold anything, begin with the third one.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number) ?? [];
    const ticks = (fields[USER_TICKS - 3] ?? NaN) + (fields[SYSTEM_TICKS - 3] ?? NaN);
    return { processorSeconds: ticks / TICKS_PER_SECOND, peakBytes: 1024 * Number(kibibytes) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function within(name: string, figure: number, [most, unit]: readonly [number, string]): boolean {
  console.log(`${name}: ${figure.toFixed(1)} ${unit} (at most ${most})`);
  return figure <= most;
}

/** Tells what was planted and not found, and what was found and not planted. */
function holds(name: string, { expected, found }: HeldTo): boolean {
  const missed = expected.filter((one) => !found.includes(one));
  const invented = found.filter((one) => !expected.includes(one));
  console.log(
    `${name}: ${expected.length} planted, ${missed.length} missed, ${invented.length} more`,
  );
  for (const one of missed) console.log(`  missed: ${one}`);
  for (const one of invented) console.log(`  not planted: ${one}`);
  return missed.length + invented.length === 0 && expected.length > 0;
}

async function makeFleet(into: string, results: number): Promise<Planted[]> {
  const bases = [];
  for (const fixture of FIXTURES) bases.push(await dryRunOf(fixture));
  const start = performance.now();
  const planted = writeFleet(into, {
    // Each machine that is planted twice leaves two.
    ...{ bases, hosts: results - PLANTED_HOSTS, seed: 1, asMeasured: true },
    plants: Object.fromEntries(PLANTS.map((plant) => [plant, PLANTED_HOSTS])),
  });
  console.log(`made ${results} results in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return planted;
}

/** Merges a share of the results, into a folder that is named after it. */
async function mergeShare(folders: readonly string[], share: number, out: string): Promise<Cost> {
  const some = folders.slice(0, share * folders.length);
  const cost = await merge(some, out);
  const each = 1000 * cost.processorSeconds / some.length;
  const mebibytes = (cost.peakBytes / 2 ** 20).toFixed(0);
  console.log(
    `${some.length} results: ${cost.seconds.toFixed(1)} s, ${
      each.toFixed(1)
    } ms of a processor each, ` +
      `${mebibytes} MiB`,
  );
  return cost;
}

async function measure(folder: string, results: number): Promise<boolean> {
  const planted = await makeFleet(`${folder}/nodes`, results);
  const names = [...Deno.readDirSync(`${folder}/nodes`)].map(({ name }) => name).sort();
  const folders = names.map((name) => `${folder}/nodes/${name}`);
  const costs: Cost[] = [];
  for (const share of SHARES) costs.push(await mergeShare(folders, share, `${folder}/${share}`));
  const [first = NOTHING, last = NOTHING] = [costs.at(0), costs.at(-1)];
  const growth = last.processorSeconds / first.processorSeconds * (SHARES[0] ?? NaN);
  const path = `${folder}/1/${FLEET_FILE}`;
  const fleet = await parseFleet(await Deno.readTextFile(path), path);
  return [
    within(`${results} results`, last.seconds, [MOST_SECONDS, "s"]),
    within("peak of memory", last.peakBytes / 2 ** 20, [MOST_MEBIBYTES, "MiB"]),
    within("processor time of a result, of all against a quarter", growth, [MOST_GROWTH, "times"]),
    holds("faults and outliers", faultsHeldTo(planted, fleet)),
    holds("disagreements", flipsHeldTo(planted, fleet)),
  ].every(Boolean);
}

async function main([argument]: readonly string[]): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < LEAST_FREE_BYTES) {
      console.error(`${folder} has only ${bavail * bsize} bytes free, of ${LEAST_FREE_BYTES}`);
      return 1;
    }
    return await measure(folder, Number(argument ?? DEFAULT_RESULTS)) ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
