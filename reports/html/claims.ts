/**
 * The document's matrices and facts, each claim with its verdict.
 *
 * @module
 */
import type { Cell } from "../../suites/claims/claims.ts";
import type { Result } from "../../suites/result.ts";
import {
  claimsWith,
  type Heading,
  type Judged,
  judgedFacts,
  matrices,
  type Matrix,
  type MatrixRow,
} from "../judged.ts";
import { ratioInWords } from "../units.ts";
import { html, type Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { verdictClass, verdictPanel, verdictSymbol, verdictWord } from "./verdict.ts";

/** The 14 matrices, rows and columns as the document has them. */
export function matricesSection(result: Result): Markup {
  const shown = matrices(result);
  const links = shown.map(({ id, titleZh, titleEn }) =>
    html`<li><a href="#${id}"><b>${id}</b> ${both({ zh: titleZh, en: titleEn })}</a></li>`
  );
  return html`<section id="matrices"><h2>${label("matrices")}</h2>
<p class="muted">${label("cellHint")}</p><ul class="contents">${links}</ul>
${shown.map(matrixTable)}</section>`;
}

/** The 32 facts as a table. */
export function factsSection(result: Result): Markup {
  const rows = judgedFacts(result).map(({ claim, verdict }) =>
    html`
      <tr>
        <th scope="row">${claim.section}</th>
        <td class="cell ${verdictClass(verdict)}">${claimDetails({ claim, verdict })}</td>
      </tr>
    `
  );
  return html`
    <section id="facts">
      <h2>${label("facts")}</h2>
      <table class="matrix facts">
        <thead>
          <tr>
            <th scope="col">${label("section")}</th>
            <th scope="col">${label("claim")}</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </section>
  `;
}

/** The decided claims: the refuted ones with their sentences, the confirmed ones by name. */
export function findings(result: Result): Markup | null {
  const [refuted, confirmed] = [claimsWith(result, "refuted"), claimsWith(result, "confirmed")];
  if (refuted.length + confirmed.length === 0) return null;
  return html`${
    refuted.length === 0
      ? null
      : html`<h3>${label("refuted")} (${refuted.length})</h3>${
        findingList(refuted, ({ verdict }) => html`<br>${verdict?.because ?? ""}`)
      }`
  }${
    confirmed.length === 0
      ? null
      : html`<details class="fold"><summary>${label("confirmed")} (${confirmed.length})</summary>${
        findingList(confirmed, () => null)
      }</details>`
  }`;
}

function findingList(
  list: readonly Judged[],
  sentence: (judged: Judged) => Markup | null,
): Markup {
  const items = list.map(({ claim, verdict }) =>
    html`<li>${verdictSymbol(verdict?.verdict ?? null)}<div><a href="#${claim.id}">${
      claim.kind === "cell" ? both({ zh: claim.rowZh, en: claim.rowEn }) : claim.section
    }${
      claim.kind === "cell" ? html`, ${both({ zh: claim.columnZh, en: claim.columnEn })}` : null
    }: <q>${both({ zh: claim.claimZh, en: claim.claimEn })}</q></a>${
      sentence({ claim, verdict })
    }</div></li>`
  );
  return html`<ul class="findings">${items}</ul>`;
}

function matrixTable({ id, titleZh, titleEn, columns, rows }: Matrix): Markup {
  const heads = columns.map((column) => html`<th scope="col">${both(column)}</th>`);
  return html`
    <h3 id="${id}"><span class="number">${id}</span> ${both({ zh: titleZh, en: titleEn })}</h3>
    <div class="matrix-frame">
      <table class="matrix">
        <thead>
          <tr><td></td>${heads}</tr>
        </thead>
        <tbody>${rows.map((row) => matrixRow(row, columns))}</tbody>
      </table>
    </div>
  `;
}

function matrixRow({ heading, cells }: MatrixRow, columns: readonly Heading[]): Markup {
  return html`
    <tr><th scope="row">${both(heading)}</th>${cells.map((cell, index) =>
      matrixCell(cell, columns[index])
    )}</tr>
  `;
}

function matrixCell(judged: Judged<Cell>, column: Heading | undefined): Markup {
  return html`<td class="cell ${verdictClass(judged.verdict)}"><span class="column">${
    column === undefined ? null : both(column)
  }</span>${claimDetails(judged)}</td>`;
}

/** A claim that opens; its id is on the panel, so that a link to it opens it without any script. */
function claimDetails({ claim, verdict }: Judged): Markup {
  const ratio = verdict?.ratio;
  return html`
    <details name="claim">
      <summary>${verdictSymbol(verdict?.verdict ?? null)}<span class="claim">${both({
        zh: claim.claimZh,
        en: claim.claimEn,
      })}</span><span class="word">${verdictWord(verdict?.verdict ?? null)}${ratio === undefined
        ? null
        : html`
          <b>${ratioInWords(ratio)}</b>
        `}</span></summary>
      <div class="panel" id="${claim.id}">${verdictPanel(claim.id, verdict)}</div>
    </details>
  `;
}
