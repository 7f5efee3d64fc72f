/**
 * `compare.html`: two results side by side, one self-contained page without scripts.
 *
 * @module
 */
import { claimOf } from "../../suites/claims/claims.ts";
import { VERDICT_CHANGES, type VerdictChange, type VerdictPair } from "../../suites/compare.ts";
import type { Difference } from "../../suites/compare_surroundings.ts";
import type { ClaimVerdict } from "../../suites/result.ts";
import type { Side } from "../../suites/statistics/two_runs.ts";
import { html, type Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import { THEME_STYLE } from "../html/sources.ts";
import { stillPage } from "../html/still_page.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import { verdictBar } from "../html/verdict_bar.ts";
import { tookInWords } from "../sentences.ts";
import { minuteInUtc, ratioWithInterval } from "../units.ts";
import { countVerdicts } from "../verdicts.ts";
import compareStyle from "./compare.css" with { type: "text" };
import {
  ASPECT_WORDS,
  caution,
  CHANGE_TITLES,
  type Compared,
  comparisonWarnings,
  SIDES,
  valueInWords,
  verdictCounts,
} from "./compared.ts";
import { aloneSection, ratiosSection } from "./ratios.ts";

const STYLE = THEME_STYLE + compareStyle;

/** The page as a text. */
export function comparisonPage(compared: Compared): string {
  const names = SIDES.map((side) => compared[side].host.hostname);
  return stillPage({
    title: `cellproof: ${names.join(" and ")}`,
    style: { text: STYLE },
    home: "#overview",
    links: [
      html`<a href="#around">${both(TITLES.around)}</a>`,
      html`<a href="#verdicts">${both(TITLES.verdicts)}</a>`,
      html`<a href="#ratios">${both(TITLES.ratios)}</a>`,
    ],
    banners: comparisonWarnings(compared),
    body: [
      overviewSection(compared),
      aroundSection(compared.comparison.surroundings.differences),
      verdictsSection(compared),
      ratiosSection(compared, TITLES.ratios),
      aloneSection(compared),
    ],
  });
}

const TITLES = {
  page: { en: "Two results side by side", zh: "两份结果对比" },
  around: { en: "What differs around the runs", zh: "运行环境的差异" },
  verdicts: { en: "Verdicts that differ", zh: "不同的判定" },
  ratios: { en: "Ratios to native", zh: "与原生之比" },
} as const;

function overviewSection(compared: Compared): Markup {
  return html`
    <section id="overview">
      <h1>${both(TITLES.page)}</h1>
      <div class="sides">${SIDES.map((side) => sideCard(side, compared))}</div>
      <p class="summary">${both(headline(compared))}</p>
      <p class="muted summary">${both(caution(compared))}</p>
    </section>
  `;
}

function sideCard(side: Side, compared: Compared): Markup {
  const { host, run, claims } = compared[side];
  return html`<article class="side"><h2>${badge(side)} ${host.hostname}</h2>
<p>${minuteInUtc(run.startedAt)}, ${tookInWords(run).en}</p>
<p class="muted">${host.environment}, ${host.kernel}, cellproof ${run.version}</p>
${verdictBar(countVerdicts(claims))}</article>`;
}

/** The letter of a side, in its colour. */
function badge(side: Side): Markup {
  return html`<span class="letter side-${side}">${side.toUpperCase()}</span>`;
}

function headline({ comparison: { verdicts, ratios } }: Compared) {
  const count = (kind: VerdictChange) =>
    verdicts.different.filter((pair) => pair.kind === kind).length;
  const parted = ratios.pairs.filter(({ finding }) => finding.kind === "parted").length;
  const [opposed, inOne, all] = [count("opposed"), count("decided-in-one"), ratios.pairs.length];
  return {
    en: `Decided both ways: ${opposed}. Decided in one result alone: ${inOne}. ` +
      `Ratios that have parted: ${parted} of ${all}.`,
    zh:
      `判定相反：${opposed} 条；仅一方已判定：${inOne} 条；分离的比值：${all} 个中的 ${parted} 个。`,
  };
}

function aroundSection(differences: readonly Difference[]): Markup {
  const rows = differences.map(({ aspect, tool, a, b }) =>
    html`
      <tr>
        <th scope="row">${tool === null
          ? both(ASPECT_WORDS[aspect])
          : html`<code>${tool}</code>`}</th>
        <td>${valueInWords(aspect, a)}</td>
        <td>${valueInWords(aspect, b)}</td>
      </tr>
    `
  );
  return html`<section id="around"><h2>${both(TITLES.around)}</h2>${
    rows.length === 0
      ? html`<p>${both({ en: "Nothing that the results tell of.", zh: "结果中未见差异。" })}</p>`
      : html`
        <table class="around">
          <thead>
            <tr>
              <td></td>
              <th scope="col">${badge("a")}</th>
              <th scope="col">${badge("b")}</th>
            </tr>
          </thead>
          <tbody>${rows}</tbody>
        </table>
      `
  }</section>`;
}

function verdictsSection(compared: Compared): Markup {
  const { verdicts } = compared.comparison;
  const { en, zh } = verdictCounts(compared);
  const groups = VERDICT_CHANGES.map((kind) =>
    changeGroup(kind, verdicts.different.filter((pair) => pair.kind === kind))
  );
  return html`<section id="verdicts"><h2>${both(TITLES.verdicts)}</h2>
<p class="muted">${both({ en: `Claims: ${en}.`, zh: `论断：${zh}。` })}</p>${groups}${
    SIDES.map((side) => claimsAlone(side, verdicts.only[side]))
  }</section>`;
}

/** What is decided in neither stands folded: it tells least, and is often longest. */
function changeGroup(kind: VerdictChange, pairs: readonly VerdictPair[]): Markup | null {
  if (pairs.length === 0) return null;
  const title = html`${both(CHANGE_TITLES[kind])} (${pairs.length})`;
  const table = html`
    <table class="pairs">
      <thead>
        <tr>
          <th scope="col">${label("claim")}</th>
          <th scope="col">${badge("a")}</th>
          <th scope="col">${badge("b")}</th>
        </tr>
      </thead>
      <tbody>${pairs.map(pairRow)}</tbody>
    </table>
  `;
  return kind === "otherwise"
    ? html`<details class="fold"><summary>${title}</summary>${table}</details>`
    : html`<h3>${title}</h3>${table}`;
}

function pairRow({ id, a, b }: VerdictPair): Markup {
  return html`<tr id="${id}"><th scope="row">${claimName(id)}</th>${[a, b].map(verdictCell)}</tr>`;
}

function claimName(id: string): Markup {
  const claim = claimOf(id);
  const place = claim?.kind === "cell"
    ? html`${both({ en: claim.rowEn, zh: claim.rowZh })}, ${
      both({ en: claim.columnEn, zh: claim.columnZh })
    }<br>`
    : null;
  return html`${place}${
    claim === null ? null : html`<q>${both({ en: claim.claimEn, zh: claim.claimZh })}</q>`
  }<code>${id}</code>`;
}

function verdictCell(verdict: ClaimVerdict): Markup {
  const ratio = ratioWithInterval(verdict);
  return html`<td class="${verdict.verdict}">${verdictSymbol(verdict.verdict)} <b>${
    verdictWord(verdict.verdict)
  }</b><p>${verdict.because}</p>${ratio === "" ? null : html`<p class="figure">${ratio}</p>`}</td>`;
}

function claimsAlone(side: Side, ids: readonly string[]): Markup | null {
  if (ids.length === 0) return null;
  const items = ids.map((id) => html`<li><code>${id}</code></li>`);
  return html`
    <details class="fold">
      <summary>${both({
        en: `Claims in ${side.toUpperCase()} alone (${ids.length})`,
        zh: `仅 ${side.toUpperCase()} 含有的论断（${ids.length}）`,
      })}</summary>
      <ul class="inline">${items}</ul>
    </details>
  `;
}
