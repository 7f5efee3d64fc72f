/**
 * Every report of a fleet but `fleet.json` itself.
 *
 * @module
 */
import { basename, dirname, relative, resolve } from "node:path";
import { isNodeName } from "../../suites/fleet/fleet_member.ts";
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { standaloneSvg } from "../charts/render.ts";
import { isThere, makeFolder, writeFile } from "../json.ts";
import { MOST_PAGE_BYTES } from "../write.ts";
import { fleetCsv, hostsCsv } from "./csv.ts";
import { FLEET_CHARTS, type FleetCharts, fleetCharts } from "./fleet_charts.ts";
import { FLEET_LIMITS, fleetForDisplay, type FleetLimits } from "./fleet_display.ts";
import { FLEET_FILE } from "./fleet_json.ts";
import { fleetMarkdown } from "./markdown.ts";
import { fleetPage, type FleetPlace } from "./page.ts";

/** The name of the page in the fleet's folder. */
export const FLEET_PAGE_FILE = "fleet.html";

/** What is left of a fleet whose page would otherwise be too large. */
const NARROWER: readonly FleetLimits[] = [
  FLEET_LIMITS,
  { longestText: 160, mostRows: 60, mostHosts: 2_000 },
  { longestText: 60, mostRows: 20, mostHosts: 1_500 },
  { longestText: 24, mostRows: 5, mostHosts: 500 },
];

/** Files that the page leads to. */
const FILES = [FLEET_FILE, "fleet.csv", "hosts.csv"].map((name) => ({ name, href: name }));

/**
 * Renders a fleet into an existing folder: `fleet.html`, `fleet.md`, `fleet.csv`, `hosts.csv`, and each
 * chart as `charts/NAME.vl.json` and `charts/NAME.svg`. Returns the paths, the page first.
 *
 * @throws {Problem} if the folder cannot be written.
 */
export async function writeFleetReports(folder: string, fleet: FleetResult): Promise<string[]> {
  const charts = await fleetCharts(fleetForDisplay(fleet, FLEET_LIMITS.longestText));
  const around = { ...linksFrom(folder, fleet), charts, files: FILES };
  const files = new Map<string, string | Uint8Array>([
    [FLEET_PAGE_FILE, boundedFleetPage(fleet, around)],
    ["fleet.md", fleetMarkdown(fleet)],
    ["fleet.csv", fleetCsv(fleet)],
    ["hosts.csv", hostsCsv(fleet)],
    ...Object.values(charts).flatMap(chartFiles),
  ]);
  makeFolder(`${folder}/charts`);
  removeCharts(`${folder}/charts`);
  return [...files].map(([name, content]) => {
    const path = `${folder}/${name}`;
    writeFile(path, content);
    return path;
  });
}

/** The page below {@linkcode MOST_PAGE_BYTES}, in UTF-8: of an enormous fleet it shows less. */
export function boundedFleetPage(fleet: FleetResult, place: FleetPlace): Uint8Array {
  const encoder = new TextEncoder();
  let bytes = new Uint8Array();
  for (const limits of NARROWER) {
    bytes = encoder.encode(fleetPage(fleet, { ...place, limits }));
    if (bytes.length < MOST_PAGE_BYTES) break;
  }
  return bytes;
}

/** Of a fleet that has grown since, or whose outliers are gone, they would tell what is no longer so. */
function removeCharts(folder: string): void {
  for (const name of Object.values(FLEET_CHARTS)) {
    for (const ending of ["vl.json", "svg"]) removeQuietly(`${folder}/${name}.${ending}`);
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is not there; or the folder is not writable, which the first file to be written tells.
  }
}

function chartFiles(chart: FleetCharts[keyof FleetCharts]): [string, string][] {
  if (chart === null) return [];
  const { name, vegaLite, svg } = chart;
  return [
    [`charts/${name}.vl.json`, `${JSON.stringify(vegaLite, null, 1)}\n`],
    ...(svg === null ? [] : [[`charts/${name}.svg`, standaloneSvg(svg)] as [string, string]]),
  ];
}

/** Where reports and logs lie, seen from the fleet's folder. */
function linksFrom(
  folder: string,
  { hosts }: FleetResult,
): Pick<FleetPlace, "reportOf" | "logOf" | "leadsOutside"> {
  const [reportOf, logOf] = [reportBeside(folder), logBeside(folder)];
  const links = hosts.flatMap((host) => [reportOf(host), logOf(host)]);
  return { reportOf, logOf, leadsOutside: links.some((link) => link?.startsWith("../")) };
}

/** Finds the page beside a host's result, seen from the fleet's folder; null where there is none. */
function reportBeside(folder: string): (host: FleetHost) => string | null {
  return ({ source }) => {
    if (source === null) return null;
    const result = source.replace(/\/?[^/]*\.json$/, "");
    const pages = [`${folder}/${result}`, result].map((path) => `${path}/report.html`);
    const page = pages.find(isFile);
    return page === undefined ? null : asLink(relative(folder, page));
  };
}

/** What a node's run prints goes into this file, in a folder of the node's name below this one. */
const [NODES, LOG] = ["nodes", "log.txt"];

/** Finds what a host's run printed, where a scheduler ran it; null where that is not there. */
function logBeside(folder: string): (host: FleetHost) => string | null {
  return ({ name, source }) => {
    const result = source === null ? null : resolve(folder, source);
    const nodes = [
      ...(isNodeName(name) ? [`${folder}/${NODES}/${name}`] : []),
      ...(result === null ? [] : [dirname(result)]),
    ];
    const log = nodes.filter((node) => basename(dirname(node)) === NODES)
      .map((node) => `${node}/${LOG}`).find(isFile);
    return log === undefined ? null : asLink(relative(folder, log));
  };
}

/** Whether there is a file; a path that no file system takes is none. */
function isFile(path: string): boolean {
  try {
    return isThere(path);
  } catch {
    return false;
  }
}

/** A relative path as a link that can lead to nothing but a file. */
function asLink(path: string): string {
  return path.toWellFormed().split("/").map(encodeURIComponent).join("/");
}
