/**
 * The document's matrices and facts, each claim with the fleet's verdict and how many hosts say what.
 *
 * @module
 */
import type { FleetClaim, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { requirementInWords } from "../check_words.ts";
import { html, type Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import { type Judged, judgedFacts, matrices, type Matrix, type MatrixRow } from "../judged.ts";
import { hostCounts } from "./page_parts.ts";

/** The 14 matrices, rows and columns as the document has them. */
export function matricesSection(fleet: FleetResult): Markup {
  const shown = matrices(fleet);
  const links = shown.map(({ id, titleZh, titleEn }) =>
    html`<li><a href="#${id}"><b>${id}</b> ${both({ zh: titleZh, en: titleEn })}</a></li>`
  );
  return html`<section id="matrices"><h2>${label("matrices")}</h2>
<p class="muted">${both(HINT)}</p><ul class="contents">${links}</ul>${
    shown.map(matrixTable)
  }</section>`;
}

const HINT = {
  en:
    "A cell has the colour and the sign of the fleet's verdict; below it stands how many of the judged " +
    "hosts say what. Each cell opens: by click, or by Enter on the keyboard.",
  zh: "单元格的颜色与符号为机群的判定，其下为各判定的主机数。" +
    "每个单元格均可展开：点击，或用键盘回车。",
} as const;

/** The 32 facts as a table. */
export function factsSection(fleet: FleetResult): Markup {
  const rows = judgedFacts(fleet).map((judged) =>
    html`<tr><th scope="row">${judged.claim.section}</th>${cell(judged, null)}</tr>`
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

function matrixTable({ id, titleZh, titleEn, columns, rows }: Matrix<FleetClaim>): Markup {
  const heads = columns.map(both);
  return html`
    <section class="block" aria-labelledby="${id}">
      <h3 id="${id}"><span class="number">${id}</span> ${both({ zh: titleZh, en: titleEn })}</h3>
      <div class="matrix-frame">
        <table class="matrix">
          <thead>
            <tr><td></td>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
          </thead>
          <tbody>${rows.map((row) => matrixRow(row, heads))}</tbody>
        </table>
      </div>
    </section>
  `;
}

function matrixRow({ heading, cells }: MatrixRow<FleetClaim>, heads: readonly Markup[]): Markup {
  return html`
    <tr><th scope="row">${both(heading)}</th>${cells.map((one, index) =>
      cell(one, heads[index] ?? null)
    )}</tr>
  `;
}

/** A claim that opens; its id is on the panel, so that a link to it opens it without any script. */
function cell(
  { claim, verdict }: Judged<Judged["claim"], FleetClaim>,
  head: Markup | null,
): Markup {
  const known = verdict?.verdict ?? null;
  const column = head === null ? null : html`<span class="column">${head}</span>`;
  return html`
    <td
      class="cell ${known ?? "absent"}">${column}<details name="claim"><summary>${verdictSymbol(
        known,
      )}<span class="claim">${both({
        zh: claim.claimZh,
        en: claim.claimEn,
      })}</span><span class="word">${verdict === null
        ? label("absent")
        : hostCounts(verdict.counts)}</span></summary><div class="panel" id="${claim
        .id}">${verdict === null ? null : panel(verdict)}</div></details></td>
  `;
}

function panel({ id, verdict, because, reading, lacks }: FleetClaim): Markup {
  return html`<p class="place"><code>${id}</code> ${verdictWord(verdict)}</p>
<p class="because">${because}</p><p class="muted">${label("reading")}: ${reading}</p>${
    lacks === null ? null : html`<p>${label("lacks")}: ${requirementInWords(lacks)}</p>`
  }`;
}
