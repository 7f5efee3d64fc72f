import { assert, assertEquals } from "@std/assert";
import { violations } from "../testing/accessibility.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { openFile, withBrowser } from "../testing/opened_page.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { comparedForDisplay } from "./compared.ts";
import { comparisonPage } from "./page.ts";

Deno.test("compare.html opens from a file, in its style, without a complaint", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await withBrowser(async (browser) => {
      for (const other of [sampleResult(), hostileResult()]) {
        const compared = comparedForDisplay(sampleResult(), other);
        await Deno.writeTextFile(`${folder}/compare.html`, comparisonPage(compared));
        const { page, complaints } = await openFile(browser, `${folder}/compare.html`);
        assertEquals(await violations(page), []);
        assert(await page.locator(".sides").isVisible());
        assertEquals(complaints, []);
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
