/**
 * Charts of a ratio over nights: its median with the interval of each night before the bands, what
 * changed, and a small one for a table.
 *
 * @module
 */
import type { Thresholds } from "../../suites/result.ts";
import { displayText } from "../display.ts";
import { minuteInUtc, ratioInWords } from "../units.ts";
import { type Event, eventLanes, type PlacedEvent, readEvents } from "./history_events.ts";
import {
  DAY_MS,
  type Night,
  type PlacedNight,
  placedNights,
  ratioDomain,
} from "./history_nights.ts";
import { CHART_CONFIG, MEASURED, NEUTRAL } from "./palette.ts";
import { bandLayer } from "./ratios.ts";
import { wrapTitle } from "./shared.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

export type { Night } from "./history_nights.ts";

/** A ratio over nights. */
export interface RatioHistory {
  /** What the ratio is of, in a few words. */
  readonly title: string;
  /** The bands to draw; null for none. */
  readonly thresholds: Thresholds | null;
  /** In any order; those whose time cannot be read are left out. */
  readonly nights: readonly Night[];
  /** Nights from which the ratio is another one. */
  readonly changes: readonly RatioChange[];
  /** What was changed about the machine or the harness. */
  readonly configurationChanges: readonly ConfigurationChange[];
}

/** A change of the ratio that was found. */
export interface RatioChange {
  readonly time: string;
  readonly from: number;
  readonly to: number;
}

/** A change that explains others. */
export interface ConfigurationChange {
  readonly time: string;
  readonly text: string;
}

const MOST_TICKS = 8;
const WIDTH = 800;
const HEIGHT = 200;
const CHANGED = "#D55E00";

/** Beside the first and the last night. */
const MARGIN_MS = 0.5 * DAY_MS;

const NIGHT = "night";
const SECOND = "second measurement";
/** Pixels of a lane of texts above the plot. */
const LANE = 15;

/** The Vega-Lite specification of a ratio's history. */
export function historyChart(history: RatioHistory): ChartSpec {
  const nights = placedNights(history.nights);
  const events = readEvents(eventsOf(history));
  const axes = axesOf(nights, events);
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: { text: wrapTitle(displayText(history.title, 200)), subtitle: subtitle(nights) },
    width: WIDTH,
    height: HEIGHT,
    layer: [
      ...(history.thresholds === null ? [] : [bandLayer(history.thresholds, axes.ratios, "y")]),
      intervalLayer(nights, axes),
      lineLayer(nights, axes),
      pointLayer(nights, axes),
      ...(events.length === 0 ? [] : eventLayers(eventLanes(events, axes.times, WIDTH), axes)),
    ],
  };
}

/** A chart of one line without axes, to stand in a table. */
export function sparklineChart(history: Pick<RatioHistory, "nights">): ChartSpec {
  const nights = placedNights(history.nights);
  const axes = axesOf(nights, []);
  const still = { x: { ...time(axes), axis: null }, y: { ...ratio("ratio", axes), axis: null } };
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    width: 120,
    height: 24,
    layer: [
      { ...lineLayer(nights, axes), encoding: { ...still, detail: STRETCH } },
      {
        data: { values: nights.slice(-1) },
        mark: { type: "point", filled: true, size: 22, color: MEASURED, opacity: 1, aria: false },
        encoding: still,
      },
    ],
  };
}

/** From where to where the axes run. */
interface Axes {
  /** Milliseconds since 1970; null where nothing has a time. */
  readonly times: readonly [number, number] | null;
  readonly ratios: readonly [number, number];
}

function axesOf(nights: readonly PlacedNight[], events: readonly { time: number }[]): Axes {
  const times = [...nights, ...events].map(({ time }) => time);
  const span = [Math.min(...times) - MARGIN_MS, Math.max(...times) + MARGIN_MS] as const;
  return { times: times.length === 0 ? null : span, ratios: ratioDomain(nights) };
}

function subtitle(nights: readonly PlacedNight[]): string[] {
  const stretches = new Set(nights.map(({ stretch }) => stretch)).size;
  return [
    "Point: the median of a night; line through it: its confidence interval.",
    ...(nights.length === 0 ? ["No night has a figure."] : []),
    ...(stretches > 1 ? ["Where the line between nights breaks, nights are missing."] : []),
  ];
}

const STRETCH = { field: "stretch", type: "nominal" } as const;

function time({ times }: Axes): ChartSpec {
  const field = { field: "time", type: "temporal" };
  if (times === null) return { ...field, scale: { type: "utc" }, axis: null };
  const days = (times[1] - times[0]) / DAY_MS;
  const tickCount = { interval: "day", step: Math.max(1, Math.ceil(days / MOST_TICKS)) };
  return {
    ...field,
    scale: { type: "utc", domain: [...times], nice: false },
    axis: { title: null, grid: false, format: "%Y-%m-%d", tickCount, labelOverlap: true },
  };
}

function ratio(field: string, { ratios }: Axes): ChartSpec {
  return {
    ...{ field, type: "quantitative", scale: { domain: [...ratios], nice: false } },
    axis: { title: "ratio", tickCount: 5, format: "~g" },
  };
}

function intervalLayer(nights: readonly PlacedNight[], axes: Axes): ChartSpec {
  return {
    data: { values: nights },
    mark: {
      type: "rule",
      strokeWidth: 2,
      color: MEASURED,
      opacity: 0.7,
      tooltip: false,
      aria: false,
    },
    encoding: { x: time(axes), y: ratio("low", axes), y2: { field: "high" } },
  };
}

function lineLayer(nights: readonly PlacedNight[], axes: Axes): ChartSpec {
  return {
    data: { values: nights.map(({ time, ratio, stretch }) => ({ time, ratio, stretch })) },
    mark: { type: "line", color: MEASURED, strokeWidth: 1.2, tooltip: false, aria: false },
    encoding: { x: time(axes), y: ratio("ratio", axes), detail: STRETCH },
  };
}

function pointLayer(nights: readonly PlacedNight[], axes: Axes): ChartSpec {
  const points = nights.flatMap(({ time, ratio, interval, confirmed }) => {
    const night = minuteInUtc(new Date(time).toISOString());
    return [
      { time, night, figure: ratio, kind: NIGHT, interval },
      ...(confirmed === null
        ? []
        : [{ time, night, figure: confirmed, kind: SECOND, interval: "not known" }]),
    ];
  });
  const kinds = [NIGHT, ...(points.some(({ kind }) => kind === SECOND) ? [SECOND] : [])];
  const byKind = (range: readonly string[]): ChartSpec => ({
    ...{ field: "kind", type: "nominal", scale: { domain: kinds, range: [...range] } },
    legend: kinds.length === 1 ? null : { title: null, orient: "bottom", direction: "horizontal" },
  });
  return {
    data: { values: points },
    mark: { type: "point", filled: true, size: 55, opacity: 1, aria: false },
    encoding: {
      x: time(axes),
      y: ratio("figure", axes),
      color: byKind([MEASURED, CHANGED]),
      shape: byKind(["circle", "diamond"]),
      tooltip: [
        { field: "night", title: "night" },
        { field: "kind", title: "kind" },
        { field: "figure", title: "ratio", format: ".4f" },
        { field: "interval", title: "interval" },
      ],
    },
  };
}

function eventsOf({ changes, configurationChanges }: RatioHistory): Event[] {
  return [
    ...changes.map(({ time, from, to }) => ({
      time,
      text: `▲ ${ratioInWords(from)} → ${ratioInWords(to)}`,
      color: CHANGED,
    })),
    ...configurationChanges.map(({ time, text }) => ({
      time,
      text: `◆ ${displayText(text, 60)}`,
      color: NEUTRAL,
    })),
  ];
}

/** A rule for each event, and above the plot its text, in a lane where it has room. */
function eventLayers(events: readonly PlacedEvent[], axes: Axes): ChartSpec[] {
  const values = events.map(({ lane, ...event }) => ({ ...event, dy: -8 - lane * LANE }));
  const of = (field: string): ChartSpec => ({ expr: `datum.${field}` });
  return [
    {
      data: { values },
      mark: { type: "rule", strokeDash: [5, 3], strokeWidth: 1.4, aria: false },
      encoding: {
        x: time(axes),
        stroke: { field: "color", type: "nominal", scale: null, legend: null },
        tooltip: { field: "text" },
      },
    },
    {
      data: { values },
      mark: {
        ...{ type: "text", fontSize: 11, baseline: "alphabetic", aria: false, tooltip: false },
        ...{ align: of("align"), dy: of("dy") },
      },
      encoding: { x: time(axes), y: { value: 0 }, text: { field: "label", type: "nominal" } },
    },
  ];
}
