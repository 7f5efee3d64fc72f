/**
 * The hosts on a site's first page: how many are how, and a card for each.
 *
 * @module
 */
import { displayText } from "../display.ts";
import type { Machine } from "../history/stored.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { verdictBar } from "../html/verdict_bar.ts";
import type { Bilingual } from "../sentences.ts";
import { counted } from "../units.ts";
import { claimInWords } from "./event_words.ts";
import {
  type HostState,
  type RefutedClaim,
  SILENT_GAPS,
  type SiteHost,
  stateOf,
} from "./host_summary.ts";
import type { Links } from "./links.ts";
import { originMark } from "./origins.ts";
import { nightLink, sinceInWords, stateChip } from "./parts.ts";

/** More cards would make the first page slow to open: then it shows the hosts that need a look first. */
const MOST_CARD_BYTES = 140_000;

/** The page that lists all hosts. */
export const ALL_HOSTS_FILE = "hosts.html";

/** Refuted claims that a card lists. */
const MOST_REFUTED = 15;

/** The title of the hosts. */
export const HOSTS = { en: "Hosts", zh: "主机" } as const;

/** All hosts, what needs a look first; those whose hardware was changed since stand folded. */
export function hostsSection(
  hosts: readonly SiteHost[],
  { links, now }: { readonly links: Links; readonly now: Date },
): Markup {
  const former = hosts.filter(({ successor }) => successor !== null);
  const rows = hostRows(hosts, now);
  const cards = firstCards(rows, links);
  return html`${stateTiles(rows)}<section id="hosts"><h2>${both(HOSTS)}</h2>
<ul class="hosts">${cards}</ul>
${listLink({ shown: cards.length, all: rows.length }, links)}
<p class="muted">${both(SILENCE)}</p>${formerHosts(former, links)}</section>`;
}

const SILENCE = {
  en: `A host counts as silent after ${SILENT_GAPS} of its usual times between nights, and at ` +
    "least 36 hours. What it was like before says nothing of what it is like now.",
  zh: `超过通常间隔的 ${SILENT_GAPS} 倍且至少 36 小时没有新的一夜，即视为久无记录；` +
    "此前的情况不代表现在。",
};

/** The cards that there is room for. */
function firstCards(rows: readonly HostRow[], links: Links): Markup[] {
  const cards: Markup[] = [];
  let bytes = 0;
  for (const row of rows) {
    const card = hostCard(row, links);
    bytes += new TextEncoder().encode(card.text).length;
    if (bytes > MOST_CARD_BYTES) break;
    cards.push(card);
  }
  return cards;
}

function listLink(
  { shown, all }: { readonly shown: number; readonly all: number },
  links: Links,
): Markup | null {
  if (all === 0) return null;
  const some = {
    en: `Shown are the ${shown} that need a look first.`,
    zh: `此处为最需查看的 ${shown} 台。`,
  };
  const words = { en: `All ${counted(all, "host")} in a list`, zh: `全部 ${all} 台主机列表` };
  return html`<p>${shown < all ? both(some) : null} <a href="${links.to(ALL_HOSTS_FILE)}">${
    both(words)
  }</a></p>`;
}

/** A host and how it is doing. */
export interface HostRow {
  readonly host: SiteHost;
  readonly state: HostState;
}

/** The hosts whose hardware is as it was last, what needs a look first. */
export function hostRows(hosts: readonly SiteHost[], now: Date): HostRow[] {
  return hosts.filter(({ successor }) => successor === null)
    .map((host) => ({ host, state: stateOf(host, now) }))
    .sort((one, other) => rankOf(one) - rankOf(other));
}

/** In the order in which hosts stand. */
export const STATES: readonly (readonly [HostState["kind"], Bilingual])[] = [
  ["failed", {
    en: "without a whole result in their newest fleet",
    zh: "最近的机群中没有完整结果",
  }],
  ["changed", { en: "changed in their newest night", zh: "最近一夜有变化" }],
  ["suspect", { en: "suspected of a change that nothing bears out yet", zh: "疑似有变，尚待复核" }],
  ["ahead", { en: "with a night that has not come yet", zh: "最近一夜晚于当前时间" }],
  ["silent", { en: "silent for long", zh: "久无记录" }],
  ["no-night", { en: "without a night", zh: "尚无一夜" }],
  ["new-hardware", {
    en: "with few nights since their hardware changed",
    zh: "更换硬件后夜数尚少",
  }],
  ["first-night", { en: "with one night only", zh: "仅有一夜" }],
  ["no-change", { en: "without a change found in the newest night", zh: "最近一夜未发现变化" }],
];

/** What needs a look stands first. */
function rankOf({ state }: HostRow): number {
  return STATES.findIndex(([kind]) => kind === state.kind);
}

/** How many hosts are in which state; those of which there are none are left out. */
function stateTiles(rows: readonly HostRow[]): Markup {
  const tiles = STATES.map(([kind, words]) => {
    const count = rows.filter(({ state }) => state.kind === kind).length;
    return count === 0
      ? null
      : html`<li class="state ${kind}"><b class="count">${count}</b><p>${both(words)}</p></li>`;
  });
  return html`<ul class="states">${tiles}</ul>`;
}

function hostCard({ host, state }: HostRow, links: Links): Markup {
  const { machine, summary: { newest } } = host;
  return html`
    <li class="host ${state.kind}">
      <div><h3><a href="${links.host(machine.key)}">${displayText(
        machine.hostname,
        80,
      )}</a>${originMark(newest)}</h3>
    <p>${stateChip(state)}</p><p class="muted">${displayText(
      hardware(machine),
      200,
    )}</p>${hardwareRemark(machine, links)}</div>
      <div>${newestNight(host, links)}</div>
      <div>${refutedClaims(host, links)}</div>
    </li>
  `;
}

function hardware({ environment, cpuModel, gpus }: Machine): string {
  return [environment, cpuModel, ...new Set(gpus)].join(" · ");
}

function hardwareRemark({ predecessor, firstRun }: Machine, links: Links): Markup | null {
  if (predecessor === null) return null;
  const day = firstRun.slice(0, 10);
  return html`<p>⇄ ${both({ en: `hardware changed ${day}`, zh: `硬件于 ${day} 更换` })} (<a href="${
    links.host(predecessor)
  }">${both({ en: "before", zh: "更换前" })}</a>)</p>`;
}

function newestNight({ summary: { newest, later } }: SiteHost, links: Links): Markup {
  const unfinished = later === null ? null : html`<p class="muted">${
    both({
      en: "A later run did not end, or is not counted:",
      zh: "之后有一次运行未完成或未计入：",
    })
  } ${nightLink(later, links)}</p>`;
  if (newest === null) return html`<p>–</p>${unfinished}`;
  return html`<p>${nightLink(newest, links)}</p>${verdictBar(newest.counts)}${unfinished}`;
}

/** What was confirmed before stands open: it tells most. */
function refutedClaims({ machine, summary: { refuted } }: SiteHost, links: Links): Markup {
  if (refuted.length === 0) {
    return html`<p class="muted">${
      both({ en: "Nothing is refuted.", zh: "没有被证伪的论断。" })
    }</p>`;
  }
  const fallen = refuted.filter(({ wasConfirmed }) => wasConfirmed)
    .sort((one, other) => one.since.startedAt < other.since.startedAt ? 1 : -1);
  const others = refuted.filter(({ wasConfirmed }) => !wasConfirmed);
  const more = {
    en: `${others.length} refuted ever since they were decided`,
    zh: `${others.length} 条自首次判定起即证伪`,
  };
  return html`${refutedList(fallen)}${
    others.length === 0
      ? null
      : html`<details class="fold"><summary>${both(more)}</summary>${refutedList(others)}</details>`
  }${
    refuted.length > 2 * MOST_REFUTED
      ? html`<p><a href="${links.host(machine.key)}#refuted">${refuted.length} …</a></p>`
      : null
  }`;
}

function refutedList(refuted: readonly RefutedClaim[]): Markup | null {
  if (refuted.length === 0) return null;
  const items = refuted.slice(0, MOST_REFUTED).map(({ claim, since, wasConfirmed }) =>
    html`<li>${both(claimInWords(claim))} <span class="muted">${
      both(sinceInWords(since.startedAt, wasConfirmed))
    }</span></li>`
  );
  return html`<ul class="refuted-list">${items}</ul>`;
}

const FORMER = { en: "Earlier hardware", zh: "更换前的硬件" } as const;

function formerHosts(former: readonly SiteHost[], links: Links): Markup | null {
  if (former.length === 0) return null;
  const items = former.map(({ machine: { key, hostname, firstRun, lastRun }, successor }) =>
    html`<li><a href="${links.host(key)}">${displayText(hostname, 80)}</a> ${
      firstRun.slice(0, 10)
    } – ${lastRun.slice(0, 10)} → <a href="${links.host(successor ?? key)}">${
      both({ en: "after", zh: "更换后" })
    }</a></li>`
  );
  return html`
    <details class="fold">
      <summary>${both(FORMER)} (${former.length})</summary>
      <ul>${items}</ul>
    </details>
  `;
}
