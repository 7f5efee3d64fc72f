/**
 * Vega-Lite to Vega, and Vega to SVG, on the server: no browser, no canvas, no permission. Without a
 * canvas the widths of texts are estimates.
 *
 * @module
 */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { CHART_CONFIG } from "./palette.ts";
import type { ChartSpec } from "./spec.ts";

/** A chart in every form that a report needs. */
export interface RenderedChart {
  /** The file's name without its ending, e.g. `storage-ratios`. */
  readonly name: string;
  /** One line for readers that see no picture. */
  readonly description: string;
  readonly vegaLite: ChartSpec;
  readonly vega: vega.Spec;
  /** The picture, on no background of its own; null where the chart was only compiled. */
  readonly svg: string | null;
  /** Whether the page holds the picture; else only its script draws the chart, to save space. */
  readonly inline: boolean;
}

/** What a chart is called, and where its picture goes; into the page unless it says otherwise. */
export type ChartName =
  & Pick<RenderedChart, "name" | "description">
  & Partial<Pick<RenderedChart, "inline">>;

const QUIET = vega.logger(vega.Error);

/** What Vega asks for the width of a text; its own estimate of 0.8 em a letter leaves wide gaps. */
interface TextMetrics {
  width: (item: { readonly fontSize?: number }, text: unknown) => number;
}

// Typical widths in the fonts that browsers choose; ideographs fill their square.
const LETTER_EM = 0.6;
const IDEOGRAPH_EM = 1;

(vega as unknown as { readonly textMetrics: TextMetrics }).textMetrics.width = (item, text) => {
  const line = String(text ?? "");
  const ideographs = line.match(/[\u2e80-\uffef]/g)?.length ?? 0;
  const em = (line.length - ideographs) * LETTER_EM + ideographs * IDEOGRAPH_EM;
  return em * (item.fontSize ?? 11);
};

/** Compiles a chart, and draws it. */
export async function renderChart(named: ChartName, vegaLite: ChartSpec): Promise<RenderedChart> {
  const chart = compileChart(named, vegaLite);
  const view = new vega.View(vega.parse(chart.vega), { renderer: "none", logger: QUIET });
  const svg = shortAttributes(shortNumbers(await view.toSVG()));
  view.finalize();
  return { ...chart, svg };
}

/**
 * A chart for the page to draw: drawing costs two to three times as much. It is compiled when that is
 * first asked for.
 */
export function compileChart(named: ChartName, vegaLite: ChartSpec): RenderedChart {
  let spec: vega.Spec | null = null;
  return {
    ...{ inline: true, ...named, vegaLite, svg: null },
    get vega() {
      return spec ??= compile(vegaLite as unknown as TopLevelSpec, { logger: QUIET }).spec;
    },
  };
}

/** A picture as a file of its own, on white: its texts are black, and a viewer's window may be dark. */
export function standaloneSvg(svg: string): string {
  return svg.replace(
    /^<svg [^>]*>/,
    (tag) => `${tag}<rect width="100%" height="100%" fill="#fff"/>`,
  );
}

/** Positions to a hundredth of a pixel: a third less to write for every point. */
function shortNumbers(svg: string): string {
  const hundredths = (number: string): string => String(Math.round(Number(number) * 100) / 100);
  return svg.replace(
    / transform="translate\((-?[\d.]+),(-?[\d.]+)\)"/g,
    (_, x: string, y: string) => ` transform="translate(${hundredths(x)},${hundredths(y)})"`,
  );
}

const FONT = ` font-family="${CHART_CONFIG.font}"`;

/** What all texts and marks have alike, once for the picture or, where it is the default, not at all. */
function shortAttributes(svg: string): string {
  return svg.replaceAll(FONT, "").replaceAll(` opacity="1"`, "").replace("<svg", `<svg${FONT}`);
}
