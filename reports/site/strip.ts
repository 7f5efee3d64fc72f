/**
 * The newest nights of a host as columns: how what was tested came out.
 *
 * @module
 */
import type { Verdict } from "../../suites/result.ts";
import { html, type Markup } from "../html/html.ts";
import type { StoredRun } from "../history/stored.ts";
import { minuteInUtc } from "../units.ts";
import { countsInWords } from "../verdicts.ts";
import type { Links } from "./links.ts";

/** More columns than this would be thinner than a finger. */
export const MOST_COLUMNS = 90;

/** What was tested, from below; what was not would hide how that went. */
const SHOWN: readonly Verdict[] = ["confirmed", "refuted", "inconclusive", "error"];

const STEP = 12;
const WIDTH = 9;
const HEIGHT = 110;
const MARK = 12;

/** The last nights of `nights`, the newest on the right; those of `changed` (starts) carry a mark. */
export function nightStrip(
  nights: readonly StoredRun[],
  { links, changed }: { readonly links: Links; readonly changed: ReadonlySet<string> },
): Markup {
  const shown = nights.slice(-MOST_COLUMNS);
  const most = Math.max(1, ...shown.map(totalOf));
  const columns = shown.map((night, index) => column(night, { x: index * STEP, most }));
  const over = shown.map((night, index) => target(night, { x: index * STEP, links, changed }));
  return html`
    <svg class="strip" viewBox="0 0 ${shown.length * STEP} ${HEIGHT + MARK}" width="${shown.length *
      STEP}"
      height="${HEIGHT + MARK}">${columns}${over}</svg>
  `;
}

function totalOf({ counts }: StoredRun): number {
  return SHOWN.reduce((sum, verdict) => sum + counts[verdict], 0);
}

function column(
  { counts }: StoredRun,
  { x, most }: { readonly x: number; readonly most: number },
): Markup[] {
  let top = HEIGHT + MARK;
  return SHOWN.filter((verdict) => counts[verdict] > 0).map((verdict) => {
    const height = Math.round((10 * HEIGHT * counts[verdict]) / most) / 10;
    top = Math.round(10 * (top - height)) / 10;
    return html`
      <rect class="${verdict}" x="${x}" y="${top}" width="${WIDTH}"
        height="${height}" />
    `;
  });
}

/** What the pointer meets, with the counts in words. */
function target(
  night: StoredRun,
  { x, links, changed }: {
    readonly x: number;
    readonly links: Links;
    readonly changed: ReadonlySet<string>;
  },
): Markup {
  const isChanged = changed.has(night.startedAt);
  const words = `${minuteInUtc(night.startedAt)}: ${countsInWords(night.counts).en}${
    isChanged ? "; something changed" : ""
  }`;
  const mark = isChanged
    ? html`
      <path class="mark" d="M${x} 1h${WIDTH}l-${WIDTH / 2} 8z" />
    `
    : null;
  const area = html`
    ${mark}<rect class="target" x="${x}" width="${STEP}" height="${HEIGHT + MARK}">
      <title>${words}</title>
    </rect>
  `;
  const href = links.night(night);
  return href === null ? area : html`<a href="${href}" aria-label="${words}">${area}</a>`;
}
