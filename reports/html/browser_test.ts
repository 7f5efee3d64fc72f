import { assert, assertEquals } from "@std/assert";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Result } from "../../suites/result.ts";
import { writeResult } from "../json.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { writeReports } from "../write.ts";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

async function onPath(...names: string[]): Promise<string> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const path of names.flatMap((name) => folders.map((folder) => `${folder}/${name}`))) {
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  throw new Error("This test opens the page in Chromium: install it (apt-get install chromium).");
}

interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly url: string;
}

async function withPage(
  { result, hash = "", scripts = true }: { result: Result; hash?: string; scripts?: boolean },
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const executablePath = await onPath("chromium", "chromium-browser", "google-chrome");
  const folder = await Deno.makeTempDir();
  let browser: Browser | undefined;
  try {
    writeResult(folder, result);
    await writeReports(folder, result);
    browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    const page = await browser.newPage({ javaScriptEnabled: scripts });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) complaints.push(request.url());
    });
    const url = `file://${folder}/report.html`;
    await page.goto(url + hash);
    await use({ page, complaints, url });
  } finally {
    await browser?.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const CELL = "11.3/latency/vm";

Deno.test("report.html comes to life from a file, under its policy, without a complaint", async (t) => {
  await withPage(
    { result: sampleResult(), hash: `#${CELL}` },
    async ({ page, complaints, url }) => {
      await page.locator("[data-live]").nth(3).waitFor({ state: "attached" });
      const panel = page.locator(`[id="${CELL}"]`);

      await t.step("a deep link opens its cell", async () => {
        assert(await panel.isVisible());
        assertEquals(await page.locator("td.cell details[open]").count(), 1);
      });
      await t.step("Escape closes the panel, Enter opens it again", async () => {
        await page.keyboard.press("Escape");
        assert(!(await panel.isVisible()));
        await page.keyboard.press("Enter");
        assert(await panel.isVisible());
      });
      await t.step("a panel's link leads to what a probe observed", async () => {
        await page.goto(`${url}#03.2.1/fact/nic-device-node`);
        await page.locator(".panel a", { hasText: "has a node in /dev" }).click();
        const seen = page.locator("tr:target", { hasText: "it is no device node" });
        await seen.waitFor();
        await seen.locator(".controls summary").click();
        assert(await seen.getByText("a path that does not exist fails").isVisible());
      });
      await t.step("the language switch hides the other language", async () => {
        const [english, chinese] = ["en", "zh"].map((one) => page.locator(`h1 [lang=${one}]`));
        await page.locator("label[for=language-zh]").click();
        assert(!(await english?.isVisible()) && await chinese?.isVisible());
        await page.locator("label[for=language-en]").click();
        assert(await english?.isVisible() && !(await chinese?.isVisible()));
      });
      await t.step("a point of a live chart shows its figures", async () => {
        await page.locator("#chart-storage-ratios .mark-symbol.role-mark path").first().hover();
        await page.locator(".tooltip", { hasText: "median ratio" }).waitFor();
      });
      assertEquals(complaints, []);
    },
  );
});

Deno.test("report.html is complete when scripts are off", async () => {
  const opened = { result: sampleResult(), hash: `#${CELL}`, scripts: false };
  await withPage(opened, async ({ page, complaints }) => {
    assertEquals(await page.locator("figure.chart > svg").count(), 3);
    assertEquals(await page.locator("figure.chart", { hasText: "table below" }).count(), 3);
    assert(await page.locator(`[id="${CELL}"]`).isVisible());
    assertEquals(complaints, []);
  });
});

Deno.test("report.html runs nothing that a hostile host wrote, and its pictures are well-formed XML", async () => {
  await withPage({ result: hostileResult() }, async ({ page, complaints }) => {
    const pictures = await page.evaluate<number>(
      "document.querySelectorAll('figure.chart').length",
    );
    await page.locator("[data-live]").nth(pictures - 1).waitFor({ state: "attached" });
    assert((await page.title()).startsWith("cellproof: "));
    assertEquals(await page.locator("img, iframe, object, embed").count(), 0);
    assertEquals(complaints, []);
  });
});

Deno.test("charts/*.svg are well-formed XML, whatever the host wrote into them", async () => {
  for (const result of [sampleResult(), hostileResult()]) {
    const folder = await Deno.makeTempDir();
    const paths = (await writeReports(folder, result)).filter((path) => path.endsWith(".svg"));
    const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
    await Deno.remove(folder, { recursive: true });
    await withPage({ result: sampleResult() }, async ({ page }) => {
      const errors = await page.evaluate<string[]>(
        `${JSON.stringify(texts)}.map((text) => new DOMParser()
          .parseFromString(text, "image/svg+xml").querySelector("parsererror")?.textContent ?? "")`,
      );
      assertEquals(errors, texts.map(() => ""));
    });
  }
});
