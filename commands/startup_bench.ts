/**
 * Measures what a user waits for: a whole dry run against a process that only imports vega and
 * vega-lite and draws one chart, and `list` against an empty script; and weighs the page.
 *
 * Run it with `deno task benchmark`; it exits with 1 where a bound is missed.
 *
 * @module
 */
const ROUNDS = 15;
const MOST_DRY_RUN_RATIO = 3;
const MOST_LIST_RATIO = 2;
const MOST_PAGE_BYTES = 1_500_000;

const ONE_CHART = `
import * as vega from "vega";
import { compile } from "vega-lite";
const { spec } = compile({
  data: { values: [{ a: 1, b: 2 }] },
  mark: "point",
  encoding: { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } },
});
await new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
`;

type Case = readonly [name: string, args: readonly string[]];

/** Median seconds of each case, interleaved. */
async function medianSeconds(cases: readonly Case[]): Promise<Map<string, number>> {
  const seconds = new Map(cases.map(([name]) => [name, [] as number[]]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, args] of round % 2 === 0 ? cases : cases.toReversed()) {
      const start = performance.now();
      const { code } = await new Deno.Command(Deno.execPath(), {
        args: [...args],
        stdout: "null",
        stderr: "null",
      }).output();
      if (![0, 100, 101].includes(code)) throw new Error(`${name} exited with status ${code}`);
      // The first round only warms Deno's caches.
      if (round >= 0) seconds.get(name)?.push((performance.now() - start) / 1000);
    }
  }
  return new Map([...seconds].map(([name, values]) => [name, median(values)]));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Prints a ratio beside its bound; false where the bound is missed. */
function compare(
  seconds: ReadonlyMap<string, number>,
  [ours, reference]: readonly [string, string],
  most: number,
): boolean {
  const [a = NaN, b = NaN] = [seconds.get(ours), seconds.get(reference)];
  const ratio = a / b;
  console.log(
    `${ours}: ${(a * 1000).toFixed(0)} ms, ${ratio.toFixed(2)} times ${reference} ` +
      `(${(b * 1000).toFixed(0)} ms; at most ${most} times)`,
  );
  return ratio <= most;
}

async function main(): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/empty.ts`, "");
    // Beside the project, so that it finds the same packages.
    const oneChart = new URL("../.cache/one_chart.ts", import.meta.url).pathname;
    await Deno.mkdir(new URL("../.cache", import.meta.url), { recursive: true });
    await Deno.writeTextFile(oneChart, ONE_CHART);
    const out = `${folder}/out`;
    const seconds = await medianSeconds([
      ["one chart", ["run", oneChart]],
      ["dry run", ["task", "-q", "dry-run", "--out", out]],
      ["empty script", ["run", `${folder}/empty.ts`]],
      ["empty task", ["task", "-q", "--eval", `deno run ${folder}/empty.ts`]],
      ["list", ["run", "--allow-read=.", "main.ts", "list"]],
      ["list task", ["task", "-q", "list"]],
    ]);
    const { size } = await Deno.stat(`${out}/report.html`);
    console.log(`report.html: ${size} bytes (at most ${MOST_PAGE_BYTES})`);
    const kept = [
      compare(seconds, ["dry run", "one chart"], MOST_DRY_RUN_RATIO),
      compare(seconds, ["list", "empty script"], MOST_LIST_RATIO),
      compare(seconds, ["list task", "empty task"], MOST_LIST_RATIO),
      size <= MOST_PAGE_BYTES,
    ];
    return kept.every(Boolean) ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main());
