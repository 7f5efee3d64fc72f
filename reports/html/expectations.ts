/**
 * What became of the expectations that a run was held to.
 *
 * @module
 */
import type { Agreement } from "../../suites/expectations.ts";
import { agreementSentence, MOST_TOLD, type Told, toldOf } from "../agreement.ts";
import { html, type Markup } from "./html.ts";
import { label } from "./labels.ts";

/** What differs, what matters most first; null for a run that was held to nothing. */
export function expectationsPart(agreement: Agreement | null): Markup | null {
  if (agreement === null) return null;
  const told = toldOf(agreement);
  const rest = told.length - MOST_TOLD;
  return html`<h2 id="expectations">${label("expectations")}</h2><p>${
    agreementSentence(agreement)
  }</p>${
    told.length === 0
      ? null
      : html`<ul class="expectations">${told.slice(0, MOST_TOLD).map(toldItem)}</ul>`
  }${rest > 0 ? html`<p class="muted">… ${rest}. ${label("more")}</p>` : null}`;
}

function toldItem({ weight, title, text }: Told): Markup {
  return html`<li><b>${weight}</b>: ${title}. <span class="muted">${text}</span></li>`;
}
