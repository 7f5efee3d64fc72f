/**
 * What happened to one host, for its page: changes, suspicions, and what is refuted.
 *
 * @module
 */
import { displayText } from "../display.ts";
import { html, type Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import { verdictSymbol } from "../html/verdict.ts";
import { claimInWords, seriesInWords } from "./event_words.ts";
import type { SiteHost } from "./host_summary.ts";
import type { Links } from "./links.ts";
import { eventsList, nightLink, sinceInWords, suspectsInWords } from "./parts.ts";

/** Changes that the page lists; all are in changes.json. */
const MOST_EVENTS = 100;

/** The title of the changes. */
export const CHANGES = { en: "Changes", zh: "变化" } as const;

/** What changed, newest first, and what may have. */
export function changesSection({ summary }: SiteHost, links: Links): Markup {
  const { events, nights } = summary;
  const newestFirst = events.toReversed();
  const shown = newestFirst.slice(0, MOST_EVENTS);
  const none = nights < 2
    ? { en: "One night alone has nothing to be compared with.", zh: "仅有一夜，无可比较。" }
    : {
      en: "None was found. Small ones may hide in the noise.",
      zh: "未发现。细小变化可能隐于噪声。",
    };
  return html`<section id="changes"><h2>${both(CHANGES)}</h2>${
    shown.length === 0 ? html`<p>${both(none)}</p>` : eventsList(shown, { links, hostnames: null })
  }${
    shown.length === events.length
      ? null
      : html`<p class="muted">${shown.length} / ${events.length}; <a href="${
        links.to("changes.json")
      }">changes.json</a></p>`
  }${suspectsList(summary)}</section>`;
}

/** What a second run would have to bear out, or did not. */
function suspectsList({ suspects }: SiteHost["summary"]): Markup | null {
  const { claims, series } = suspects;
  if (claims.length + series.length === 0) return null;
  const { en, zh } = suspectsInWords(suspects);
  const items = [
    ...claims.map((claim) =>
      html`<li>${both(claimInWords(claim))} <code>${displayText(claim, 120)}</code></li>`
    ),
    ...series.map((name) => html`<li>${seriesInWords(name)}</li>`),
  ];
  return html`
    <h3>${both({ en: `In the newest night: ${en}`, zh: `最近一夜：${zh}` })}</h3>
    <ul class="refuted-list">${items}</ul>
  `;
}

/** What is refuted by the newest night that tried it, and since when it is so. */
export function refutedSection({ summary: { refuted } }: SiteHost, links: Links): Markup {
  const items = refuted.map(({ claim, since, wasConfirmed }) =>
    html`<li>${verdictSymbol("refuted")}<div>${both(claimInWords(claim))} <code>${
      displayText(claim, 120)
    }</code><br><span class="muted">${both(sinceInWords(since.startedAt, wasConfirmed))}</span> (${
      nightLink(since, links)
    })</div></li>`
  );
  return html`<section id="refuted"><h2>${label("refuted")} (${refuted.length})</h2>${
    items.length === 0
      ? html`<p class="muted">${both({ en: "Nothing is refuted.", zh: "没有被证伪的论断。" })}</p>`
      : html`<ul class="findings">${items}</ul>`
  }</section>`;
}
