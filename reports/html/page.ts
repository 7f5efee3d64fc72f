/**
 * The page of one result. `report.html` is one self-contained file that works without a network; on a
 * site the same page shares its style and scripts with the others. Both are complete without scripts.
 *
 * @module
 */
import type { Agreement } from "../../suites/expectations.ts";
import type { Result } from "../../suites/result.ts";
import { chartList, type ResultCharts } from "../charts/charts.ts";
import { isProbe } from "../check_words.ts";
import { warnings } from "../sentences.ts";
import { factsSection, matricesSection } from "./claims.ts";
import { coverageSection } from "./coverage.ts";
import { experimentSection } from "./experiments.ts";
import { hostSection } from "./host.ts";
import { framed, type PageStyle } from "./frame.ts";
import { html, Markup, packed } from "./html.ts";
import { both, label } from "./labels.ts";
import { overviewSection } from "./overview.ts";
import { panelData } from "./panel_data.ts";
import { absentChecks, probesSection } from "./probes.ts";
import { contentSecurityPolicy, PAGE_SCRIPTS, PAGE_STYLE, VEGA_SCRIPT } from "./sources.ts";
import { pageBar } from "./page_bar.ts";

/** How much of a result a page holds. */
export interface PageLimits {
  /** Most samples and commands that a table lists. */
  readonly mostRows: number;
  /** Most samples of an experiment that panels show. */
  readonly mostPoints: number;
}

/**
 * `report.html`: the page of a result that was made fit to be shown (`forDisplay`), and of what became of
 * the expectations that it was held to.
 */
export function resultPage(
  result: Result,
  charts: ResultCharts,
  { agreement = null, ...limits }: PageLimits & { readonly agreement?: Agreement | null },
): string {
  return document(result, {
    policy: contentSecurityPolicy(),
    style: { text: PAGE_STYLE },
    scripts: [
      packedVega(),
      ...PAGE_SCRIPTS.map((script) => html`<script>${new Markup(script)}</script>\n`),
    ],
    body: resultBody(result, charts, {
      limits,
      agreement,
      evidenceBeside: result.run.dryRun === null,
    }),
    data: { charts: specsOf(charts, "vega"), panels: panelData(result, limits.mostPoints) },
  });
}

/** The same page where its style and scripts are files of a site. */
export interface SharedFiles {
  /** Paths from the page on. */
  readonly style: string;
  readonly scripts: readonly string[];
}

/** The page of a result on a site: nothing of what pages share stands in it. */
export function sitePage(
  result: Result,
  charts: ResultCharts,
  { limits, files, home }: {
    readonly limits: PageLimits;
    readonly files: SharedFiles;
    /** The link back, as markup before the overview. */
    readonly home: Markup;
  },
): string {
  return document(result, {
    policy: "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; " +
      "form-action 'none'",
    style: { path: files.style },
    scripts: files.scripts.map((path) => html`<script src="${path}"></script>\n`),
    body: html`${home}${
      resultBody(result, charts, { limits, agreement: null, evidenceBeside: false })
    }`,
    // What compiles them is a file of the site: for a build that would be most of the work.
    data: { charts: specsOf(charts, "vegaLite"), panels: panelData(result, limits.mostPoints) },
  });
}

/** Packing takes longer than all the rest of a page, and it is always the same. */
let vega: Markup | null = null;
function packedVega(): Markup {
  return vega ??= packed("packed-vega", VEGA_SCRIPT);
}

/** The charts that the page draws: the verdicts and their counts stand in it as a table. */
function specsOf(
  charts: ResultCharts,
  form: "vega" | "vegaLite",
): Readonly<Record<string, unknown>> {
  const drawn = chartList(charts).filter((chart) =>
    chart !== charts.heatmap && chart !== charts.coverage
  );
  return Object.fromEntries(drawn.map((chart) => [chart.name, chart[form]]));
}

function document(
  { host, run, baseline }: Result,
  { policy, style, scripts, body, data }: {
    readonly policy: string;
    readonly style: PageStyle;
    readonly scripts: readonly Markup[];
    readonly body: Markup;
    readonly data: unknown;
  },
): string {
  return framed({
    title: `cellproof: ${host.hostname}`,
    policy,
    style,
    body: html`${pageBar()}${banners({ run, baseline })}
<main id="main">${body}</main>
${packed("packed-data", JSON.stringify(data))}
${scripts}`,
  });
}

/** What a reader must know before anything else. */
function banners(result: Pick<Result, "run" | "baseline">): Markup | null {
  const lines = warnings(result).map((warning) => html`<p class="banner">⚠ ${both(warning)}</p>`);
  return lines.length === 0 ? null : html`<aside aria-label="${WARNING}">${lines}</aside>`;
}

const WARNING = "Warning 警告";

function resultBody(
  result: Result,
  charts: ResultCharts,
  { limits, agreement, evidenceBeside }: {
    readonly limits: PageLimits;
    readonly agreement: Agreement | null;
    readonly evidenceBeside: boolean;
  },
): Markup {
  const context = { thresholds: result.run.thresholds, evidenceBeside };
  return html`
    ${overviewSection(result, agreement)}
    ${coverageSection(result)}
    ${matricesSection(result, context)}
    ${factsSection(result, context)}
    ${probesSection(result)}
    ${experimentsSection(result, charts, limits.mostRows)}
    ${hostSection(result, charts.topology)}
  `;
}

function experimentsSection(result: Result, charts: ResultCharts, mostRows: number): Markup | null {
  const absent = absentChecks(result, (name) => !isProbe(name));
  if (result.experiments.length + absent.length === 0) return null;
  const none = { ratios: null, samples: null, latency: null };
  return html`<section id="experiments"><h2>${label("experiments")}</h2>${absent}${
    result.experiments.map((experiment, index) =>
      experimentSection(experiment, charts.experiments[index] ?? none, mostRows)
    )
  }</section>`;
}
