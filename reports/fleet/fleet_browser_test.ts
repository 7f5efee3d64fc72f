import { assert, assertEquals } from "@std/assert";
import { violations } from "../testing/accessibility.ts";
import { hostileFleet } from "../testing/hostile_fleet.ts";
import { openFile, withBrowser } from "../testing/opened_page.ts";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { writeFleetReports } from "./write.ts";

/** Whole rows, compact ones, and attacks. */
const OPENED = [
  [sampleFleet(), "light"],
  [sampleFleet(), "dark"],
  [hostileFleet(), "dark"],
  [repeatedFleet(330), "light"],
] as const;

Deno.test("fleet.html opens from a file, light and dark, without a complaint", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await withBrowser(async (browser) => {
      for (const [fleet, colorScheme] of OPENED) {
        const [path = ""] = await writeFleetReports(folder, fleet);
        await t.step(`${fleet.hosts[0]?.name}, ${colorScheme}`, async () => {
          const { page, complaints } = await openFile(browser, path, { context: { colorScheme } });
          assertEquals(await violations(page), []);
          assert(await page.locator(".faults").isVisible());
          assertEquals(complaints, []);
        });
      }
      await t.step("a link opens its cell without any script", async () => {
        const [path = ""] = await writeFleetReports(folder, sampleFleet());
        const { page } = await openFile(browser, path, { context: { javaScriptEnabled: false } });
        await page.locator(`.findings a[href="#11.3/latency/container"]`).click();
        assert(await page.locator(`[id="11.3/latency/container"]`).isVisible());
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
