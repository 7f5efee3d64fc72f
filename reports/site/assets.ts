/**
 * The files that a site's pages share, each with a digest in its name: a browser may keep it for good.
 *
 * @module
 */
import { FLEET_STYLE } from "../fleet/page.ts";
import {
  PAGE_SCRIPTS,
  PAGE_STYLE,
  THEME_STYLE,
  VEGA_LITE_SCRIPT,
  VEGA_SCRIPT,
} from "../html/sources.ts";
import { digestOf } from "./manifest.ts";
import siteStyle from "./site.css" with { type: "text" };

/** A shared file, by its path from the site's folder. */
export interface Asset {
  readonly path: string;
  readonly text: string;
}

/** The style sheet of the pages over several nights. */
export const SITE_STYLE: Asset = asset("site", "css", THEME_STYLE + siteStyle);

/** The style sheet of a night's page. */
export const REPORT_STYLE: Asset = asset("report", "css", PAGE_STYLE);

/** The style sheet of a fleet's page. */
export const FLEET_STYLE_FILE: Asset = asset("fleet", "css", FLEET_STYLE);

/** The scripts of a night's page, in the order in which they must run. */
export const REPORT_SCRIPTS: readonly Asset[] = [
  asset("vega", "js", VEGA_SCRIPT),
  asset("vega-lite", "js", VEGA_LITE_SCRIPT),
  ...PAGE_SCRIPTS.map((text, index) => asset(`report-${index + 1}`, "js", text)),
];

export const ASSETS: readonly Asset[] = [
  SITE_STYLE,
  REPORT_STYLE,
  FLEET_STYLE_FILE,
  ...REPORT_SCRIPTS,
];

function asset(name: string, ending: string, text: string): Asset {
  return { path: `assets/${name}-${digestOf(text).slice(0, 12)}.${ending}`, text };
}
