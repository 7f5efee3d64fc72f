/**
 * The document's matrices and facts, each claim with its verdict.
 *
 * @module
 */
import type { Result } from "../../suites/result.ts";
import {
  type Heading,
  type Judged,
  judgedFacts,
  matrices,
  type Matrix,
  type MatrixRow,
} from "../judged.ts";
import { paradigmOf } from "../paradigm.ts";
import { ratioInWords } from "../units.ts";
import { filterBar } from "./filters.ts";
import { factsTable } from "./facts_table.ts";
import { html, type Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { claimPanel, type PanelContext } from "./panel.ts";
import { verdictClass, verdictSymbol, verdictWord } from "./verdict.ts";

/** The 14 matrices, rows and columns as the document has them. */
export function matricesSection(result: Result, context: PanelContext): Markup {
  const shown = matrices(result);
  const links = shown.map(({ id, titleZh, titleEn }) =>
    html`<li><a href="#${id}"><b>${id}</b> ${both({ zh: titleZh, en: titleEn })}</a></li>`
  );
  return html`<section id="matrices"><h2>${label("matrices")}</h2>
<p class="muted">${label("cellHint")}</p>${filterBar(result)}<ul class="contents">${links}</ul>
${shown.map((matrix) => matrixTable(matrix, context))}</section>`;
}

/** The 32 facts as a table. */
export function factsSection(result: Result, context: PanelContext): Markup {
  const rows = judgedFacts(result).map((judged) =>
    html`
      <tr>
        <th scope="row">${judged.claim.section}</th>
        <td class="cell ${verdictClass(judged.verdict)}">${claimDetails(judged, context)}</td>
      </tr>
    `
  );
  return factsTable(rows);
}

function matrixTable(
  { id, titleZh, titleEn, columns, rows }: Matrix,
  context: PanelContext,
): Markup {
  const heads = columns.map((column) => html`<th scope="col">${both(column)}</th>`);
  return html`
    <section class="block" aria-labelledby="${id}">
      <h3 id="${id}"><span class="number">${id}</span> ${both({ zh: titleZh, en: titleEn })}</h3>
      <div class="matrix-frame">
        <table class="matrix">
          <thead>
            <tr><td></td>${heads}</tr>
          </thead>
          <tbody>${rows.map((row) => matrixRow(row, columns, context))}</tbody>
        </table>
      </div>
    </section>
  `;
}

function matrixRow(
  { heading, cells }: MatrixRow,
  columns: readonly Heading[],
  context: PanelContext,
): Markup {
  return html`
    <tr><th scope="row">${both(heading)}</th>${cells.map((cell, index) =>
      html`<td class="cell ${verdictClass(cell.verdict)}"><span class="column">${
        heads(columns[index])
      }</span>${claimDetails(cell, context)}</td>`
    )}</tr>
  `;
}

function heads(column: Heading | undefined): Markup | null {
  return column === undefined ? null : both(column);
}

/** A claim that opens; its id is on the panel, so that a link to it opens it without any script. */
function claimDetails({ claim, verdict }: Judged, context: PanelContext): Markup {
  const ratio = verdict?.ratio;
  return html`
    <details name="claim" data-verdict="${verdict?.verdict ?? "absent"}"
      data-paradigm="${paradigmOf(claim)}" data-suites="${(verdict?.evidence ?? []).join(" ")}">
      <summary>${verdictSymbol(verdict?.verdict ?? null)}<span class="claim">${both({
        zh: claim.claimZh,
        en: claim.claimEn,
      })}</span><span class="word">${verdictWord(verdict?.verdict ?? null)}${ratio === undefined
        ? null
        : html`
          <b>${ratioInWords(ratio)}</b>
        `}</span></summary>
      <div class="panel" id="${claim.id}">${claimPanel(claim, verdict, context)}</div>
    </details>
  `;
}
