/**
 * `fleet.html`: a fleet as one self-contained page without scripts.
 *
 * @module
 */
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { needsList } from "../html/overview.ts";
import { observationsTable } from "../html/probes.ts";
import type { PageStyle } from "../html/frame.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { PAGE_STYLE } from "../html/sources.ts";
import { stillPage } from "../html/still_page.ts";
import type { FleetCharts } from "./fleet_charts.ts";
import fleetStyle from "./fleet.css" with { type: "text" };
import { FLEET_LIMITS, fleetForDisplay, type FleetLimits } from "./fleet_display.ts";
import { fleetWarnings } from "./fleet_words.ts";
import { faultsSection } from "./page_faults.ts";
import { claimsSection, disagreementsSection, outliersSection } from "./page_findings.ts";
import { hostsSection } from "./page_hosts.ts";
import { linksSection } from "./page_links.ts";
import { factsSection, matricesSection } from "./page_matrices.ts";
import { overviewSection } from "./page_overview.ts";
import { PART_TITLES } from "./page_parts.ts";

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
  return stillPage({
    title: `cellproof: ${shown.request?.cluster ?? "fleet"}, ${shown.hosts.length} hosts`,
    style: place.style ?? { text: FLEET_STYLE },
    home: place.home ?? "#overview",
    links: [...place.links ?? [], ...ownLinks(shown)],
    banners: fleetWarnings(shown),
    body: [
      overviewSection(shown),
      faultsSection(shown.faults, limits),
      claimsSection(shown),
      disagreementsSection(shown, limits),
      outliersSection(shown, limits),
      linksSection(shown.links, limits),
      observationsSection(shown),
      matricesSection(shown),
      factsSection(shown),
      hostsSection({ real: fleet, shown }, { ...place, limits }),
      filesSection(place.files),
    ],
  });
}

function ownLinks({ faults, disagreements, outliers, links }: FleetResult): Markup[] {
  const there: Readonly<Record<keyof typeof PART_TITLES, boolean>> = {
    faults: faults.length > 0,
    refuted: true,
    disagreements: disagreements.length > 0,
    outliers: outliers.length > 0,
    links: links.length > 0,
    matrices: true,
    hosts: true,
  };
  return (Object.keys(PART_TITLES) as (keyof typeof PART_TITLES)[]).filter((part) => there[part])
    .map((part) => html`<a href="#${part}">${both(PART_TITLES[part])}</a>\n`);
}

const TOGETHER = { en: "What only many hosts tell", zh: "多台主机共同说明的" } as const;

/** What many hosts tell together, with its controls; and what open claims need. */
function observationsSection({ observations, coverage }: FleetResult): Markup {
  const table = observations.length === 0
    ? null
    : html`<h2 id="observations">${both(TOGETHER)}</h2>${observationsTable(observations)}`;
  return html`<section>${table}${needsList(coverage.missing)}</section>`;
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
