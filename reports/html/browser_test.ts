import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { violations } from "../testing/accessibility.ts";
import { ATTACKS, hostileResult } from "../testing/hostile_result.ts";
import { openFile, withBrowser, withReport, withReports } from "../testing/opened_page.ts";
import { sampleResult } from "../testing/sample_result.ts";

const CELL = "11.3/latency/vm";

const panelOf = (page: Page, id: string) => page.locator(`[id="${id}"]`);
const shownCells = (page: Page) =>
  page.locator("td.cell:not(.left-out) > details > summary:visible");

Deno.test("report.html comes to life from a file, under its policy, without a complaint", async (t) => {
  const opened = { result: sampleResult(), hash: `#${CELL}` };
  await withReport(opened, async ({ page, complaints, url }) => {
    const panel = panelOf(page, CELL);

    await t.step("a deep link opens its cell, and nothing else", async () => {
      await panel.locator(".chart svg").waitFor();
      assertEquals(await page.locator("td.cell > details[open]").count(), 1);
    });
    await t.step("Escape closes the panel, Enter opens it again", async () => {
      await page.keyboard.press("Escape");
      assert(!(await panel.isVisible()));
      await page.keyboard.press("Enter");
      assert(await panel.isVisible());
    });
    await t.step("a panel has the rule, the parts, the samples and the commands", async () => {
      await panel.getByText("must lie in the medium band").first().waitFor();
      await panel.locator("summary", { hasText: "Raw samples" }).click();
      assert(await panel.locator(".samples tbody tr").count() > 10);
      await panel.locator("summary", { hasText: "Commands" }).click();
      assert(await panel.locator(".line").first().isVisible());
      assertEquals(await panel.locator(".again code").innerText(), `deno task bench ${CELL}`);
    });
    await t.step("a button copies the command", async () => {
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await panel.locator(".again button").click();
      await panel.locator(".again button", { hasText: "Copied" }).waitFor();
      const copied = await page.evaluate<string>("navigator.clipboard.readText()");
      assertEquals(copied, `deno task bench ${CELL}`);
    });
    await t.step("arrows move between cells", async () => {
      await page.keyboard.press("Escape");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      assert(await panelOf(page, "11.3/latency/container").isVisible());
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
      assert(await panelOf(page, "11.3/passthrough-performance/container").isVisible());
      assert(page.url().endsWith("#11.3/passthrough-performance/container"));
      await page.keyboard.press("Escape");
    });
    await t.step(
      "a panel's link leads to what a probe observed, which a panel shows, too",
      async () => {
        await page.goto(`${url}#03.2.1/fact/nic-device-node`);
        const fact = panelOf(page, "03.2.1/fact/nic-device-node");
        await fact.locator("summary", { hasText: "Controls" }).click();
        assert(await fact.getByText("a path that does not exist fails").isVisible());
        await fact.locator("a", { hasText: "has a node in /dev" }).first().click();
        const seen = page.locator("tr:target", { hasText: "it is no device node" });
        await seen.waitFor();
        await seen.locator(".controls summary").click();
        assert(await seen.getByText("a path that does not exist fails").isVisible());
      },
    );
    await t.step("the language switch hides the other language", async () => {
      const [english, chinese] = ["en", "zh"].map((one) => page.locator(`h1 [lang=${one}]`));
      await page.locator("label[for=language-zh]").click();
      assert(!(await english?.isVisible()) && await chinese?.isVisible());
      await page.locator("label[for=language-en]").click();
      assert(await english?.isVisible() && !(await chinese?.isVisible()));
    });
    await t.step("a point of a live chart shows its figures", async () => {
      await page.locator("#chart-storage-ratios").scrollIntoViewIfNeeded();
      await page.locator("#chart-storage-ratios .mark-symbol.role-mark path").first().hover();
      await page.locator(".tooltip", { hasText: "median ratio" }).waitFor();
    });
    assertEquals(complaints, []);
  });
});

Deno.test("report.html shows the claims that are asked for, and leads to the others all the same", async (t) => {
  await withReport({ result: sampleResult() }, async ({ page, complaints, url }) => {
    const refuted = sampleResult().claims.filter(({ verdict }) => verdict === "refuted").length;
    await t.step("by verdict: a count on top chooses", async () => {
      await page.locator(".tiles .refuted button").click();
      assertEquals(await shownCells(page).count(), refuted);
      assertEquals(await page.locator("#matching").innerText(), `${refuted} / 259`);
      assertEquals(await page.locator(".tiles [aria-pressed=true]").count(), 1);
    });
    await t.step("by paradigm and check together", async () => {
      await page.locator("#paradigm").selectOption("container");
      await page.locator("#suite").selectOption("storage");
      const shown = await page.locator("td.cell:not(.left-out) > details").evaluateAll((all) =>
        all.map((one) => (one as unknown as { dataset: Record<string, string> }).dataset)
      );
      assert(
        shown.every(({ verdict, paradigm, suites }) =>
          verdict === "refuted" && paradigm === "container" &&
          suites?.split(" ").includes("storage")
        ),
      );
    });
    await t.step("a reset shows all", async () => {
      await page.locator("#filters button[type=reset]").click();
      await page.waitForFunction("document.querySelectorAll('.left-out').length === 0");
    });
    await t.step("by words, from the keyboard, in either language", async () => {
      await page.locator("h1").click();
      await page.keyboard.press("/");
      await page.keyboard.type("latency 延迟");
      const count = await shownCells(page).count();
      assert(count >= 3 && count < 60);
      assert(await page.locator("section.block:visible").count() < 14);
    });
    await t.step("nothing that matches is said", async () => {
      await page.locator("#search").fill("no such words");
      await page.locator("#matching", { hasText: "nothing matches" }).waitFor();
    });
    await t.step("a link leads also to a claim that is left out", async () => {
      await page.goto(`${url}#02.1.2/gpu-count/single-gpu`);
      await panelOf(page, "02.1.2/gpu-count/single-gpu").waitFor();
      assertEquals(await page.locator(".left-out").count(), 0);
      await page.locator("#search").fill("no such words");
      await page.locator(".findings a").first().click();
      await page.locator("details[name=claim][open] > summary:focus").waitFor();
      const top = await page.evaluate<number>(
        "document.querySelector('details[name=claim][open]').getBoundingClientRect().top",
      );
      assert(top > 0 && top < 900, `the claim is at ${top}`);
    });
    assertEquals(complaints, []);
  });
});

Deno.test("report.html is accessible in light and dark, with a panel open (axe-core)", async (t) => {
  await withReports(sampleResult(), async (folder) => {
    await withBrowser(async (browser) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await t.step(colorScheme, async () => {
          const opening = { hash: `#${CELL}`, context: { colorScheme } };
          const { page } = await openFile(browser, `${folder}/report.html`, opening);
          await panelOf(page, CELL).locator(".chart svg").waitFor();
          await page.locator("details.fold > summary").evaluateAll((all) =>
            all.forEach((one) => (one as unknown as { click(): void }).click())
          );
          assertEquals(await violations(page), []);
          const paper = "getComputedStyle(document.documentElement).backgroundColor";
          const [red = "255"] = (await page.evaluate<string>(paper)).match(/\d+/) ?? [];
          assertEquals(Number(red) < 128, colorScheme === "dark");
        });
      }
    });
  });
});

Deno.test("report.html follows the chosen colours, and prints without its controls", async () => {
  await withReport({ result: sampleResult(), hash: `#${CELL}` }, async ({ page, complaints }) => {
    const paper = () =>
      page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
    await page.locator("label[for=theme-dark]").click();
    const dark = await paper();
    await page.locator("label[for=theme-light]").click();
    assert(dark !== await paper());
    await page.locator("label[for=theme-dark]").click();
    await page.emulateMedia({ media: "print" });
    assert(dark !== await paper());
    for (const hidden of [".bar", "#filters", ".skip"]) {
      assert(!(await page.locator(hidden).isVisible()), hidden);
    }
    // As wide as the browser's own dialog leaves of a sheet: no telephone.
    await page.setViewportSize({ width: 718, height: 1000 });
    const display = 'getComputedStyle(document.querySelector(".matrix")).display';
    assertEquals(await page.evaluate(display), "table");
    assert((await page.pdf({ format: "A4" })).length > 50_000);
    assertEquals(complaints, []);
  });
});

Deno.test("report.html is readable when scripts are off", async () => {
  const context = { javaScriptEnabled: false };
  await withReport({ result: sampleResult(), hash: `#${CELL}`, context }, async (opened) => {
    const { page, complaints } = opened;
    assert(await page.locator("figure.chart > svg").count() >= 2);
    assert(await panelOf(page, CELL).locator(".because").isVisible());
    assert(!(await page.locator("#filters").isVisible()));
    assertEquals(complaints, []);
  });
});

Deno.test("report.html runs nothing that a hostile host wrote, and shows it as text", async (t) => {
  const long = `<img src=x onerror="document.title='pwned'">\u202e</script>${
    "长é<b>".repeat(200_000)
  }`;
  const mixed = (index: number) => index % 8 === 0 ? long : ATTACKS[index % ATTACKS.length] ?? "";
  const results = { attacks: hostileResult(), "texts of a megabyte": hostileResult(mixed) };
  for (const [name, result] of Object.entries(results)) {
    await t.step(name, async () => {
      await withReport({ result }, async ({ page, complaints }) => {
        await page.locator("figure.chart").last().scrollIntoViewIfNeeded();
        const cells = page.locator("td.cell > details > summary");
        for (const index of [0, 40, 200]) {
          await cells.nth(index).click();
          await page.locator("details[open] .live > dl").waitFor({ state: "attached" });
          await page.keyboard.press("Escape");
        }
        await page.locator("#search").fill("onerror");
        assert((await page.title()).startsWith("cellproof: "));
        assertEquals(await page.locator("img, iframe, object, embed").count(), 0);
        assertEquals(complaints, []);
      });
    });
  }
});

Deno.test("charts/*.svg are well-formed XML, whatever the host wrote into them", async () => {
  await withReport({ result: sampleResult() }, async ({ page }) => {
    for (const result of [sampleResult(), hostileResult()]) {
      await withReports(result, async (folder) => {
        const names = [...Deno.readDirSync(`${folder}/charts`)].map(({ name }) => name)
          .filter((name) => name.endsWith(".svg"));
        const texts = names.map((name) => Deno.readTextFileSync(`${folder}/charts/${name}`));
        assert(texts.length > 3);
        const errors = await page.evaluate<string[]>(
          `${JSON.stringify(texts)}.map((text) => new DOMParser()
            .parseFromString(text, "image/svg+xml").querySelector("parsererror")?.textContent ?? "")`,
        );
        assertEquals(errors, texts.map(() => ""));
      });
    }
  });
});
