/**
 * The bar that chooses which claims the matrices show. It works by the page's script, which also shows it.
 *
 * @module
 */
import { type Result, VERDICTS } from "../../suites/result.ts";
import { PARADIGMS } from "../paradigm.ts";
import { FACES } from "../verdicts.ts";
import { html, type Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { verdictSymbol } from "./verdict.ts";

/** The bar, hidden until the script takes it over. */
export function filterBar({ claims }: Result): Markup {
  const checks = [...new Set(claims.flatMap(({ evidence }) => evidence))].sort();
  const paradigms = Object.entries(PARADIGMS).map(([name, { en, zh }]) =>
    option(name, `${en} ${zh}`)
  );
  return html`
    <form class="filters" id="filters" role="search" hidden>
      <div class="field"><label for="search">${label("search")}</label>
    <input type="search" id="search" autocomplete="off" spellcheck="false"></div>
      <fieldset class="field choices"><legend>${label("verdict")}</legend>${VERDICTS.map(
        verdictChoice,
      )}</fieldset>
      <div class="field"><label for="paradigm">${label("paradigm")}</label>
    <select id="paradigm">${option("", "all 全部")}${paradigms}</select></div>
      <div class="field"><label for="suite">${label("suite")}</label>
    <select id="suite">${option("", "all 全部")}${checks.map((check) =>
      option(check, check)
    )}</select></div>
      <button type="reset">${label("showAll")}</button>
      <output id="matching" aria-live="polite"></output>
      <p class="muted keys">${label("keys")}</p>
    </form>
  `;
}

function verdictChoice(verdict: typeof VERDICTS[number]): Markup {
  const { wordEn, wordZh } = FACES[verdict];
  return html`
    <input type="checkbox" id="verdict-${verdict}" value="${verdict}"><label
      for="verdict-${verdict}" class="${verdict}">${verdictSymbol(verdict)} ${both({
        en: wordEn,
        zh: wordZh,
      })}</label>
  `;
}

function option(value: string, text: string): Markup {
  return html`<option value="${value}">${text}</option>`;
}
