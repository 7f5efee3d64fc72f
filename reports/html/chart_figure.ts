/**
 * A chart's place on a page.
 *
 * @module
 */
import type { RenderedChart } from "../charts/render.ts";
import { html, Markup } from "./html.ts";
import { label } from "./labels.ts";

/**
 * The picture of a chart, if it is one to stand in the page; the page's script puts a live view in its
 * place once a reader comes near it.
 */
export function chartFigure(chart: RenderedChart | null): Markup | null {
  if (chart === null) return null;
  // The picture is Vega's own output, which escapes every text in it.
  const picture = chart.inline && chart.svg !== null
    ? new Markup(chart.svg)
    : html`<p class="muted">${label("liveOnly")}</p>`;
  return html`
    <figure class="chart" id="chart-${chart.name}" role="img"
      aria-label="${chart.description}">${picture}</figure>
  `;
}
