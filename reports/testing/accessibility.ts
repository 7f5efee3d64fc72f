/**
 * Checks a page with axe-core, for tests.
 *
 * @module
 */
import type { Page } from "playwright-core";
import axe from "../../node_modules/axe-core/axe.min.js" with { type: "text" };

/** The parts of axe-core's result that are used. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly {
      readonly target: readonly unknown[];
      readonly failureSummary?: string;
    }[];
  }[];
  readonly passes: readonly unknown[];
}

/** What axe-core finds against a page, a line for each rule; its rules include WCAG 2.2 at level AA. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  // It would load style sheets once more, which a page's policy forbids.
  const found = await page.evaluate<AxeResults>(
    "axe.run(document, { resultTypes: ['violations'], preload: false })",
  );
  if (found.passes.length === 0) throw new Error("axe-core checked nothing");
  return found.violations.map(({ id, help, nodes }) => {
    const [first] = nodes;
    return `${id}: ${help} (${nodes.length}, such as ${
      first?.target.join(" ")
    }: ${first?.failureSummary})`;
  });
}
