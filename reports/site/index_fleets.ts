/**
 * The fleets on a site's first page: what is wrong in the newest one, by name, and all others.
 *
 * @module
 */
import { FAULTS, type FleetResult, HOST_STATES } from "../../suites/fleet/fleet_result.ts";
import { displayText } from "../display.ts";
import { FAULT_TITLES, STATE_FACES } from "../fleet/fleet_words.ts";
import { namesOf } from "../fleet/page_parts.ts";
import type { StoredFleet } from "../history/stored.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import type { Bilingual } from "../sentences.ts";
import { minuteInUtc } from "../units.ts";
import type { Links } from "./links.ts";
import { fleetMark } from "./origins.ts";
import type { SiteFleet } from "./site_fleets.ts";

/** The title of the fleets. */
export const FLEETS = { en: "Fleets", zh: "机群" } as const;

/** What the section is made from. */
export interface FleetParts {
  /** The newest first. */
  readonly fleets: readonly SiteFleet[];
  /** The newest one itself; null where there is none, or another version of cellproof wrote it. */
  readonly newest: FleetResult | null;
}

/** The newest fleet with what is wrong in it, and links to the others; null where there is none. */
export function fleetsSection({ fleets, newest }: FleetParts, links: Links): Markup | null {
  const [first, ...others] = fleets;
  if (first === undefined) return null;
  return html`
    <section
      id="fleets"><h2>${both(FLEETS)}</h2><div class="fleet"><h3>${fleetLink(
        first.fleet,
        links,
      )} ${fleetMark(first.fleet)}</h3>${statesList(first.fleet)}${troubles(
        first,
        newest,
      )}</div>${others.length === 0
        ? null
        : html`<ul class="fleets">${
          others.map(({ fleet }) => fleetItem(fleet, links))
        }</ul>`}</section>
  `;
}

function fleetItem(fleet: StoredFleet, links: Links): Markup {
  return html`<li>${fleetLink(fleet, links)} ${fleetMark(fleet)}${statesList(fleet)}</li>`;
}

/** When and where it was, as a link to its page. */
export function fleetLink(
  { id, startedAt, request }: Pick<StoredFleet, "id" | "startedAt" | "request">,
  links: Links,
): Markup {
  return html`<a href="${links.fleet(id)}"><time datetime="${startedAt}">${
    minuteInUtc(startedAt)
  }</time>, ${
    request === null ? both({ en: "merged by hand", zh: "手工合并" }) : displayText(
      [request.cluster, request.partition].filter((name) => name !== null).join(" "),
      80,
    )
  }</a>`;
}

/** How many hosts are in which state. */
function statesList({ states, request, endedAt }: StoredFleet): Markup {
  const present = HOST_STATES.filter((state) => (states[state] ?? 0) > 0);
  const open = request !== null && endedAt === null
    ? html`<li>${both({ en: "not at its end", zh: "尚未结束" })}</li>`
    : null;
  return html`<ul class="inline">${open}${
    present.map((state) =>
      html`<li>${stateMark(state)} <b>${states[state] ?? 0}</b> ${both(STATE_FACES[state])}</li>`
    )
  }</ul>`;
}

/** The sign of a state in its colour; its word stands beside it. */
export function stateMark(state: keyof typeof STATE_FACES): Markup {
  const { sign, kind } = STATE_FACES[state];
  return html`<span class="sign hosts-${kind}" aria-hidden="true">${sign}</span>`;
}

/** Something that is wrong, and the hosts with which it is. */
interface Trouble {
  readonly title: Bilingual;
  readonly hosts: readonly string[];
}

/** What is wrong, each with the names of the hosts. */
function troubles(fleet: SiteFleet, newest: FleetResult | null): Markup {
  const all = [...faultTroubles(newest), ...untoldTroubles(fleet, newest)];
  if (all.length === 0) {
    return html`<p class="muted">${
      both({ en: "Nothing was found wrong with any host.", zh: "未发现任何主机有问题。" })
    }</p>`;
  }
  return html`<dl class="troubles">${
    all.map(({ title, hosts }) =>
      html`
        <dt>${both(title)} (${hosts.length})</dt>
        <dd>${namesOf(hosts)}</dd>
      `
    )
  }</dl>`;
}

/** The faults by kind, dead and unavailable nodes first. */
function faultTroubles(newest: FleetResult | null): Trouble[] {
  const byKind = Map.groupBy(newest?.faults ?? [], ({ kind }) => kind);
  return FAULTS.flatMap((kind): Trouble[] => {
    const hosts = shownNames(byKind.get(kind)?.map(({ host }) => host) ?? []);
    return hosts.length === 0 ? [] : [{ title: FAULT_TITLES[kind], hosts }];
  });
}

/** Hosts that are not measured, and of which no fault tells why. */
function untoldTroubles({ hosts }: SiteFleet, newest: FleetResult | null): Trouble[] {
  const told = new Set(newest?.faults.map(({ host }) => host));
  const untold = Map.groupBy(
    hosts.filter(({ name, state }) => state !== "measured" && !told.has(name)),
    ({ state }) => state,
  );
  return HOST_STATES.flatMap((state): Trouble[] => {
    const names = shownNames(untold.get(state)?.map(({ name }) => name) ?? []);
    return names.length === 0 ? [] : [{ title: STATE_FACES[state], hosts: names }];
  });
}

function shownNames(names: readonly string[]): string[] {
  return [...new Set(names)].map((name) => displayText(name, 60));
}
