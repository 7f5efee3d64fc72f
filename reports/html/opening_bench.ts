/**
 * Measures how long a reader waits for the page of a full run in Chromium: until it is there and its
 * script has taken over, and until the panel of a claim is filled, chart included.
 *
 * Run it with `deno task benchmark`; it exits with 1 where the median misses the limit.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { median } from "../../suites/statistics/confidence_sequence.ts";
import { openFile, withBrowser } from "../testing/opened_page.ts";

const FIXTURES = ["debian12-kvm-guest", "synthetic-one-gpu"];
const CLAIM = "11.3/gpu-performance/container";
const RUNS = 7;
const MOST_SECONDS = 1;

interface Waits {
  readonly opened: number;
  readonly filled: number;
}

async function open(browser: Browser, path: string): Promise<Waits> {
  const { page } = await openFile(browser, path, { hash: `#${CLAIM}` });
  await page.locator("#filters").waitFor();
  const opened = await page.evaluate<number>(
    "performance.getEntriesByType('navigation')[0].loadEventEnd",
  );
  await page.locator(`[id="${CLAIM}"] .live > dl`).waitFor({ state: "attached" });
  const filled = await page.evaluate<number>("performance.now()");
  await page.context().close();
  return { opened: opened / 1000, filled: filled / 1000 };
}

async function measure(browser: Browser, fixture: string): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const args = ["run", "-A", main, "bench", `--dry-run=${fixture}`, "--out", folder];
    await new Deno.Command(Deno.execPath(), { args, stdout: "null" }).output();
    const waits: Waits[] = [];
    for (let run = 0; run < RUNS; run++) waits.push(await open(browser, `${folder}/report.html`));
    const opened = median(waits.map((one) => one.opened)) ?? Infinity;
    const filled = median(waits.map((one) => one.filled)) ?? Infinity;
    console.log(
      `page of ${fixture}: open after ${opened.toFixed(2)} s, a claim's panel after ` +
        `${filled.toFixed(2)} s (medians of ${RUNS}; open within ${MOST_SECONDS.toFixed(1)} s)`,
    );
    return opened < MOST_SECONDS;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const kept: boolean[] = [];
  await withBrowser(async (browser) => {
    for (const fixture of FIXTURES) kept.push(await measure(browser, fixture));
  });
  Deno.exit(kept.every(Boolean) ? 0 : 1);
}
