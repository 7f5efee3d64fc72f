/**
 * A verdict as a chip, and the panel of all that is known about one claim.
 *
 * @module
 */
import type { ClaimPart, ClaimVerdict, Verdict } from "../../suites/result.ts";
import { intervalInWords, ratioInWords, ratioWithInterval } from "../units.ts";
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

/** The verdict's word in both languages. */
export function verdictWord(verdict: Verdict | null): Markup {
  if (verdict === null) return label("absent");
  const { wordEn, wordZh } = FACES[verdict];
  return html`<span lang="en">${wordEn}</span> <span lang="zh">${wordZh}</span>`;
}

/** All that is known about a claim: why, how it was read, on what it rests. */
export function verdictPanel(id: string, verdict: ClaimVerdict | null): Markup {
  const link = html`<a class="permalink" href="#${id}">#${id}</a>`;
  if (verdict === null) return html`<p>${label("absent")}</p>${link}`;
  const ratio = ratioWithInterval(verdict);
  return html`<p class="because">${verdict.because}</p><dl>${[
    ratio === "" ? null : html`
      <dt>${label("ratio")}</dt>
      <dd class="figure">${ratio}</dd>
    `,
    html`
      <dt>${label("reading")}</dt>
      <dd>${verdict.reading}</dd>
    `,
    verdict.evidence.length === 0 ? null : html`
      <dt>${label("evidence")}</dt>
      <dd>${evidenceLinks(verdict.evidence)}</dd>
    `,
  ]}</dl>${partsTable(verdict.parts ?? [])}${link}`;
}

function evidenceLinks(names: readonly string[]): Markup {
  const links = names.map((name) => html`<li><a href="#experiment/${name}">${name}</a></li>`);
  return html`<ul class="inline">${links}</ul>`;
}

function partsTable(parts: readonly ClaimPart[]): Markup | null {
  if (parts.length === 0) return null;
  const rows = parts.map((part) =>
    html`
      <tr>
        <th scope="row">${part.name}</th>
        <td>${verdictSymbol(part.verdict)} ${verdictWord(part.verdict)}</td>
        <td class="figure">${figures(part)}</td>
        <td>${part.because}</td>
      </tr>
    `
  );
  return html`
    <table class="parts">
      <thead>
        <tr>
          <th scope="col">${label("part")}</th>
          <th scope="col">${label("verdict")}</th>
          <th scope="col">${label("ratio")}</th>
          <th scope="col">${label("because")}</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>
  `;
}

function figures({ ratio, ...rest }: ClaimPart): string {
  if (ratio === undefined) return "";
  const interval = intervalInWords(rest);
  return interval === "" ? ratioInWords(ratio) : `${ratioInWords(ratio)} (${interval})`;
}
