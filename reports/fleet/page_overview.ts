/**
 * What a reader sees first of a fleet: which cluster, when, and what became of its hosts.
 *
 * @module
 */
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import type { Bilingual } from "../sentences.ts";
import { commonInWords, STATE_FACES, type StateFace, whereAndWhen } from "./fleet_words.ts";
import { byState, hasTold } from "./tallies.ts";

const TITLE = { en: "A fleet, put to the proof", zh: "机群实证" } as const;

/** Hosts that are counted together. */
interface Tile extends Bilingual {
  readonly kind: StateFace["kind"] | "all";
  /** The sign of the one state that is counted; null for several. */
  readonly face: StateFace | null;
}

const ONE_HOST = "host asked, or with a result";

const TILES: readonly Tile[] = [
  { kind: "all", face: null, en: "hosts asked, or with a result", zh: "台被询问或给出结果的主机" },
  {
    kind: "measured",
    face: STATE_FACES.measured,
    en: "measured and judged",
    zh: "台已测量并判定",
  },
  {
    kind: "left-out",
    face: STATE_FACES["left-out"],
    en: "measured, but left out",
    zh: "台已测量但未纳入",
  },
  { kind: "missing", face: null, en: "without a whole result", zh: "台没有完整结果" },
];

const OF_MISSING = { en: "Without a whole result:", zh: "没有完整结果：" } as const;

/** The first screen. */
export function overviewSection(fleet: FleetResult): Markup {
  return html`
    <section id="overview">
      <h1>${both(TITLE)}</h1>
      <p class="summary">${both(whereAndWhen(fleet))}</p>
      ${tiles(fleet)}
      ${states(fleet)}
      ${fleet.common === null
        ? null
        : html`<p class="muted summary">${both(commonInWords(fleet.common))}</p>`}
    </section>
  `;
}

function tiles({ hosts }: FleetResult): Markup {
  const items = TILES.map((tile) =>
    tileOf(tile, hosts.filter(({ state }) => ["all", STATE_FACES[state].kind].includes(tile.kind)))
  );
  return html`<ul class="tiles">${items}</ul>`;
}

function tileOf({ kind, face, en, zh }: Tile, hosts: readonly FleetHost[]): Markup {
  const words = both({ zh, en: kind === "all" && hosts.length === 1 ? ONE_HOST : en });
  const link = linked(words, kind === "all" ? "hosts" : placeOf(hosts));
  const count = html`<b class="count">${hosts.length}</b><span>${link}</span>`;
  return html`<li class="hosts-${kind}">${count}${face === null ? null : stateSign(face)}</li>`;
}

/** Why hosts gave no whole result, each state with its count. */
function states({ hosts }: FleetResult): Markup | null {
  const missing = byState(hosts).filter(([state]) => STATE_FACES[state].kind === "missing");
  if (missing.length === 0) return null;
  const items = missing.map(([state, group]) =>
    html`<li>${stateSign(STATE_FACES[state])} <b>${group.length}</b> ${
      linked(both(STATE_FACES[state]), placeOf(group))
    }</li>`
  );
  return html`<ul class="inline states"><li>${both(OF_MISSING)}</li>${items}</ul>`;
}

function linked(words: Markup, place: string | null): Markup {
  return place === null ? words : html`<a href="#${place}">${words}</a>`;
}

/** The list that such hosts stand in; null where there is none. */
function placeOf(hosts: readonly FleetHost[]): string | null {
  if (hosts.length === 0) return null;
  return hosts.every(hasTold) ? "told" : "silent";
}

/** The sign of a state in its colour; its word stands beside it. */
export function stateSign({ sign, kind }: StateFace): Markup {
  return html`<span class="sign hosts-${kind}" aria-hidden="true">${sign}</span>`;
}
