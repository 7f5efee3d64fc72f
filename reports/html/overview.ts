/**
 * What a reader must see first: how many claims have which verdict, what was refuted and how sure that
 * is, where the document contradicts itself, and what would decide more.
 *
 * @module
 */
import type { Agreement } from "../../suites/expectations.ts";
import {
  type Contradiction,
  type MissingThing,
  type Result,
  VERDICTS,
} from "../../suites/result.ts";
import { certainty, type FindObservation, observationsOf } from "../certainty.ts";
import { requirementInWords } from "../check_words.ts";
import { claimsWith, type Judged } from "../judged.ts";
import { neededInWords, summary } from "../sentences.ts";
import { countVerdicts, FACES } from "../verdicts.ts";
import { expectationsPart } from "./expectations.ts";
import { html, type Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { verdictSymbol } from "./verdict.ts";

/** The first screen. */
export function overviewSection(result: Result, agreement: Agreement | null): Markup {
  return html`<section id="overview"><h1>${label("title")}</h1>
<p class="summary">${both(summary(result))}</p>${tiles(result)}${meanings()}${
    expectationsPart(agreement)
  }
<div class="columns"><div>${refutedList(result)}</div>
<div>${needsList(result.coverage.missing)}${contradictionsList(result.contradictions)}${
    notes(result)
  }</div></div>${confirmedList(result)}</section>`;
}

/** The counts; the page's script makes them choose what the matrices show. */
function tiles({ claims }: Result): Markup {
  const counts = countVerdicts(claims);
  const items = VERDICTS.map((verdict) => {
    const { wordEn, wordZh } = FACES[verdict];
    return html`
      <li class="${verdict}"
        data-choose="${verdict}"><span class="count">${counts[
          verdict
        ]}</span><span class="tile-word">${verdictSymbol(verdict)} <b>${both({
          en: wordEn,
          zh: wordZh,
        })}</b></span></li>
    `;
  });
  return html`<ul class="tiles">${items}</ul>`;
}

function meanings(): Markup {
  const items = VERDICTS.map((verdict) => {
    const { wordEn, wordZh, meaningEn, meaningZh } = FACES[verdict];
    return html`
      <dt>${verdictSymbol(verdict)} ${both({ en: wordEn, zh: wordZh })}</dt>
      <dd>${both({ en: meaningEn, zh: meaningZh })}</dd>
    `;
  });
  return html`
    <details class="fold">
      <summary>${label("meanings")}</summary>
      <dl>${items}</dl>
      <p>${label("sureness")}</p>
    </details>
  `;
}

function refutedList(result: Result): Markup {
  const refuted = claimsWith(result, "refuted");
  const find = observationsOf(result);
  return html`<h2 id="refuted">${label("refuted")} (${refuted.length})</h2>${
    refuted.length === 0
      ? html`<p class="muted">${label("noneRefuted")}</p>`
      : html`<ul class="findings">${refuted.map((judged) => refutedItem(judged, find))}</ul>`
  }`;
}

function refutedItem(judged: Judged, find: FindObservation): Markup {
  const { verdict } = judged;
  const sure = verdict === null ? null : certainty(verdict, find);
  return html`<li>${verdictSymbol("refuted")}<div>${claimLink(judged)}<br>${
    verdict?.because ?? ""
  }${sure === null ? null : html`<span class="sure">${both(sure)}</span>`}</div></li>`;
}

function confirmedList(result: Result): Markup | null {
  const confirmed = claimsWith(result, "confirmed");
  if (confirmed.length === 0) return null;
  const items = confirmed.map((judged) =>
    html`<li>${verdictSymbol("confirmed")}<div>${claimLink(judged)}</div></li>`
  );
  return html`
    <details class="fold">
      <summary>${label("confirmed")} (${confirmed.length})</summary>
      <ul class="findings many">${items}</ul>
    </details>
  `;
}

/** A claim in its own words, which lead to it on the same page. */
export function claimLink({ claim }: Pick<Judged, "claim">): Markup {
  const place = claim.kind === "cell"
    ? html`${both({ zh: claim.rowZh, en: claim.rowEn })}, ${
      both({ zh: claim.columnZh, en: claim.columnEn })
    }`
    : html`${claim.section}`;
  return html`<a href="#${claim.id}">${place}: <q>${
    both({ zh: claim.claimZh, en: claim.claimEn })
  }</q></a> <code>${claim.id}</code>`;
}

/** What open claims need, with how many it would help; null where they need nothing that is known. */
export function needsList(missing: readonly MissingThing[]): Markup | null {
  if (missing.length === 0) return null;
  const items = missing.map((thing) =>
    html`<li><b>${requirementInWords(thing.requirement)}</b>: ${both(neededInWords(thing))}</li>`
  );
  return html`
    <h2 id="needs">${label("missingThings")}</h2>
    <ul class="missing">${items}</ul>
  `;
}

/** The pairs on which the evidence took a side first, the others folded. */
function contradictionsList(contradictions: readonly Contradiction[]): Markup | null {
  if (contradictions.length === 0) return null;
  const taken = contradictions.filter(({ evidenceTook }) => evidenceTook !== null);
  const open = contradictions.filter(({ evidenceTook }) => evidenceTook === null);
  return html`<h2 id="contradictions">${label("contradictions")} (${contradictions.length})</h2>
<ul class="pairs">${taken.map(contradictionItem)}</ul>${
    open.length === 0 ? null : html`
      <details class="fold">
        <summary>${label("tookNone")} (${open.length})</summary>
        <ul class="pairs">${open.map(contradictionItem)}</ul>
      </details>
    `
  }`;
}

function contradictionItem({ ids: [one, other], because, evidenceTook }: Contradiction): Markup {
  return html`<li><a href="#${one}">${one}</a> ↔ <a href="#${other}">${other}</a><br>${because}${
    evidenceTook === null ? null : html`
      <b>${label("took")} ${evidenceTook}.</b>
    `
  }</li>`;
}

function notes({ run }: Result): Markup | null {
  if (run.notes.length === 0) return null;
  return html`
    <h2 id="notes">${label("notes")}</h2>
    <ul class="notes">${run.notes.map((note) => html`<li>${note}</li>`)}</ul>
  `;
}
