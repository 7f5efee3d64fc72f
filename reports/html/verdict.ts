/**
 * A verdict as a chip, and the panel of all that is known about one claim.
 *
 * @module
 */
import type { ClaimPart, ClaimVerdict, Verdict } from "../../suites/result.ts";
import { isInThisVersion, statementOf } from "../check_words.ts";
import { intervalInWords, ratioInWords, ratioWithInterval } from "../units.ts";
import { FACES } from "../verdicts.ts";
import { html, type Markup } from "./html.ts";
import { label } from "./labels.ts";

/** What goes without saying. */
const LITERAL = "literal";

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
    verdict.reading === LITERAL ? null : html`
      <dt>${label("reading")}</dt>
      <dd>${verdict.reading}</dd>
    `,
    onlyStatement(verdict.parts ?? []),
    evidenceOf(verdict),
  ]}</dl>${partsTable(verdict.parts ?? [])}${link}`;
}

/** The checks with something on the page; those of a later version stand in the sentence alone. */
function evidenceOf({ evidence }: ClaimVerdict): Markup | null {
  const names = evidence.filter(isInThisVersion);
  if (names.length === 0) return null;
  const links = names.map((name) => html`<li><a href="#check/${name}">${name}</a></li>`);
  return html`
    <dt>${label("evidence")}</dt>
    <dd>
      <ul class="inline">${links}</ul>
    </dd>
  `;
}

/** Of an only part, the verdict's own sentence and figures tell all but what was observed. */
function onlyStatement(parts: readonly ClaimPart[]): Markup | null {
  const [only] = parts;
  if (only === undefined || parts.length > 1 || statementOf(only.name) === null) return null;
  return html`
    <dt>${label("part")}</dt>
    <dd>${partName(only)}</dd>
  `;
}

function partsTable(parts: readonly ClaimPart[]): Markup | null {
  if (parts.length < 2) return null;
  const compared = parts.some(({ ratio }) => ratio !== undefined);
  const rows = parts.map((part) =>
    html`
      <tr>
        <th scope="row">${partName(part)}</th>
        <td>${verdictSymbol(part.verdict)} ${verdictWord(part.verdict)}</td>${compared
          ? html`<td class="figure">${figures(part)}</td>`
          : null}
        <td>${becauseOf(part)}</td>
      </tr>
    `
  );
  return html`
    <table class="parts">
      <thead>
        <tr>
          <th scope="col">${label("part")}</th>
          <th scope="col">${label("verdict")}</th>${compared
            ? html`<th scope="col">${label("ratio")}</th>`
            : null}
          <th scope="col">${label("because")}</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>
  `;
}

/** What was observed stands in the claim's own sentence, and whole where the part's name leads to. */
function becauseOf({ name, because }: ClaimPart): Markup {
  return statementOf(name) === null
    ? html`${because}`
    : html`<a href="#${name}">${label("seen")}</a>`;
}

/** An observation as its statement, which leads to what was observed. */
function partName({ name }: ClaimPart): Markup {
  const statement = statementOf(name);
  return statement === null ? html`${name}` : html`<a href="#${name}">${statement}</a>`;
}

function figures({ ratio, ...rest }: ClaimPart): string {
  if (ratio === undefined) return "";
  const interval = intervalInWords(rest);
  return interval === "" ? ratioInWords(ratio) : `${ratioInWords(ratio)} (${interval})`;
}
