/**
 * The page of one host: how it is, what changed when, how its ratios went, and all its nights.
 *
 * @module
 */
import { displayText } from "../display.ts";
import type { StoredRun } from "../history/stored.ts";
import { html, Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import { stillPage } from "../html/still_page.ts";
import { STATE_FACES } from "../fleet/fleet_words.ts";
import { verdictBar } from "../html/verdict_bar.ts";
import { seriesInWords } from "./event_words.ts";
import { CHANGES, changesSection, refutedSection } from "./host_history.ts";
import type { HostState, SiteHost } from "./host_summary.ts";
import { FLEETS, stateMark } from "./index_fleets.ts";
import type { Links } from "./links.ts";
import { hostFolder } from "./names.ts";
import { nightsTable } from "./nights_table.ts";
import { originBanners, originMark } from "./origins.ts";
import { nightLink, stateChip } from "./parts.ts";
import { MOST_COLUMNS, nightStrip } from "./strip.ts";
import { MOST_CHART_NIGHTS, type Trend } from "./trends.ts";
import { counted, minuteInUtc } from "../units.ts";

/** Runs that the page lists; the others are on a page of their own. */
const NEWEST_NIGHTS = 31;

/** What the page is made from. */
export interface HostParts {
  readonly host: SiteHost;
  readonly state: HostState;
  /** All runs, in time order. */
  readonly runs: readonly StoredRun[];
  /** First runs of the nights that count, in time order. */
  readonly nights: readonly StoredRun[];
  readonly trends: readonly Trend[];
  readonly links: Links;
  readonly stylePath: string;
}

/** The page as a text. */
export function hostPage(parts: HostParts): string {
  const { host: { machine, summary }, links, stylePath } = parts;
  return stillPage({
    title: `cellproof: ${displayText(machine.hostname, 80)}`,
    style: { path: stylePath },
    home: links.to("index.html"),
    links: [
      html`<a href="${links.to("index.html")}">← ${both(TITLES.hosts)}</a>`,
      html`<a href="#changes">${both(CHANGES)}</a>`,
      html`<a href="#refuted">${label("refuted")}</a>`,
      html`<a href="#trends">${both(TITLES.trends)}</a>`,
      html`<a href="#nights">${both(TITLES.nights)}</a>`,
    ],
    banners: originBanners([summary.newest]),
    body: [
      overviewSection(parts),
      stripSection(parts),
      fleetsSection(parts),
      changesSection(parts.host, links),
      refutedSection(parts.host, links),
      trendsSection(parts),
      nightsSection(parts),
      machinesSection(parts),
    ],
  });
}

const TITLES = {
  hosts: { en: "All hosts", zh: "全部主机" },
  strip: { en: "The newest nights", zh: "最近各夜" },
  trends: { en: "Ratios over nights", zh: "比值逐夜走势" },
  nights: { en: "Nights", zh: "各夜" },
  all: { en: "All runs", zh: "全部运行" },
  machines: { en: "For machines", zh: "供程序读取" },
} as const;

function overviewSection({ host, state, links }: HostParts): Markup {
  const { machine, summary: { newest, nights } } = host;
  return html`
    <section id="top">
      <h1>${displayText(machine.hostname, 120)} ${originMark(newest)}</h1>
      <p>${stateChip(state)}</p>
      <div class="columns">
        <div>${newest === null
          ? null
          : html`<p>${both({ en: "Newest night", zh: "最近一夜" })}: ${
            nightLink(newest, links)
          }</p>${verdictBar(newest.counts)}`}</div>
        <dl>${entries(host, links).map(([name, value]) =>
          html`
            <dt>${name}</dt>
            <dd>${value}</dd>
          `
        )}
    <dt>${both(TITLES.nights)}</dt><dd>${nights} (${machine.firstRun.slice(0, 10)} – ${machine
      .lastRun.slice(0, 10)})</dd></dl>
      </div>
    </section>
  `;
}

function entries({ machine, summary: { newest }, successor }: SiteHost, links: Links) {
  const { environment, cpuModel, gpus, predecessor } = machine;
  const configuration = newest?.configuration;
  const texts: (readonly [Markup, string | null | undefined])[] = [
    [label("environment"), environment],
    [label("cpu"), cpuModel],
    [label("gpus"), gpus.join("; ")],
    [label("system"), configuration?.os],
    [both({ en: "Kernel", zh: "内核" }), configuration?.kernel],
    [both({ en: "NVIDIA driver", zh: "NVIDIA 驱动" }), configuration?.gpuDriver],
    [both({ en: "Firmware", zh: "固件" }), configuration?.firmware],
  ];
  const hosts: (readonly [Markup, string | null])[] = [
    [both({ en: "Hardware before", zh: "更换前的硬件" }), predecessor],
    [both({ en: "Hardware after", zh: "更换后的硬件" }), successor],
  ];
  return [
    ...texts.flatMap(([name, text]): [Markup, Markup][] =>
      text === null || text === undefined || text === ""
        ? []
        : [[name, html`${displayText(text, 300)}`]]
    ),
    ...hosts.flatMap(([name, key]): [Markup, Markup][] =>
      key === null ? [] : [[name, html`<a href="${links.host(key)}"><code>${key}</code></a>`]]
    ),
  ];
}

function stripSection({ host, nights, links }: HostParts): Markup | null {
  if (nights.length === 0) return null;
  const changed = new Set(host.summary.events.map(({ run }) => run.startedAt));
  const shown = Math.min(nights.length, MOST_COLUMNS);
  return html`
    <section id="strip">
      <h2>${both(TITLES.strip)}</h2>
      <div class="strip-frame">${nightStrip(nights, { links, changed })}</div>
      <p class="muted">${both({
        en:
          `${
            counted(shown, "night")
          }, the newest on the right: how what was tested came out. ▼ something ` +
          "changed. Each column leads to its night.",
        zh: `${shown} 夜，最新者居右：已测论断的判定。▼ 表示有变化。点击各列可查看该夜。`,
      })}</p>
    </section>
  `;
}

function fleetsSection({ host: { fleets }, links }: HostParts): Markup | null {
  if (fleets.length === 0) return null;
  const rows = fleets.map(({ fleet, name, state, because }) =>
    html`
      <tr>
        <td><a href="${links.fleet(fleet.id)}">${minuteInUtc(fleet.startedAt)}</a></td>
        <td>${displayText(name, 80)}</td>
        <td>${stateMark(state)} ${both(STATE_FACES[state])}</td>
        <td>${because === null ? null : displayText(because, 300)}</td>
      </tr>
    `
  );
  return html`
    <section id="fleets">
      <h2>${both(FLEETS)}</h2>
      <table class="nights">
        <tbody>${rows}</tbody>
      </table>
    </section>
  `;
}

function trendsSection({ host, trends, links }: HostParts): Markup {
  const json = links.to(`${hostFolder(host.machine.key)}/series.json`);
  const figures = trends.map(({ series, svg }) =>
    // The picture is Vega's own output, which escapes every text in it.
    html`<figure class="chart" role="img" aria-label="${seriesInWords(series)}">${new Markup(
      svg,
    )}</figure>`
  );
  return html`
    <section
      id="trends"><h2>${both(TITLES.trends)}</h2><p class="muted">${both({
        en:
          `Drawn are the ratios that changed, and those that most claims rest on, over the newest ` +
          `${MOST_CHART_NIGHTS} nights at most. All are in`,
        zh: `所绘为有变化的比值及最多论断所依据的比值，至多最近 ${MOST_CHART_NIGHTS} 夜。全部见`,
      })} <a href="${json}">series.json</a>.</p>${figures}</section>
  `;
}

function nightsSection({ host, runs, links }: HostParts): Markup {
  const changed = new Set(host.summary.events.map(({ run }) => run.startedAt));
  const all = links.to(`${hostFolder(host.machine.key)}/nights.html`);
  return html`
    <section
      id="nights"><h2>${both(TITLES.nights)}</h2>${nightsTable(runs.slice(-NEWEST_NIGHTS), {
        links,
        changed,
      })}<p><a href="${all}">${both(TITLES.all)} (${runs.length})</a></p></section>
  `;
}

function machinesSection({ host: { machine: { key } }, links }: HostParts): Markup {
  const folder = hostFolder(key);
  const files = ["nights.json", "series.json", "badge.svg"].map((name) =>
    html`<li><a href="${links.to(`${folder}/${name}`)}">${name}</a></li>`
  );
  return html`
    <section id="machines">
      <h2>${both(TITLES.machines)}</h2>
      <p><img src="${links.to(`${folder}/badge.svg`)}" alt="badge"> <code>${key}</code></p>
      <ul class="inline">${files}</ul>
    </section>
  `;
}
