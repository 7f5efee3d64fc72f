/**
 * The document's matrices and facts, each claim with the fleet's verdict and how many hosts say what.
 *
 * @module
 */
import { type Fact, FACTS } from "../../suites/claims/claims.ts";
import type { FleetClaim, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { requirementInWords } from "../check_words.ts";
import { factsTable } from "../html/facts_table.ts";
import { html, type Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import { type Judged, judgedFacts, matrices, type Matrix, type MatrixRow } from "../judged.ts";
import type { Bilingual } from "../sentences.ts";
import { hostCounts } from "./page_parts.ts";

/** The matrices of which a claim was selected, rows and columns as the document has them; null for none. */
export function matricesSection(fleet: FleetResult): Markup | null {
  const shown = matrices(fleet).filter(isSelected);
  if (shown.length === 0) return null;
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

/** The facts that were selected, as a table; null for none. */
export function factsSection(fleet: FleetResult): Markup | null {
  const facts = selectedFacts(fleet);
  if (facts.length === 0) return null;
  const rows = facts.map((judged) =>
    html`<tr><th scope="row">${judged.claim.section}</th>${cell(judged, null)}</tr>`
  );
  return factsTable(rows);
}

/** How many matrices and facts were not selected; null where all were, or nothing is judged. */
export function unselectedPart(fleet: FleetResult): Markup | null {
  const all = matrices(fleet);
  const without = {
    matrices: all.length - all.filter(isSelected).length,
    facts: FACTS.length - selectedFacts(fleet).length,
  };
  const count = without.matrices + without.facts;
  if (count === 0 || fleet.claims.length === 0) return null;
  return html`<p class="muted">${both(unselectedInWords(without))}</p>`;
}

function unselectedInWords(
  { matrices, facts }: { readonly matrices: number; readonly facts: number },
): Bilingual {
  const parts = [
    { count: matrices, en: matrices === 1 ? "matrix" : "matrices", zh: "个矩阵" },
    { count: facts, en: facts === 1 ? "fact" : "facts", zh: "条事实" },
  ].filter(({ count }) => count > 0);
  const named = parts.map(({ count, en }) => `${count} ${en}`).join(" and ");
  return {
    en: `${named} ${matrices + facts === 1 ? "was" : "were"} not selected.`,
    zh: `${parts.map(({ count, zh }) => `${count} ${zh}`).join("和 ")}未被选择。`,
  };
}

function isSelected({ rows }: Matrix<FleetClaim>): boolean {
  return rows.some(({ cells }) => cells.some(({ verdict }) => verdict !== null));
}

function selectedFacts(fleet: FleetResult): Judged<Fact, FleetClaim>[] {
  return judgedFacts(fleet).filter(({ verdict }) => verdict !== null);
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
