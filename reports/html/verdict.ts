/**
 * A verdict as a symbol, a word and a colour.
 *
 * @module
 */
import type { ClaimVerdict, Verdict } from "../../suites/result.ts";
import { FACES } from "../verdicts.ts";
import { html, type Markup } from "./html.ts";
import { label } from "./labels.ts";

/** The class name that gives an element a verdict's colour. */
export function verdictClass(verdict: ClaimVerdict | null): string {
  return verdict === null ? "absent" : verdict.verdict;
}

/** The symbol in its colour; the word stands beside it, see {@linkcode verdictWord}. */
export function verdictSymbol(verdict: Verdict | null): Markup {
  const symbol = verdict === null ? "·" : FACES[verdict].symbol;
  return html`<span class="symbol ${verdict ?? "absent"}" aria-hidden="true">${symbol}</span>`;
}

/** The symbol that stands for the word as well. */
export function verdictMark(verdict: Verdict): Markup {
  const { symbol, wordEn } = FACES[verdict];
  return html`<span class="symbol ${verdict}" role="img" aria-label="${wordEn}">${symbol}</span>`;
}

/** The verdict's word in both languages. */
export function verdictWord(verdict: Verdict | null): Markup {
  if (verdict === null) return label("absent");
  const { wordEn, wordZh } = FACES[verdict];
  return html`<span lang="en">${wordEn}</span> <span lang="zh">${wordZh}</span>`;
}
