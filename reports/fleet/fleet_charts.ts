/**
 * The charts of a fleet.
 *
 * @module
 */
import type { FleetResult, Outlier } from "../../suites/fleet/fleet_result.ts";
import { VERDICTS } from "../../suites/result.ts";
import { CHART_CONFIG, MEASURED, NEUTRAL } from "../charts/palette.ts";
import { renderChart, type RenderedChart } from "../charts/render.ts";
import { wrap } from "../charts/shared.ts";
import { segmentBars, segmentCounts, type VerdictSegment } from "../charts/segments.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "../charts/spec.ts";
import { verdictInWords } from "../charts/verdict_scale.ts";
import { intervalInWords } from "../units.ts";
import { FACES } from "../verdicts.ts";
import { fleetWarnings } from "./fleet_words.ts";
import { countsOf, hasTold } from "./tallies.ts";

/** The rendered charts of a fleet; null where it has nothing to draw. */
export interface FleetCharts {
  /** How many claims have which verdict on each host. */
  readonly verdictsByHost: RenderedChart | null;
  /** The ratios of outliers before the range of the others of their make. */
  readonly outliers: RenderedChart | null;
}

/** The name of each chart's files without their ending. */
export const FLEET_CHARTS: Readonly<Record<keyof FleetCharts, string>> = {
  verdictsByHost: "verdicts-by-host",
  outliers: "outliers",
};

/** With more hosts, or more outliers, a chart would be no picture but a list. */
const MOST_LINES = 60;

/** Renders the charts of a fleet that was made fit to be shown (`fleetForDisplay`). */
export async function fleetCharts(fleet: FleetResult): Promise<FleetCharts> {
  return {
    verdictsByHost: await rendered("verdictsByHost", verdictsByHostChart(fleet)),
    outliers: await rendered("outliers", outliersChart(fleet)),
  };
}

const DESCRIPTIONS: Readonly<Record<keyof FleetCharts, string>> = {
  verdictsByHost: "how many claims have which verdict on each host",
  outliers: "ratios of outliers, and of the others of their make",
};

async function rendered(
  chart: keyof FleetCharts,
  spec: ChartSpec | null,
): Promise<RenderedChart | null> {
  if (spec === null) return null;
  return await renderChart({ name: FLEET_CHARTS[chart], description: DESCRIPTIONS[chart] }, spec);
}

interface Segment extends VerdictSegment {
  readonly host: string;
}

/** The specification of the hosts' verdicts; null where none has any, or of too many hosts. */
export function verdictsByHostChart(fleet: FleetResult): ChartSpec | null {
  const hosts = fleet.hosts.filter(hasTold);
  if (hosts.length > MOST_LINES) return null;
  const segments = hosts.flatMap(({ name, told }) => segmentsOf(name, countsOf(told)));
  if (segments.length === 0) return null;
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: { text: "Verdicts of each host", subtitle: warningLines(fleet) },
    width: 800,
    height: { step: 21 },
    data: { values: segments },
    encoding: {
      y: { field: "host", type: "nominal", sort: null, axis: { title: null, ticks: false } },
      tooltip: ["host", "verdict", "claims"].map((field) => ({ field })),
    },
    layer: [segmentBars(segments, { title: "claims", grid: false }), segmentCounts()],
  };
}

function warningLines(fleet: FleetResult): string[] {
  return fleetWarnings(fleet).flatMap(({ en }) => wrap(en));
}

function segmentsOf(host: string, counts: ReturnType<typeof countsOf>): Segment[] {
  let to = 0;
  return VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) => {
    const claims = counts[verdict];
    const from = to;
    to += claims;
    return {
      ...{ host, from, to, claims, middle: from + claims / 2 },
      verdict: verdictInWords(verdict),
      // A narrower segment has no room for its count.
      label: claims < 6 ? "" : `${FACES[verdict].symbol}${claims}`,
    };
  });
}

/** The specification of the outliers; null where there are none, or too many. */
export function outliersChart(fleet: FleetResult): ChartSpec | null {
  const { outliers } = fleet;
  if (outliers.length === 0 || outliers.length > MOST_LINES) return null;
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: "Hosts unlike the others of their make: ratio to native",
      subtitle: [
        ...warningLines(fleet),
        "Point: the host's median, with its interval. Tick: the median of the others, with the range that one may have.",
      ],
    },
    width: 700,
    height: { step: 26 },
    data: { values: outliers.map(outlierRow) },
    encoding: {
      y: { field: "line", type: "nominal", sort: null, axis: { title: null, ticks: false } },
      x: { type: "quantitative", scale: { zero: false }, axis: { title: "ratio to native" } },
      tooltip: ["line", "ratio", "interval", "others"].map((field) => ({ field })),
    },
    layer: OUTLIER_LAYERS,
  };
}

const OUTLIER_LAYERS: readonly ChartSpec[] = [
  {
    mark: { type: "rule", strokeWidth: 8, opacity: 0.3, color: NEUTRAL, aria: false },
    encoding: { x: { field: "othersLow" }, x2: { field: "othersHigh" } },
  },
  {
    mark: { type: "tick", thickness: 2.5, color: NEUTRAL, aria: false },
    encoding: { x: { field: "othersMedian" } },
  },
  {
    mark: { type: "rule", strokeWidth: 2.5, color: MEASURED, aria: false },
    encoding: { x: { field: "low" }, x2: { field: "high" } },
  },
  {
    mark: { type: "point", filled: true, size: 70, opacity: 1, color: MEASURED, aria: false },
    encoding: { x: { field: "ratio" } },
  },
];

function outlierRow(outlier: Outlier) {
  const { host, experiment, workload, arm, ratio, low, high, others } = outlier;
  return {
    line: `${host}: ${experiment}, ${workload}, ${arm}`,
    ...{ ratio, low, high, interval: intervalInWords(outlier) },
    ...{ othersLow: others.low, othersMedian: others.median, othersHigh: others.high },
    others: `${others.count}: ${intervalInWords(others)}`,
  };
}
