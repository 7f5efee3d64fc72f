/**
 * The counts of verdicts as one bar, with each count, its symbol and its word below.
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { countsInWords } from "../verdicts.ts";
import { html, type Markup } from "./html.ts";
import { verdictSymbol, verdictWord } from "./verdict.ts";

/** How many claims have each verdict. */
export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** The bar, and the counts that are not 0. */
export function verdictBar(counts: VerdictCounts): Markup {
  const items = presentIn(counts).map((verdict) =>
    html`<li>${verdictSymbol(verdict)} <b>${counts[verdict]}</b> ${verdictWord(verdict)}</li>`
  );
  return html`${countsBar(counts)}<ul class="counts">${items}</ul>`;
}

/** The bar alone; its counts stand in its name. */
export function countsBar(counts: VerdictCounts): Markup {
  const total = VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
  let start = 0;
  const parts = presentIn(counts).map((verdict) => {
    const width = rounded((100 * counts[verdict]) / total);
    const part = html`
      <rect class="${verdict}" x="${rounded(start)}" width="${width}" height="8" />
    `;
    start += width;
    return part;
  });
  const { en } = countsInWords(counts);
  return html`
    <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"
      aria-label="${en}"><title>${en}</title>${parts}</svg>
  `;
}

function presentIn(counts: VerdictCounts): Verdict[] {
  return VERDICTS.filter((verdict) => counts[verdict] > 0);
}

function rounded(width: number): number {
  return Math.round(width * 100) / 100;
}
