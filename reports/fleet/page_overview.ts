/**
 * What a reader sees first of a fleet: which cluster, when, and what became of its hosts.
 *
 * @module
 */
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import type { Bilingual } from "../sentences.ts";
import { commonInWords, STATE_FACES, type StateFace, whereAndWhen } from "./fleet_words.ts";
import { byState, hostCounts } from "./tallies.ts";

const TITLE = { en: "A fleet, put to the proof", zh: "机群实证" } as const;

const TILES: readonly (readonly [StateFace["kind"] | "all", Bilingual])[] = [
  ["all", { en: "hosts asked, or with a result", zh: "台被询问或给出结果的主机" }],
  ["measured", { en: "measured and judged", zh: "台已测量并判定" }],
  ["left-out", { en: "measured, but left out", zh: "台已测量但未纳入" }],
  ["missing", { en: "without a whole result", zh: "台没有完整结果" }],
];

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

function tiles(fleet: FleetResult): Markup {
  const { all, measured, leftOut, missing } = hostCounts(fleet);
  const counts = { all, measured, "left-out": leftOut, missing };
  const items = TILES.map(([kind, words]) =>
    html`<li class="hosts-${kind}"><b class="count">${counts[kind]}</b><span>${
      both(words)
    }</span></li>`
  );
  return html`<ul class="tiles">${items}</ul>`;
}

/** Why hosts are not measured, each state with its count. */
function states({ hosts }: FleetResult): Markup | null {
  const others = byState(hosts).filter(([state]) => state !== "measured");
  if (others.length === 0) return null;
  const items = others.map(([state, group]) =>
    html`<li>${stateSign(STATE_FACES[state])} <b>${group.length}</b> ${
      both(STATE_FACES[state])
    }</li>`
  );
  return html`<ul class="inline states">${items}</ul>`;
}

/** The sign of a state in its colour; its word stands beside it. */
export function stateSign({ sign, kind }: StateFace): Markup {
  return html`<span class="sign hosts-${kind}" aria-hidden="true">${sign}</span>`;
}
