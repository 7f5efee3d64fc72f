import { assert, assertEquals } from "@std/assert";
import { History } from "../history/history.ts";
import { violations } from "../testing/accessibility.ts";
import { openFile, withBrowser } from "../testing/opened_page.ts";
import { buildSite } from "./site.ts";
import { addFleet } from "./testing/made_fleet.ts";
import { addNights, FACT, startOf } from "./testing/made_history.ts";

Deno.test("a site leads from its first page to a night, from files, without a complaint", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    addNights(
      `${folder}/db`,
      [0, 1, 2].map((night) => (
        { night, refuted: night === 2 ? [FACT] : [], repeated: night === 2 }
      )),
    );
    const hosts = [{ name: "alpha", hostname: "alpha" }, { name: "beta", state: "died" as const }];
    addFleet(`${folder}/db`, { night: 2, hosts });
    using history = History.open(`${folder}/db`, { create: false });
    const out = `${folder}/site`;
    await buildSite(history, { out, reports: 5, fleets: 5, code: "1", now: new Date(startOf(2)) });
    await withBrowser(async (browser) => {
      const { page, complaints } = await openFile(browser, `${out}/index.html`);

      await t.step("the first page shows the change, in its own style", async () => {
        assert(await page.locator("#changes", { hasText: FACT }).isVisible());
        assertEquals(await page.locator(".host.changed").count(), 1);
        const width = "getComputedStyle(document.querySelector('main')).maxWidth";
        assert(await page.evaluate(width) !== "none");
      });
      await t.step("it has nothing that axe-core finds wrong", async () => {
        assertEquals(await violations(page), []);
      });
      await t.step("a host's page shows its badge, its nights and its trends", async () => {
        await page.locator("#hosts h3 a").click();
        const badge = "document.querySelector('img').naturalWidth";
        assert(await page.evaluate<number>(badge) > 50);
        assert(await page.locator("svg.strip a").count() === 3);
        assert(await page.locator("figure.chart svg").first().isVisible());
        assertEquals(await violations(page), []);
      });
      await t.step("a night's page draws its charts", async () => {
        await page.locator("#nights tbody a").first().click();
        await page.locator("#chart-storage-ratios").scrollIntoViewIfNeeded();
        await page.locator("#chart-storage-ratios[data-live]").waitFor();
        await page.locator("main a", { hasText: "All hosts" }).click();
        assert(await page.locator("#hosts").isVisible());
      });
      await t.step(
        "a fleet's page names the node that died, and leads to a host's night",
        async () => {
          assert(await page.locator("#fleets", { hasText: "beta" }).isVisible());
          await page.locator("#fleets a").click();
          assert(await page.locator("main", { hasText: "beta" }).isVisible());
          assertEquals(await violations(page), []);
          await page.locator("#hosts a", { hasText: "alpha" }).click();
          assert(await page.locator("main a", { hasText: "this host" }).isVisible());
        },
      );
      assertEquals(complaints, []);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
