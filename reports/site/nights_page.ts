/**
 * The page that lists all runs of a host.
 *
 * @module
 */
import { displayText } from "../display.ts";
import type { StoredRun } from "../history/stored.ts";
import { html } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { stillPage } from "../html/still_page.ts";
import type { SiteHost } from "./host_summary.ts";
import type { Links } from "./links.ts";
import { nightsTable } from "./nights_table.ts";
import { counted } from "../units.ts";

/** What the page is made from. */
export interface NightsParts {
  readonly host: SiteHost;
  /** All runs, in time order. */
  readonly runs: readonly StoredRun[];
  /** Of how many of the newest nights the runs have a page of their own. */
  readonly reports: number;
  readonly links: Links;
  readonly stylePath: string;
}

/** The page as a text. */
export function nightsPage({ host, runs, reports, links, stylePath }: NightsParts): string {
  const hostname = displayText(host.machine.hostname, 80);
  const changed = new Set(host.summary.events.map(({ run }) => run.startedAt));
  const limit = {
    en:
      `Runs of the newest ${reports} nights have pages (deno task site --reports N). What the others ` +
      "found is in the trends, the changes and the JSON files.",
    zh:
      `最近 ${reports} 夜的运行有各自的页面（deno task site --reports N）；其余见走势图、变化列表与 JSON 文件。`,
  };
  return stillPage({
    title: `cellproof: ${hostname}`,
    style: { path: stylePath },
    home: links.to("index.html"),
    links: [html`<a href="index.html">← ${hostname}</a>`],
    banners: [],
    body: [
      html`
        <h1>${hostname}</h1>
        <p class="summary">${both({
          en: `All, ${counted(runs.length, "run")}`,
          zh: `全部 ${runs.length} 次运行`,
        })}</p>
      `,
      runs.some((run) => links.night(run) === null)
        ? html`<p class="muted">${both(limit)}</p>`
        : null,
      nightsTable(runs, { links, changed }),
    ],
  });
}
