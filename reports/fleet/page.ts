/**
 * `fleet.html`: a fleet as one self-contained page without scripts.
 *
 * @module
 */
import { claimOf, CLAIMS } from "../../suites/claims/claims.ts";
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { fleetObservationsOf } from "../../suites/fleet/fleet_rules.ts";
import type { Observation } from "../../suites/result.ts";
import { needsList } from "../html/overview.ts";
import { observationsTable } from "../html/probes.ts";
import type { PageStyle } from "../html/frame.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { PAGE_STYLE } from "../html/sources.ts";
import { stillPage } from "../html/still_page.ts";
import { counted } from "../units.ts";
import type { FleetCharts } from "./fleet_charts.ts";
import fleetStyle from "./fleet.css" with { type: "text" };
import { FLEET_LIMITS, fleetForDisplay, type FleetLimits } from "./fleet_display.ts";
import { fleetWarnings, noOutlierSaid } from "./fleet_words.ts";
import { faultsSection } from "./page_faults.ts";
import { claimsSection, disagreementsSection, outliersSection } from "./page_findings.ts";
import { hostsSection } from "./page_hosts.ts";
import { linksSection } from "./page_links.ts";
import { factsSection, matricesSection, unselectedPart } from "./page_matrices.ts";
import { overviewSection } from "./page_overview.ts";
import { type HostLogs, PART_TITLES } from "./page_parts.ts";

/** The style sheet of a fleet's page. */
export const FLEET_STYLE = PAGE_STYLE + fleetStyle;

/** A file beside the page. */
export interface FleetFile {
  readonly name: string;
  readonly href: string;
}

/** Where a page lies and what lies around it. */
export interface FleetPlace {
  /** Where a host's own report lies, seen from the page; null where it has none. */
  readonly reportOf: (host: FleetHost) => string | null;
  /** Where what a host's run printed lies; nowhere where it is not given. */
  readonly logOf?: (host: FleetHost) => string | null;
  /** Whether those lie outside the page's folder, so that a copy of that lacks them. */
  readonly leadsOutside?: boolean;
  /** Files for machines. */
  readonly files: readonly FleetFile[];
  readonly charts: FleetCharts;
  /** In the page itself where it is not given. */
  readonly style?: PageStyle;
  /** Where the brand leads to; the top of the page where it is not given. */
  readonly home?: string;
  /** Links of the bar before the page's own. */
  readonly links?: readonly Markup[];
  readonly limits?: FleetLimits;
}

/** The page as a text. */
export function fleetPage(fleet: FleetResult, place: FleetPlace): string {
  const limits = place.limits ?? FLEET_LIMITS;
  const shown = fleetForDisplay(fleet, limits.longestText);
  const logs = logsByName({ real: fleet, shown }, place.logOf ?? (() => null));
  const { reportOf, charts, leadsOutside = false } = place;
  return stillPage({
    title: `cellproof: ${shown.request?.cluster ?? "fleet"}, ${
      counted(shown.hosts.length, "host")
    }`,
    style: place.style ?? { text: FLEET_STYLE },
    home: place.home ?? "#overview",
    links: [...place.links ?? [], ...ownLinks(shown)],
    banners: fleetWarnings(shown),
    body: [
      overviewSection(shown),
      faultsSection(fleet.faults, { limits, logs }),
      hostsSection({ real: fleet, shown }, { reportOf, logs, leadsOutside, charts, limits }),
      claimsSection(shown),
      disagreementsSection(shown, limits),
      outliersSection(shown, limits),
      linksSection(shown.links, limits),
      observationsSection(shown),
      needsSection(shown),
      matricesSection(shown),
      factsSection(shown),
      unselectedPart(shown),
      filesSection(place.files),
    ],
  });
}

/** By the names that are shown: of several that are cut to the same, none is known to be the right one. */
function logsByName(
  { real, shown }: { readonly real: FleetResult; readonly shown: FleetResult },
  logOf: (host: FleetHost) => string | null,
): HostLogs {
  const hosts = real.hosts.map((host, index) => ({ host, name: shown.hosts[index]?.name ?? "" }));
  const byName = Map.groupBy(hosts, ({ name }) => name);
  return new Map([...byName].flatMap(([name, [only, ...others]]): [string, string][] => {
    const log = only === undefined || others.length > 0 ? null : logOf(only.host);
    return log === null ? [] : [[name, log]];
  }));
}

function ownLinks(fleet: FleetResult): Markup[] {
  const { faults, claims, disagreements, outliers, links } = fleet;
  const there: Readonly<Record<keyof typeof PART_TITLES, boolean>> = {
    faults: faults.length > 0,
    hosts: true,
    refuted: claims.length > 0,
    disagreements: disagreements.length > 0,
    outliers: outliers.length > 0 || noOutlierSaid(fleet) !== null,
    links: links.length > 0,
    matrices: claims.some(({ id }) => claimOf(id)?.kind === "cell"),
  };
  return (Object.keys(PART_TITLES) as (keyof typeof PART_TITLES)[]).filter((part) => there[part])
    .map((part) => html`<a href="#${part}">${both(PART_TITLES[part])}</a>\n`);
}

const TOGETHER = { en: "What only many hosts tell", zh: "多台主机共同说明的" } as const;

/** What many hosts tell together, with its controls; null where no judged claim rests on it. */
function observationsSection(fleet: FleetResult): Markup | null {
  const wanted = observationsWanted(fleet);
  if (wanted.length === 0) return null;
  return html`
    <section id="observations"><h2>${both(TOGETHER)}</h2>${observationsTable(wanted)}</section>
  `;
}

/** Not those that claims rest on of which none is judged. */
function observationsWanted({ observations, claims }: FleetResult): Observation[] {
  const [judged, known] = [claims, CLAIMS].map((some) =>
    fleetObservationsOf(some.map(({ id }) => id))
  );
  return observations.filter(({ name }) => judged?.has(name) || !known?.has(name));
}

function needsSection({ coverage }: FleetResult): Markup | null {
  const needs = needsList(coverage.missing);
  return needs === null ? null : html`<section>${needs}</section>`;
}

const FILES = { en: "For machines", zh: "供程序读取" } as const;

function filesSection(files: readonly FleetFile[]): Markup | null {
  if (files.length === 0) return null;
  const items = files.map(({ name, href }) => html`<li><a href="${href}">${name}</a></li>`);
  return html`
    <section id="files">
      <h2>${both(FILES)}</h2>
      <ul class="inline">${items}</ul>
    </section>
  `;
}
