/**
 * Measures how long a site of ten hosts takes: from nothing, and when one night more has come in; and
 * weighs its first page.
 *
 * Run it with `deno task benchmark`, or by itself with the nights of each host as its argument; it exits
 * with 1 where a bound is missed. Of a hundred nights it takes some 600 MB of the temporary folder.
 *
 * @module
 */
import type { Result } from "../../suites/result.ts";
import { History } from "../history/history.ts";
import { repeatNights } from "../history/testing/repeat_nights.ts";
import { parseResult } from "../json.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const FIXTURE = "synthetic-one-gpu";

const HOSTS = 10;
const DEFAULT_NIGHTS = 100;
const DAY_MS = 86_400_000;

/** From nothing, the bound is for every night that gets a page. */
const MOST_SECONDS_A_PAGE = 0.06;
const PAGES_A_HOST = 100;
const MOST_ADD_SECONDS = 2;
const MOST_INDEX_BYTES = 300_000;

async function cellproof(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", MAIN, ...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  // A dry run's status tells of its claims.
  if ([0, 100, 101].includes(code)) return;
  throw new Error(`${args[0]} exited with status ${code}: ${new TextDecoder().decode(stderr)}`);
}

/** What a fixture gives, as if it had been measured. */
async function measured(folder: string): Promise<Result> {
  await cellproof("bench", `--dry-run=${FIXTURE}`, "--out", folder);
  const path = `${folder}/result.json`;
  const result = await parseResult(await Deno.readTextFile(path), path);
  return { ...result, run: { ...result.run, dryRun: null } };
}

function night(result: Result, { host, startMs }: { host: number; startMs: number }): Result {
  const [startedAt, endedAt] = [startMs, startMs + 6e5].map((ms) => new Date(ms).toISOString());
  return {
    ...result,
    host: { ...result.host, hostname: `host-${host}` },
    run: { ...result.run, startedAt: startedAt ?? "", endedAt: endedAt ?? null },
  };
}

function addNight(history: History, result: Result): void {
  history.add(JSON.stringify(result), result, { confirms: null });
}

/** Makes the history, and returns how to add one night more to it. */
async function makeHistory(folder: string, nights: number): Promise<() => void> {
  const path = `${folder}/history.sqlite`;
  const result = await measured(`${folder}/run`);
  const first = Date.now() - nights * DAY_MS;
  {
    using history = History.open(path, { create: true });
    for (let host = 0; host < HOSTS; host++) {
      addNight(history, night(result, { host, startMs: first }));
    }
  }
  repeatNights(path, nights);
  return () => {
    using history = History.open(path, { create: false });
    addNight(history, night(result, { host: 0, startMs: first + nights * DAY_MS }));
  };
}

async function buildSeconds(folder: string): Promise<number> {
  const start = performance.now();
  await cellproof("site", "--db", `${folder}/history.sqlite`, "--out", `${folder}/site`);
  return (performance.now() - start) / 1000;
}

function within(name: string, figure: number, [most, unit]: readonly [number, string]): boolean {
  console.log(`${name}: ${figure.toFixed(unit === "s" ? 2 : 0)} ${unit} (at most ${most})`);
  return figure <= most;
}

async function main([argument]: readonly string[]): Promise<number> {
  const nights = Number(argument ?? DEFAULT_NIGHTS);
  const folder = await Deno.makeTempDir();
  try {
    const addOne = await makeHistory(folder, nights);
    const pages = HOSTS * Math.min(nights, PAGES_A_HOST);
    const whole = await buildSeconds(folder);
    addOne();
    const added = await buildSeconds(folder);
    const { size } = await Deno.stat(`${folder}/site/index.html`);
    const kept = [
      within(`${HOSTS} hosts of ${nights} nights, from nothing`, whole, [
        MOST_SECONDS_A_PAGE * pages,
        "s",
      ]),
      within("one night more", added, [MOST_ADD_SECONDS, "s"]),
      within("index.html", size, [MOST_INDEX_BYTES, "bytes"]),
    ];
    return kept.every(Boolean) ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
