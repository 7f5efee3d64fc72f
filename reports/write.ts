/**
 * Every report of a finished result but `result.json` itself.
 *
 * @module
 */
import type { Agreement } from "../suites/expectations.ts";
import type { Result } from "../suites/result.ts";
import { annotations } from "./annotations.ts";
import { chartList, renderCharts, type ResultCharts } from "./charts/charts.ts";
import { standaloneSvg } from "./charts/render.ts";
import { resultCsv } from "./csv.ts";
import { DISPLAY_LIMITS, type DisplayLimits, forDisplay } from "./display.ts";
import { resultPage } from "./html/page.ts";
import { makeFolder, writeFile } from "./json.ts";
import { junitXml } from "./junit.ts";
import { resultMarkdown } from "./markdown.ts";

/** The page is kept below this size, in UTF-8 bytes. */
export const MOST_PAGE_BYTES = 1_500_000;

// What is left of a result whose page would otherwise be too large: less and less of each text.
const NARROWER: readonly DisplayLimits[] = [
  { longestText: 600, mostRows: 80, mostPoints: 300 },
  { longestText: 160, mostRows: 60, mostPoints: 500 },
  { longestText: 60, mostRows: 20, mostPoints: 150 },
  { longestText: 24, mostRows: 5, mostPoints: 0 },
];

/**
 * Renders a result, and what became of the expectations of it, into an existing folder:
 * `result.csv`, `summary.md`, `junit.xml`, `annotations.txt`, `report.html`, and each chart as
 * `charts/NAME.vl.json` and `charts/NAME.svg`. Returns the paths, the page first.
 *
 * @throws {Problem} if the folder cannot be written.
 */
export async function writeReports(
  folder: string,
  result: Result,
  agreement: Agreement | null = null,
): Promise<string[]> {
  const shown = forDisplay(result);
  const charts = await renderCharts(shown, DISPLAY_LIMITS);
  const files = new Map<string, string | Uint8Array>([
    ["report.html", await page(result, { shown, charts, agreement })],
    ["summary.md", resultMarkdown(result, agreement)],
    ["result.csv", resultCsv(result)],
    ["junit.xml", junitXml(result, agreement)],
    ["annotations.txt", annotations(result, agreement)],
  ]);
  for (const { name, vegaLite, svg } of chartList(charts)) {
    files.set(`charts/${name}.vl.json`, `${JSON.stringify(vegaLite, null, 1)}\n`);
    if (svg !== null) files.set(`charts/${name}.svg`, standaloneSvg(svg));
  }
  makeFolder(`${folder}/charts`);
  return [...files].map(([name, content]) => {
    const path = `${folder}/${name}`;
    writeFile(path, content);
    return path;
  });
}

/** The page below {@linkcode MOST_PAGE_BYTES}: of an enormous result it shows less. */
async function page(
  result: Result,
  { shown, charts, agreement }: {
    readonly shown: Result;
    readonly charts: ResultCharts;
    readonly agreement: Agreement | null;
  },
): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  let bytes = encoder.encode(resultPage(shown, charts, { ...DISPLAY_LIMITS, agreement }));
  for (const limits of NARROWER) {
    if (bytes.length < MOST_PAGE_BYTES) break;
    const less = forDisplay(result, limits);
    const fewer = await renderCharts(less, { ...limits, pageOnly: true });
    bytes = encoder.encode(resultPage(less, fewer, { ...limits, agreement }));
  }
  return bytes;
}
