/**
 * How much later a fleet of three nodes on one machine ends than its slowest node's job:
 * `deno run --allow-all commands/fleet/overhead_bench.ts`, part of `deno task benchmark`. The nodes replay a
 * fixture, so what is measured is packing, Slurm and the coordinator.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { median } from "../../suites/statistics/confidence_sequence.ts";
import { TestCluster } from "../../runners/slurm/testing/cluster.ts";
import { projectPath } from "../project.ts";

const NODES = ["n1", "n2", "n3"];
const FLEETS = 5;
const MOST_OVERHEAD_SECONDS = 3;

/** Seconds on the machine's clock: of the coordinator's life, and of each node's job. */
interface Timing {
  readonly fleet: number;
  readonly slowestJob: number;
}

await using cluster = await TestCluster.start({ nodes: NODES.length });
const work = await Deno.makeTempDir();
const timings: Timing[] = [];
// The first one packs what the others find packed.
for (let fleet = 0; fleet <= FLEETS; fleet++) timings.push(await timeFleet(`${work}/${fleet}`));
await Deno.remove(work, { recursive: true });

const overheads = timings.slice(1).map(({ fleet, slowestJob }) => fleet - slowestJob);
const middle = median(overheads) ?? NaN;
const jobs = timings.slice(1).map(({ slowestJob }) => slowestJob);
console.log(`overhead over the slowest node's job: ${inSeconds(middle)} in ${FLEETS} fleets`);
console.log(`  each: ${overheads.map(inSeconds).join(", ")}`);
console.log(`  the slowest jobs: ${jobs.map(inSeconds).join(", ")}, unpacking included`);
console.log(`  the first fleet, which packed: ${timings.slice(0, 1).map(firstOverhead).join()}`);
if (!(middle <= MOST_OVERHEAD_SECONDS)) {
  console.error(`The bound is ${inSeconds(MOST_OVERHEAD_SECONDS)}.`);
  Deno.exitCode = 1;
}

async function timeFleet(out: string): Promise<Timing> {
  const start = performance.now();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...config.tasks.bench.split(" ").slice(1),
      ...["--on", "slurm", "--dry-run=synthetic-one-gpu", "--out", out],
    ],
    cwd: projectPath(""),
    env: cluster.env,
  }).output();
  const fleet = (performance.now() - start) / 1000;
  // All three replay one machine, so two are told as doubles.
  if (code !== 100) throw new Error(new TextDecoder().decode(stderr));
  return {
    fleet,
    slowestJob: Math.max(...NODES.map((node) => jobSeconds(`${out}/nodes/${node}`))),
  };
}

/** From the first file that a node's job wrote to its last. */
function jobSeconds(folder: string): number {
  const [started, ended] = ["started", "ended"].map((name) =>
    Deno.statSync(`${folder}/${name}.json`).mtime?.getTime() ?? NaN
  );
  return ((ended ?? NaN) - (started ?? NaN)) / 1000;
}

function firstOverhead({ fleet, slowestJob }: Timing): string {
  return inSeconds(fleet - slowestJob);
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
