/**
 * Chart of ratios: for every workload and arm the median as a point and its interval as a line,
 * before the bands.
 *
 * @module
 */
import type { Experiment, Ratio, Result, Thresholds } from "../../suites/result.ts";
import { chartWarnings, wrap, wrapTitle } from "./shared.ts";
import { intervalInWords, ratioInWords } from "../units.ts";
import { logTicks } from "./axes.ts";
import { BAND_COLORS, CHART_CONFIG, MEASURED, NEUTRAL } from "./palette.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

/** What a point stands for. */
const KINDS = ["measured", "degraded", "A/A control"] as const;
const KIND_COLORS = [MEASURED, "#D55E00", NEUTRAL];
const KIND_SHAPES = ["circle", "triangle-up", "diamond"];

// Below this ratio a linear scale would hide what lies under it.
const LINEAR_DOWN_TO = 0.3;

interface Row {
  /** Its place on the vertical axis: number of the workload, space, name of the arm. */
  readonly line: string;
  readonly workload: string;
  readonly arm: string;
  readonly kind: typeof KINDS[number];
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly interval: string;
  readonly n: number;
}

/** What the layers have in common: the horizontal scale, and the lines of the vertical axis. */
interface Frame {
  readonly scale: RatioScale;
  readonly lines: readonly string[];
}

/**
 * The Vega-Lite specification of one experiment's ratios; null where it has none. One plot whose lines
 * are headings and arms: a facet for each workload would be a chart of its own to lay out and draw.
 */
export function ratiosChart(result: Result, experiment: Experiment): ChartSpec | null {
  const rows = ratioRows(experiment);
  if (rows.length === 0) return null;
  const frame = { scale: ratioScale(rows), lines: linesOf(experiment, rows) };
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: wrapTitle(`${experiment.title}: ratio to ${experiment.reference}`),
      subtitle: subtitle(result, experiment),
    },
    width: 800,
    height: { step: 20 },
    data: { values: rows },
    layer: [
      bandLayer(result.run.thresholds, frame.scale.domain),
      headingLayer(experiment, frame),
      intervalLayer(frame),
      pointLayer(frame),
    ],
  };
}

/** For each workload a heading, then its arms in the experiment's order. */
function linesOf({ workloads, arms }: Experiment, rows: readonly Row[]): string[] {
  const drawn = new Set(rows.map(({ line }) => line));
  return workloads.flatMap((_, index) => {
    const lines = arms.map(({ name }) => lineOf(index, name)).filter((line) => drawn.has(line));
    return lines.length === 0 ? [] : [lineOf(index, ""), ...lines];
  });
}

function lineOf(workloadIndex: number, arm: string): string {
  return `${workloadIndex} ${arm}`;
}

function ratioRows({ ratios, arms, workloads, control }: Experiment): Row[] {
  const degraded = new Set(arms.filter((arm) => arm.degraded !== null).map(({ name }) => name));
  return ratios.flatMap((one) => {
    const index = workloads.findIndex(({ name }) => name === one.workload);
    const workload = workloads[index];
    if (workload === undefined || one.ratio === null || !(one.ratio > 0)) return [];
    const measured = degraded.has(one.arm) ? "degraded" : "measured";
    const kind = one.arm === control ? "A/A control" : measured;
    const line = lineOf(index, one.arm);
    return [row(one, one.ratio, { line, workload: workload.title, kind })];
  });
}

function row(one: Ratio, ratio: number, named: Pick<Row, "line" | "workload" | "kind">): Row {
  const { arm, n, low, high } = one;
  // A missing bound draws no line on its side; the words say that it is unknown.
  const interval = intervalInWords(one) || "too few blocks for an interval";
  return { ...named, arm, ratio, low: low ?? ratio, high: high ?? ratio, interval, n };
}

interface RatioScale {
  readonly domain: readonly [number, number];
  readonly type: "linear" | "log";
}

/** Linear where every figure is near 1; logarithmic where some are far below. */
function ratioScale(rows: readonly Row[]): RatioScale {
  const lowest = Math.min(1, ...rows.map(({ low, ratio }) => low > 0 ? low : ratio));
  const highest = Math.max(1.15, ...rows.map(({ high }) => high * 1.05));
  if (lowest >= LINEAR_DOWN_TO) return { type: "linear", domain: [0, highest] };
  return { type: "log", domain: [Math.min(0.05, lowest * 0.8), highest] };
}

/** The bands as a background between two ratios, which run along `axis`. */
export function bandLayer(
  { high, medium }: Thresholds,
  [lowest, highest]: RatioScale["domain"],
  axis: "x" | "y" = "x",
): ChartSpec {
  const bands = [
    { band: `low: below ${medium}`, from: lowest, to: Math.min(medium, highest) },
    { band: `medium: ${medium} to ${high}`, from: medium, to: Math.min(high, highest) },
    { band: `high: ${high} and above`, from: high, to: highest },
  ].map((band) => ({ ...band, from: Math.max(band.from, lowest) }));
  return {
    data: { values: bands.filter(({ from, to }) => from < to) },
    mark: { type: "rect", opacity: 0.16, tooltip: false, aria: false },
    encoding: {
      [axis]: {
        ...{ field: "from", type: "quantitative" },
        ...(axis === "y" ? { scale: { domain: [lowest, highest], nice: false } } : {}),
      },
      [`${axis}2`]: { field: "to" },
      fill: {
        field: "band",
        type: "nominal",
        scale: { domain: bands.map(({ band }) => band), range: [...BAND_COLORS] },
        legend: { title: "Band", orient: "bottom", symbolType: "square", symbolOpacity: 0.35 },
      },
    },
  };
}

function headingLayer({ workloads }: Experiment, frame: Frame): ChartSpec {
  const headings = workloads.map(({ title }, index) => ({ line: lineOf(index, ""), title }))
    .filter(({ line }) => frame.lines.includes(line));
  return {
    data: { values: headings },
    mark: { type: "text", align: "left", fontWeight: "bold", fontSize: 12, dy: 2, tooltip: false },
    encoding: { x: { value: 6 }, y: vertical(frame), text: { field: "title", type: "nominal" } },
  };
}

function intervalLayer(frame: Frame): ChartSpec {
  return {
    mark: { type: "rule", strokeWidth: 2.5, aria: false },
    encoding: {
      x: horizontal("low", frame),
      x2: { field: "high" },
      y: vertical(frame),
      color: kindColor(),
    },
  };
}

function pointLayer(frame: Frame): ChartSpec {
  return {
    mark: { type: "point", filled: true, size: 80, opacity: 1 },
    encoding: {
      x: horizontal("ratio", frame),
      y: vertical(frame),
      color: kindColor(),
      shape: {
        field: "kind",
        type: "nominal",
        scale: { domain: [...KINDS], range: KIND_SHAPES },
        legend: { title: "Arm", orient: "bottom" },
      },
      tooltip: [
        { field: "workload", title: "workload" },
        { field: "arm", title: "arm" },
        { field: "ratio", title: "median ratio", format: ".4f" },
        { field: "interval", title: "interval" },
        { field: "n", title: "blocks" },
        { field: "kind", title: "kind" },
      ],
    },
  };
}

function horizontal(field: "low" | "ratio", { scale }: Frame): ChartSpec {
  const [lowest, highest] = scale.domain;
  const ticks = scale.type === "log" ? { values: logTicks(lowest, highest) } : { tickCount: 8 };
  return {
    field,
    type: "quantitative",
    scale: { ...scale, domain: [...scale.domain], nice: false, clamp: true },
    axis: { title: null, format: "~g", ...ticks },
  };
}

function vertical({ lines }: Frame): ChartSpec {
  return {
    field: "line",
    type: "nominal",
    scale: { domain: [...lines] },
    // The arm alone: what follows the number of the workload.
    axis: {
      title: null,
      ticks: false,
      labelExpr: "slice(datum.label, indexof(datum.label, ' ') + 1)",
    },
  };
}

function kindColor(): ChartSpec {
  return {
    field: "kind",
    type: "nominal",
    scale: { domain: [...KINDS], range: KIND_COLORS },
    legend: { title: "Arm", orient: "bottom" },
  };
}

function subtitle(result: Result, { arms, control, ratios }: Experiment): string[] {
  const controls = ratios.flatMap(({ arm, ratio }) =>
    arm === control && ratio !== null ? [ratio] : []
  );
  const range = controls.length === 0
    ? "has no figure"
    : `came out at ${ratioInWords(Math.min(...controls))} to ${
      ratioInWords(Math.max(...controls))
    }`;
  return [
    ...chartWarnings(result),
    `Point: median over blocks; line: its confidence interval. The A/A control ${range}.`,
    ...arms.flatMap(({ name, degraded }) => degraded === null ? [] : wrap(`${name}: ${degraded}`)),
    ...arms.flatMap(({ name, missing, broken }) => {
      const reason = missing ?? broken;
      return reason === null ? [] : wrap(`${name} did not run: ${reason}`);
    }),
  ];
}
