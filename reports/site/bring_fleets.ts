/**
 * Brings the pages of fleets.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import { FLEET_STYLE_FILE } from "./assets.ts";
import { siteFleetPage } from "./fleet_page.ts";
import { Links } from "./links.ts";
import { digestOf } from "./manifest.ts";
import { fleetFile } from "./names.ts";
import type { SiteFleet } from "./site_fleets.ts";
import type { SiteFolder } from "./site_folder.ts";

/** What fleets' pages depend on beside the fleets. */
export interface FleetSurroundings {
  readonly history: History;
  readonly code: string;
  /** The folders of the runs that have a page. */
  readonly pages: ReadonlySet<string>;
}

/** Brings the page of each fleet, and what it is made from. */
export async function bringFleets(
  folder: SiteFolder,
  fleets: readonly SiteFleet[],
  surroundings: FleetSurroundings,
): Promise<void> {
  for (const fleet of fleets) await bringFleet(folder, fleet, surroundings);
}

async function bringFleet(
  folder: SiteFolder,
  { fleet: { id, digest }, hosts }: SiteFleet,
  { history, code, pages }: FleetSurroundings,
): Promise<void> {
  const source = fleetFile(id, "json.gz");
  const links = new Links(1, pages);
  const reports = hosts.flatMap(({ name, key, night }): [string, string][] => {
    const href = (night === null ? null : links.night(night)) ??
      (key === null ? null : links.host(key));
    return href === null ? [] : [[name, href]];
  });
  await folder.bring({
    path: source,
    inputs: digestOf(code, digest),
    make: () => history.compressedFleet(id),
  });
  await folder.bring({
    path: fleetFile(id, "html"),
    inputs: digestOf(code, digest, JSON.stringify(reports)),
    make: () =>
      siteFleetPage(history.fleetText(id), {
        name: `fleet ${id}`,
        home: links.to("index.html"),
        style: links.to(FLEET_STYLE_FILE.path),
        source: links.to(source),
        reports: new Map(reports),
      }),
  });
}
