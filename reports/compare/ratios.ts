/**
 * The ratios of two results in `compare.html`, each pair of intervals drawn on one scale.
 *
 * @module
 */
import type { RatioInRun, RatioName, RatioPair } from "../../suites/compare.ts";
import type { Side, TwoRuns } from "../../suites/statistics/two_runs.ts";
import { html, type Markup } from "../html/html.ts";
import { intervalPair, type Scale, scaleOf } from "../html/interval_pair.ts";
import { both, label } from "../html/labels.ts";
import type { Bilingual } from "../sentences.ts";
import { intervalInWords, ratioInWords } from "../units.ts";
import { ABOUT_RATIOS, type Compared, FINDING_WORDS, findingInWords, SIDES } from "./compared.ts";

/** A table for each experiment, those first of which most has parted; which stands first in each. */
export function ratiosSection({ comparison }: Compared, title: Bilingual): Markup | null {
  const { pairs } = comparison.ratios;
  if (pairs.length === 0) return null;
  const tables = [...Map.groupBy(pairs, ({ experiment }) => experiment)]
    .sort(([, one], [, other]) => partedOf(other) - partedOf(one))
    .map(([experiment, pairs]) => experimentTable(experiment, pairs));
  return html`<section id="ratios"><h2>${both(title)}</h2>
<p class="muted summary">${both(ABOUT_RATIOS)}</p>${tables}</section>`;
}

function partedOf(pairs: readonly RatioPair[]): number {
  return pairs.filter(({ finding }) => finding.kind === "parted").length;
}

/** What one of the two alone has measured. */
export function aloneSection({ comparison: { ratios } }: Compared): Markup | null {
  const lists = SIDES.filter((side) => ratios.only[side].length > 0)
    .map((side) => aloneList(side, ratios.only[side]));
  return lists.length === 0 ? null : html`<section id="alone">${lists}</section>`;
}

function aloneList(side: Side, names: readonly RatioName[]): Markup {
  const letter = side.toUpperCase();
  const items = names.map(({ experiment, workload, arm }) =>
    html`<li><code>${experiment}</code> ${workload}, ${arm}</li>`
  );
  return html`
    <details class="fold">
      <summary>${both({
        en: `Measured in ${letter} alone (${names.length})`,
        zh: `仅 ${letter} 测得（${names.length}）`,
      })}</summary>
      <ul>${items}</ul>
    </details>
  `;
}

const KINDS: readonly TwoRuns["kind"][] = ["parted", "alike", "cannot-tell"];

function experimentTable(experiment: string, pairs: readonly RatioPair[]): Markup {
  const scale = scaleOf(pairs.flatMap(({ a, b }) => [a, b]));
  const sorted = KINDS.flatMap((kind) => pairs.filter(({ finding }) => finding.kind === kind));
  return html`
    <h3><code>${experiment}</code></h3>
    <table class="ratios">
      <thead>
        <tr>
          <th scope="col">${label("workload")}</th>
          <th scope="col">${label("arm")}</th>
          <th scope="col" class="letter-head"><span class="letter side-a">A</span></th>
          <th scope="col" class="letter-head"><span class="letter side-b">B</span></th>
          <th scope="col">${ratioInWords(scale.low)} – ${ratioInWords(scale.high)}</th>
          <td></td>
        </tr>
      </thead>
      <tbody>${sorted.map((pair) => ratioRow(pair, scale))}</tbody>
    </table>
  `;
}

function ratioRow(pair: RatioPair, scale: Scale): Markup {
  const { workload, arm, a, b, finding } = pair;
  return html`
    <tr
      class="${finding.kind}"><td>${workload}</td><td>${arm}</td>${[a, b].map(
        figureCell,
      )}<td>${isDrawn(a, b)
        ? intervalPair(a, b, { scale, names: ["A", "B"] })
        : null}</td><td><b>${both(
          FINDING_WORDS[finding.kind],
        )}</b><br><span
    class="muted">${both(findingInWords(finding))}</span></td></tr>
  `;
}

/** A run without a figure has no place on the scale. */
function isDrawn(...figures: readonly RatioInRun[]): boolean {
  return figures.every(({ ratio }) => ratio !== null);
}

function figureCell(figure: RatioInRun): Markup {
  if (figure.ratio === null) return html`<td class="figure">–</td>`;
  return html`<td class="figure">${ratioInWords(figure.ratio)}<br><span class="muted">${
    intervalInWords(figure)
  }</span></td>`;
}
