/**
 * The page of a fleet on a site: that of the fleet, with links to its hosts' nights.
 *
 * @module
 */
import { FLEET_SCHEMA_VERSION, type FleetResult } from "../../suites/fleet/fleet_result.ts";
import { fleetCharts } from "../fleet/fleet_charts.ts";
import { FLEET_LIMITS, fleetForDisplay } from "../fleet/fleet_display.ts";
import { parseFleet } from "../fleet/fleet_json.ts";
import { boundedFleetPage } from "../fleet/write.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { stillPage } from "../html/still_page.ts";

/** What lies around the page: paths from the page on. */
export interface SiteFleetPlace {
  /** The fleet as a message would name it. */
  readonly name: string;
  readonly home: string;
  readonly style: string;
  /** What the page is made from, compressed. */
  readonly source: string;
  /** The report of a host, else the host's own page, by its name in the fleet. */
  readonly reports: ReadonlyMap<string, string>;
}

/**
 * The page; `text` is the fleet as the history keeps it.
 *
 * @throws {Problem} where that is damaged
 */
export async function siteFleetPage(
  text: string,
  place: SiteFleetPlace,
): Promise<string | Uint8Array> {
  const fleet = await readKeptFleet(text, place.name);
  if (fleet === null) return otherSchemaPage(place);
  const { longestText } = FLEET_LIMITS;
  return boundedFleetPage(fleet, {
    reportOf: ({ name }) => place.reports.get(name) ?? null,
    files: [{ name: "fleet.json.gz", href: place.source }],
    charts: await fleetCharts(fleetForDisplay(fleet, longestText)),
    style: { path: place.style },
    home: place.home,
    links: [backLink(place)],
  });
}

/**
 * A fleet as the history keeps it; null for one that another version of cellproof wrote.
 *
 * @throws {Problem} where it is damaged
 */
export async function readKeptFleet(text: string, name: string): Promise<FleetResult | null> {
  const [, schema] = /^\s*\{\s*"schema"\s*:\s*(\d+)\b/.exec(text) ?? [];
  if (schema !== undefined && Number(schema) !== FLEET_SCHEMA_VERSION) return null;
  return await parseFleet(text, name);
}

function backLink({ home }: SiteFleetPlace): Markup {
  return html`<a href="${home}">← ${both({ en: "All hosts", zh: "全部主机" })}</a>\n`;
}

/** What another version of cellproof wrote stays readable as it was written. */
function otherSchemaPage(place: SiteFleetPlace): string {
  return stillPage({
    title: "cellproof",
    style: { path: place.style },
    home: place.home,
    links: [backLink(place)],
    banners: [],
    body: [
      html`
        <h1>${both({ en: "A fleet", zh: "机群" })}</h1>
        <p>${both({
          en:
            "Another version of cellproof merged this fleet. What became of its hosts is on the " +
            "pages of the hosts, and all that it says is in",
          zh: "此机群由另一版本的 cellproof 合并。各主机的情况见主机页面，全部内容见",
        })} <a href="${place.source}">fleet.json.gz</a>.</p>
      `,
    ],
  });
}
