/**
 * Every claim as one symbol, by matrix: where the verdicts lie at a glance, each a link to its panel.
 *
 * @module
 */
import type { Result } from "../../suites/result.ts";
import { type Judged, judgedFacts, matrices } from "../judged.ts";
import { FACES } from "../verdicts.ts";
import { html, type Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { verdictClass, verdictSymbol } from "./verdict.ts";

/** A line for each matrix, and one for the facts. */
export function verdictMap(result: Result): Markup {
  const lines = matrices(result).map(({ id, titleEn, titleZh, rows }) =>
    line(both({ en: `${id} ${titleEn}`, zh: titleZh }), rows.flatMap(({ cells }) => cells))
  );
  return html`<ul class="map">${lines}${line(label("facts"), judgedFacts(result))}</ul>`;
}

function line(title: Markup, judged: readonly Judged[]): Markup {
  const symbols = judged.map(({ claim, verdict }) => {
    const name = `${claim.id}: ${
      verdict === null ? "not asked for" : FACES[verdict.verdict].wordEn
    }`;
    return html`
      <a href="#${claim.id}" class="${verdictClass(verdict)}" aria-label="${name}"
        title="${name}">${verdictSymbol(verdict?.verdict ?? null)}</a>
    `;
  });
  return html`<li><span>${title}</span><span>${symbols}</span></li>`;
}
