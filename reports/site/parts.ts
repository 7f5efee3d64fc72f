/**
 * Parts that several pages of a site have.
 *
 * @module
 */
import { STATE_FACES } from "../fleet/fleet_words.ts";
import { html, type Markup } from "../html/html.ts";
import { intervalPair, scaleOf } from "../html/interval_pair.ts";
import { both } from "../html/labels.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import { displayText } from "../display.ts";
import type { Bilingual } from "../sentences.ts";
import { intervalInWords, minuteInUtc, ratioInWords } from "../units.ts";
import { changeInWords, claimInWords, seriesInWords, sureness } from "./event_words.ts";
import {
  type DriftEvent,
  type EventGroup,
  type FlipEvent,
  groupEvents,
  type HostEvent,
  type RunName,
} from "./events.ts";
import type { HostState } from "./host_summary.ts";
import type { Links } from "./links.ts";
import type { Suspects } from "./suspects.ts";

/** How a host is doing, as a sign and a sentence. */
export function stateChip(state: HostState): Markup {
  const { sign, words } = faceOf(state);
  return html`<span class="state ${state.kind}"><b aria-hidden="true">${sign}</b> ${
    both(words)
  }</span>`;
}

function faceOf(state: HostState): { readonly sign: string; readonly words: Bilingual } {
  switch (state.kind) {
    case "failed": {
      const day = state.startedAt.slice(0, 10);
      const { sign, en, zh } = STATE_FACES[state.state];
      return {
        sign,
        words: { en: `${en}, in the fleet of ${day}`, zh: `${zh}（${day} 的机群）` },
      };
    }
    case "silent": {
      const day = state.since.slice(0, 10);
      return { sign: "?", words: { en: `no night since ${day}`, zh: `自 ${day} 起没有新的一夜` } };
    }
    case "changed": {
      const count = state.events.length;
      const en = `${count} ${count === 1 ? "change" : "changes"} in the newest night`;
      return { sign: "▲", words: { en, zh: `最近一夜有 ${count} 处变化` } };
    }
    case "ahead": {
      const day = state.startedAt.slice(0, 10);
      return {
        sign: "?",
        words: {
          en: `not known: the newest night is dated ${day}, later than now`,
          zh: `未知：最近一夜的日期为 ${day}，晚于当前时间`,
        },
      };
    }
    case "suspect":
      return { sign: "≟", words: suspectsInWords(state.suspects) };
    case "new-hardware": {
      const nights = `${state.nights} ${state.nights === 1 ? "night" : "nights"}`;
      return {
        sign: "⇄",
        words: {
          en: `other hardware than before, ${nights} only: little to compare with`,
          zh: `硬件已更换，仅 ${state.nights} 夜：可比较者尚少`,
        },
      };
    }
    case "first-night":
      return {
        sign: "1",
        words: { en: "first night: nothing to compare with", zh: "首夜：无可比较" },
      };
    case "no-night":
      return { sign: "?", words: { en: "no run has ended", zh: "尚无完成的运行" } };
    case "no-change":
      return {
        sign: "✓",
        words: { en: "no change found in the newest night", zh: "最近一夜未发现变化" },
      };
  }
}

/** How many claims and ratios look otherwise, and whether a second run was made of them. */
export function suspectsInWords({ claims, series, repeated }: Suspects): Bilingual {
  const counts = [[claims.length, "claim", "条论断"], [series.length, "ratio", "个比值"]] as const;
  const some = counts.filter(([count]) => count > 0);
  const en = some.map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`).join(", ");
  const zh = some.map(([count, , noun]) => `${count} ${noun}`).join("、");
  if (repeated) {
    return { en: `${en} not settled by both runs`, zh: `${zh}疑似有变，两次运行仍未定` };
  }
  const verb = claims.length + series.length === 1 ? "looks" : "look";
  return {
    en: `${en} ${verb} otherwise, not measured a second time that night`,
    zh: `${zh}疑似有变，当夜未复测`,
  };
}

/** A time as a link to that night's page, where there is one. */
export function nightLink(run: RunName, links: Links): Markup {
  const time = html`<time datetime="${run.startedAt}">${minuteInUtc(run.startedAt)}</time>`;
  const href = links.night(run);
  return href === null ? time : html`<a href="${href}">${time}</a>`;
}

/** Events of one or of several hosts, as they are given; those of one night together. */
export function eventsList(
  events: readonly HostEvent[],
  { links, hostnames }: {
    readonly links: Links;
    /** By key; null where all are of one host. */
    readonly hostnames: ReadonlyMap<string, string> | null;
  },
): Markup {
  const items = groupEvents(events).map((group) => {
    const { machine } = group.run;
    const host = hostnames === null ? null : html`
      <a href="${links.host(machine)}">${hostnames.get(machine) ?? machine}</a>,
    `;
    return html`<li><h3>${host}${nightLink(group.run, links)}</h3>${configurationLine(group)}${
      changesOf(group)
    }</li>`;
  });
  return html`<ul class="events">${items}</ul>`;
}

/** What else was not as on the night before: no proof of a cause, but where to look first. */
function configurationLine({ configuration }: EventGroup): Markup | null {
  if (configuration.length === 0) return null;
  const words = { en: "Changed at the same time", zh: "同时变化" };
  return html`<p class="configuration">◆ ${both(words)}: ${
    configuration.map((change) => displayText(change, 200)).join("; ")
  }</p>`;
}

/** Changes of a night that stand open; the others are folded. */
const MOST_OPEN = 4;

function changesOf({ flips, drifts }: EventGroup): Markup {
  const rows = [...flips.map(flipRow), ...drifts.map(driftRow)];
  const [open, folded] = rows.length <= MOST_OPEN + 1
    ? [rows, []]
    : [rows.slice(0, MOST_OPEN), rows.slice(MOST_OPEN)];
  const more = { en: `${folded.length} more`, zh: `另有 ${folded.length} 处` };
  return html`${changesTable(open)}${
    folded.length === 0
      ? null
      : html`<details class="fold"><summary>${both(more)}</summary>${
        changesTable(folded)
      }</details>`
  }`;
}

function changesTable(rows: readonly Markup[]): Markup {
  return html`
    <table class="changes">
      <tbody>${rows}</tbody>
    </table>
  `;
}

function flipRow(event: FlipEvent): Markup {
  const { claim, from, to } = event;
  return html`
    <tr>
      <td>${verdictSymbol(from)} ${verdictWord(from)} → ${verdictSymbol(to)} <b>${verdictWord(
        to,
      )}</b></td>
      <td>${both(claimInWords(claim))} <code>${displayText(claim, 120)}</code></td>
      <td>${surenessOf(event)}</td>
    </tr>
  `;
}

function driftRow(event: DriftEvent): Markup {
  const { before, after } = event;
  const scale = scaleOf([before, after]);
  return html`
    <tr>
      <td><b class="figure">${changeInWords(event)}</b>${intervalPair(before, after, {
        scale,
        names: ["before", "after"],
      })}</td>
      <td>${seriesInWords(event)}<br><span class="figure">${ratioInWords(
        before.ratio,
      )} → <b>${ratioInWords(after.ratio)}</b></span> <span class="muted figure">(${intervalInWords(
        before,
      )} → ${intervalInWords(after)})</span></td>
      <td>${surenessOf(event)}</td>
    </tr>
  `;
}

/** A change may have been there before a night showed it. */
function surenessOf(event: HostEvent): Markup {
  const day = event.since.startedAt.slice(0, 10);
  const since = event.since.startedAt === event.run.startedAt ? null : html`
    ${both({ en: `since ${day};`, zh: `始于 ${day}；` })}
  `;
  return html`${since}${both(sureness(event))}`;
}

/** Since when a claim is refuted. */
export function sinceInWords(startedAt: string, wasConfirmed: boolean): Bilingual {
  const day = startedAt.slice(0, 10);
  return wasConfirmed
    ? { en: `since ${day}, confirmed before`, zh: `自 ${day} 起，此前证实` }
    : { en: `since ${day}, the first night that decided it`, zh: `自首次判定之夜 ${day} 起` };
}
