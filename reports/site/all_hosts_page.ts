/**
 * The page that lists all hosts, a line for each: the first page may not have room for a card of each.
 *
 * @module
 */
import type { Verdict } from "../../suites/result.ts";
import { displayText } from "../display.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { stillPage } from "../html/still_page.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import { counted } from "../units.ts";
import type { SiteHost } from "./host_summary.ts";
import { type HostRow, hostRows, STATES } from "./index_hosts.ts";
import type { Links } from "./links.ts";
import { originBanners, originMark } from "./origins.ts";
import { nightLink } from "./parts.ts";

/** What the page is made from. */
export interface AllHostsParts {
  /** By hostname. */
  readonly hosts: readonly SiteHost[];
  readonly links: Links;
  readonly stylePath: string;
  readonly now: Date;
}

/** Verdicts whose counts a line shows: what was tested. */
const SHOWN: readonly Verdict[] = ["confirmed", "refuted", "inconclusive", "error"];

/** The page as a text. */
export function allHostsPage({ hosts, links, stylePath, now }: AllHostsParts): string {
  const rows = hostRows(hosts, now);
  return stillPage({
    title: "cellproof: hosts",
    style: { path: stylePath },
    home: links.to("index.html"),
    links: [html`<a href="${links.to("index.html")}">← cellproof</a>`],
    banners: originBanners(hosts.map(({ summary }) => summary.newest)),
    body: [
      html`<h1>${both({ en: counted(rows.length, "host"), zh: `${rows.length} 台主机` })}</h1>`,
      ...STATES.map(([kind, words]) => {
        const group = rows.filter(({ state }) => state.kind === kind);
        return group.length === 0
          ? null
          : html`<section><h2><span class="state ${kind}">${
            both(words)
          }</span> (${group.length})</h2>${hostsTable(group, links)}</section>`;
      }),
    ],
  });
}

const TITLES = {
  host: { en: "Host", zh: "主机" },
  night: { en: "Newest night", zh: "最近一夜" },
} as const;

function hostsTable(rows: readonly HostRow[], links: Links): Markup {
  return html`
    <table class="nights">
      <thead>
        <tr><th scope="col">${both(TITLES.host)}</th><th scope="col">${both(
          TITLES.night,
        )}</th>${SHOWN.map((verdict) =>
          html`<th scope="col">${verdictSymbol(verdict)} ${verdictWord(verdict)}</th>`
        )}</tr>
      </thead>
      <tbody>${rows.map(({ host }) => hostRow(host, links))}</tbody>
    </table>
  `;
}

function hostRow({ machine, summary: { newest } }: SiteHost, links: Links): Markup {
  const counts = SHOWN.map((verdict) => html`<td>${newest?.counts[verdict] ?? "–"}</td>`);
  return html`<tr><td><a href="${links.host(machine.key)}">${
    displayText(machine.hostname, 60)
  }</a> ${originMark(newest)}</td><td>${
    newest === null ? "–" : nightLink(newest, links)
  }</td>${counts}</tr>`;
}
