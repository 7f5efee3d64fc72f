/**
 * Opens pages in a real Chromium, for tests.
 *
 * @module
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Result } from "../../suites/result.ts";
import { writeReports } from "../write.ts";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** A page, and all that it complained of: console messages, errors, requests beyond files. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly url: string;
}

/** How a page is opened. */
export interface Opening {
  readonly hash?: string;
  readonly context?: BrowserContextOptions;
}

/** Starts Chromium, lends it, and ends it. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const executablePath = await onPath("chromium", "chromium-browser", "google-chrome");
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a file in a window of its own. */
export async function openFile(
  browser: Browser,
  path: string,
  { hash = "", context = {} }: Opening = {},
): Promise<Opened> {
  const page = await (await browser.newContext(context)).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(request.url());
  });
  const url = `file://${path}`;
  await page.goto(url + hash);
  return { page, complaints, url };
}

/** Writes a result's reports into a folder of their own, lends it, and removes it. */
export async function withReports(
  result: Result,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeReports(folder, result);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens the page of a result, lends it, and closes everything. */
export async function withReport(
  { result, ...opening }: { readonly result: Result } & Opening,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  await withReports(result, async (folder) => {
    await withBrowser(async (browser) => {
      await use(await openFile(browser, `${folder}/report.html`, opening));
    });
  });
}

async function onPath(...names: string[]): Promise<string> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const path of names.flatMap((name) => folders.map((folder) => `${folder}/${name}`))) {
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  throw new Error("This test opens a page in Chromium: install it (apt-get install chromium).");
}
