/**
 * Measures what a user waits for at the end of a run: every report of a full result, pictures included,
 * in a process of its own each time, from when its modules are loaded.
 *
 * Run it with `deno task benchmark`; it exits with 1 where the median misses the limit.
 *
 * @module
 */
import { median } from "../suites/statistics/confidence_sequence.ts";
import { parseResult } from "./json.ts";
import { writeReports } from "./write.ts";

/** A run of everything without a GPU, and one of everything with a GPU. */
const FIXTURES = ["debian12-kvm-guest", "synthetic-one-gpu"] as const;
const RUNS = 7;
const MOST_SECONDS = 1;

/** Replays a fixture, which writes its result into the folder. */
async function replay(fixture: string, folder: string): Promise<void> {
  const main = new URL("../main.ts", import.meta.url).pathname;
  await deno([main, "bench", `--dry-run=${fixture}`, "--out", folder], [0, 100, 101]);
}

/** Seconds that one process takes to render the result of the folder. */
async function secondsToRender(folder: string): Promise<number> {
  return Number(await deno([new URL(import.meta.url).pathname, folder], [0]));
}

/** What a program printed; it must end with one of the exit statuses. */
async function deno(args: readonly string[], statuses: readonly number[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "--allow-all", ...args] });
  const { code, stdout, stderr } = await command.output();
  if (!statuses.includes(code)) {
    throw new Error(`${args.join(" ")} exited with ${code}: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

/** Renders the result of the folder once, and prints the seconds that it took. */
async function render(folder: string): Promise<number> {
  const result = await parseResult(await Deno.readTextFile(`${folder}/result.json`), folder);
  const start = performance.now();
  await writeReports(folder, result);
  console.log((performance.now() - start) / 1000);
  return 0;
}

async function measure(fixture: string): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    await replay(fixture, folder);
    const seconds: number[] = [];
    for (let run = 0; run < RUNS; run++) seconds.push(await secondsToRender(folder));
    const middle = median(seconds) ?? Infinity;
    const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
    console.log(
      `reports of ${fixture}: ${middle.toFixed(2)} s (median of ${RUNS}; ${least.toFixed(2)} to ` +
        `${most.toFixed(2)} s; at most ${MOST_SECONDS.toFixed(1)} s)`,
    );
    return middle < MOST_SECONDS;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const [folder] = Deno.args;
  if (folder !== undefined) return await render(folder);
  const kept: boolean[] = [];
  for (const fixture of FIXTURES) kept.push(await measure(fixture));
  return kept.every(Boolean) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
