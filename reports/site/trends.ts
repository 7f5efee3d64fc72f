/**
 * The ratios of a host that are drawn over its nights: those that changed, newest first, then those that
 * most claims rest on.
 *
 * @module
 */
import { CLAIMS } from "../../suites/claims/claims.ts";
import { seriesKey, type SeriesName, seriesOfClaim } from "../../suites/claim_series.ts";
import { historyChart } from "../charts/history.ts";
import { renderChart } from "../charts/render.ts";
import type { Nights, SeriesNights } from "../history/nights.ts";
import { seriesInWords } from "./event_words.ts";
import type { DriftEvent, HostEvent } from "./events.ts";

/** More pictures than these would make a host's page slow to open. */
const MOST_CHARTS = 6;
/** Nights that a picture shows. */
export const MOST_CHART_NIGHTS = 120;

/** One night draws no trend, and the pictures of a fleet of thousands would take most of a build. */
const FEWEST_CHART_NIGHTS = 2;

/** A series that is drawn. */
export interface Trend {
  readonly series: SeriesNights;
  readonly changes: readonly DriftEvent[];
  /** The picture, an SVG. */
  readonly svg: string;
}

/** Draws what is most worth it; nothing of one night. */
export async function trendsOf(
  nights: Nights,
  events: readonly HostEvent[],
): Promise<Trend[]> {
  if (nights.nights.length < FEWEST_CHART_NIGHTS) return [];
  const drifts = events.filter((event) => event.kind === "drift");
  const ranked = nights.series
    .map((series) => ({
      series,
      changes: drifts.filter((drift) => seriesKey(drift) === seriesKey(series)),
    }))
    .filter(({ series, changes }) => changes.length > 0 || claimsOn(series) > 0)
    .sort((one, other) =>
      newest(other.changes) - newest(one.changes) || claimsOn(other.series) - claimsOn(one.series)
    );
  const trends: Trend[] = [];
  for (const one of ranked.slice(0, MOST_CHARTS)) {
    trends.push({ ...one, svg: await drawn(nights, one) });
  }
  return trends;
}

function newest(changes: readonly DriftEvent[]): number {
  return Math.max(0, ...changes.map(({ run }) => Date.parse(run.startedAt)));
}

const CLAIMS_ON = claimsBySeries();

/** How many claims rest on a ratio. */
function claimsOn(series: SeriesName): number {
  return CLAIMS_ON.get(seriesKey(series)) ?? 0;
}

function claimsBySeries(): Map<string, number> {
  const keys = CLAIMS.flatMap(({ id }) => seriesOfClaim(id).map(seriesKey));
  return new Map([...Map.groupBy(keys, (key) => key)].map(([key, same]) => [key, same.length]));
}

async function drawn(
  { nights }: Nights,
  { series, changes }: Pick<Trend, "series" | "changes">,
): Promise<string> {
  const from = Math.max(0, nights.length - MOST_CHART_NIGHTS);
  const times = nights.slice(from).map(({ first }) => first.startedAt);
  const shown = changes.filter(({ since }) => times.includes(since.startedAt));
  const title = seriesInWords(series);
  const spec = historyChart({
    title,
    thresholds: nights.at(-1)?.first.thresholds ?? null,
    nights: times.map((time, index) => {
      const { first = null, second = null } = series.nights[from + index] ?? {};
      const { ratio = null, low = null, high = null } = first ?? {};
      return { time, ratio, low, high, confirmed: second?.ratio ?? null };
    }),
    changes: shown.map(({ since, before, after }) => (
      { time: since.startedAt, from: before.ratio, to: after.ratio }
    )),
    configurationChanges: shown.flatMap(({ since, configuration }) =>
      configuration.map((text) => ({ time: since.startedAt, text }))
    ),
  });
  const { svg } = await renderChart({ name: "trend", description: title }, spec);
  return svg ?? "";
}
