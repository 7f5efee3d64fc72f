/**
 * The first page of a site: every host with its newest night, and what changed last.
 *
 * @module
 */
import { displayText } from "../display.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { stillPage } from "../html/still_page.ts";
import type { Bilingual } from "../sentences.ts";
import { counted, minuteInUtc } from "../units.ts";
import type { HostEvent } from "./events.ts";
import type { SiteHost } from "./host_summary.ts";
import { type FleetParts, FLEETS, fleetsSection } from "./index_fleets.ts";
import { HOSTS, hostsSection } from "./index_hosts.ts";
import type { Links } from "./links.ts";
import { originBanners } from "./origins.ts";
import { eventsList } from "./parts.ts";

/** Changes that the first page shows; all are in changes.json. */
const MOST_EVENTS = 40;

/** What the page is made from. */
export interface IndexParts {
  /** By hostname. */
  readonly hosts: readonly SiteHost[];
  readonly links: Links;
  readonly stylePath: string;
  readonly now: Date;
  readonly fleets: FleetParts;
}

/** The page as a text. */
export function indexPage({ hosts, fleets, links, stylePath, now }: IndexParts): string {
  return stillPage({
    title: "cellproof: hosts, night by night",
    style: { path: stylePath },
    home: "#top",
    links: [
      ...fleets.fleets.length === 0 ? [] : [html`<a href="#fleets">${both(FLEETS)}</a>`],
      html`<a href="#hosts">${both(HOSTS)}</a>`,
      html`<a href="#changes">${both(TITLES.changes)}</a>`,
      html`<a href="#machines">${both(TITLES.machines)}</a>`,
    ],
    banners: originBanners(hosts.map(({ summary }) => summary.newest)),
    body: [
      html`
        <h1 id="top">${both(TITLES.page)}</h1>
        <p class="summary">${both(overview(hosts))}</p>
      `,
      fleetsSection(fleets, links),
      hostsSection(hosts, { links, now }),
      changesSection(hosts, links),
      machinesSection(links),
    ],
  });
}

const TITLES = {
  page: { en: "Hosts, night by night", zh: "主机逐夜记录" },
  changes: { en: "Newest changes", zh: "最新变化" },
  machines: { en: "For machines", zh: "供程序读取" },
} as const;

function overview(hosts: readonly SiteHost[]): Bilingual {
  const nights = hosts.reduce((sum, { summary }) => sum + summary.nights, 0);
  const newest = hosts.map(({ machine }) => machine.lastRun).toSorted().at(-1);
  if (newest === undefined) {
    return { en: "The history holds no run yet.", zh: "历史库中尚无任何运行。" };
  }
  return {
    en:
      `${counted(hosts.length, "host")}, ${counted(nights, "night")}; the newest run started ${
        minuteInUtc(newest)
      }. ` +
      "A host is compared with its own earlier nights.",
    zh: `${hosts.length} 台主机，${nights} 夜；最近一次运行开始于 ${minuteInUtc(newest)}。` +
      "每台主机与其自身以往各夜比较。",
  };
}

/** Newest first. */
export function newestEvents(hosts: readonly SiteHost[]): HostEvent[] {
  return hosts.flatMap(({ summary }) => summary.events)
    .sort(({ run: one }, { run: other }) =>
      one.startedAt < other.startedAt ? 1 : one.startedAt > other.startedAt ? -1 : 0
    );
}

function changesSection(hosts: readonly SiteHost[], links: Links): Markup {
  const events = newestEvents(hosts);
  const hostnames = new Map(
    hosts.map(({ machine }) => [machine.key, displayText(machine.hostname, 60)]),
  );
  const shown = events.slice(0, MOST_EVENTS);
  const body = shown.length === 0
    ? html`<p>${both({ en: "None was found yet.", zh: "尚未发现变化。" })}</p>`
    : eventsList(shown, { links, hostnames });
  const more = events.length > shown.length
    ? html`<p class="muted">${shown.length} / ${events.length}; <a href="${
      links.to("changes.json")
    }">changes.json</a></p>`
    : null;
  return html`<section id="changes"><h2>${both(TITLES.changes)}</h2>${body}${more}</section>`;
}

function machinesSection(links: Links): Markup {
  return html`
    <section id="machines">
      <h2>${both(TITLES.machines)}</h2>
      <ul class="inline">
        <li><a href="${links.to("feed.xml")}">feed.xml</a> (Atom)</li>
        <li><a href="${links.to("index.json")}">index.json</a></li>
        <li><a href="${links.to("changes.json")}">changes.json</a></li>
        <li><a href="${links.to("fleets.json")}">fleets.json</a></li>
      </ul>
    </section>
  `;
}
