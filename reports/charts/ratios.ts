/**
 * Chart of ratios: for every workload and arm the median as a point and its interval as a line,
 * before the bands.
 *
 * @module
 */
import type { Experiment, Ratio, Result, Thresholds } from "../../suites/result.ts";
import { chartWarnings, logTicks, ran, wrap } from "./shared.ts";
import { intervalInWords, ratioInWords } from "../units.ts";
import { BAND_COLORS, CHART_CONFIG, NEUTRAL } from "./palette.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

/** What a point stands for. */
const KINDS = ["measured", "degraded", "A/A control"] as const;
const KIND_COLORS = ["#1478BE", "#D55E00", NEUTRAL];
const KIND_SHAPES = ["circle", "triangle-up", "diamond"];

// Below this ratio a linear scale would hide what lies under it.
const LINEAR_DOWN_TO = 0.3;

interface Row {
  readonly workload: string;
  readonly arm: string;
  readonly kind: typeof KINDS[number];
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly interval: string;
  readonly n: number;
}

/** The Vega-Lite specification of one experiment's ratios. */
export function ratiosChart(result: Result, experiment: Experiment): ChartSpec {
  const rows = ratioRows(experiment);
  const scale = ratioScale(rows);
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: `${experiment.title}: ratio to ${experiment.reference}`,
      subtitle: subtitle(result, experiment),
    },
    data: { values: rows },
    facet: {
      field: "workload",
      type: "nominal",
      sort: experiment.workloads.map(({ title }) => title),
      header: { title: null, labelOrient: "top" },
    },
    columns: 1,
    spacing: 14,
    spec: {
      width: 800,
      height: { step: 19 },
      layer: [
        bandLayer(result.run.thresholds, scale.domain),
        intervalLayer(scale, armOrder(experiment)),
        pointLayer(scale, armOrder(experiment)),
      ],
    },
  };
}

function ratioRows({ ratios, arms, workloads, control }: Experiment): Row[] {
  const titles = new Map(workloads.map(({ name, title }) => [name, title]));
  const degraded = new Set(arms.filter((arm) => arm.degraded !== null).map(({ name }) => name));
  return ratios.flatMap((one) => {
    if (one.ratio === null || !(one.ratio > 0)) return [];
    const measured = degraded.has(one.arm) ? "degraded" : "measured";
    const kind = one.arm === control ? "A/A control" : measured;
    return [row(one, one.ratio, { workload: titles.get(one.workload) ?? one.workload, kind })];
  });
}

function row(one: Ratio, ratio: number, named: Pick<Row, "workload" | "kind">): Row {
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

function armOrder({ arms, reference }: Experiment): string[] {
  return arms.filter((arm) => arm.name !== reference && ran(arm)).map(({ name }) => name);
}

function bandLayer(
  { high, medium }: Thresholds,
  [lowest, highest]: RatioScale["domain"],
): ChartSpec {
  const bands = [
    { band: `low: below ${medium}`, from: lowest, to: medium },
    { band: `medium: ${medium} to ${high}`, from: medium, to: high },
    { band: `high: ${high} and above`, from: high, to: highest },
  ];
  return {
    data: { values: bands },
    mark: { type: "rect", opacity: 0.16, tooltip: false, aria: false },
    encoding: {
      x: { field: "from", type: "quantitative" },
      x2: { field: "to" },
      fill: {
        field: "band",
        type: "nominal",
        scale: { domain: bands.map(({ band }) => band), range: [...BAND_COLORS] },
        legend: { title: "Band", orient: "bottom", symbolType: "square", symbolOpacity: 0.35 },
      },
    },
  };
}

function intervalLayer(scale: RatioScale, order: readonly string[]): ChartSpec {
  return {
    mark: { type: "rule", strokeWidth: 2.5, aria: false },
    encoding: { ...position("low", scale, order), x2: { field: "high" }, color: kindColor() },
  };
}

function pointLayer(scale: RatioScale, order: readonly string[]): ChartSpec {
  return {
    mark: { type: "point", filled: true, size: 80, opacity: 1 },
    encoding: {
      ...position("ratio", scale, order),
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

function position(field: "low" | "ratio", scale: RatioScale, order: readonly string[]): ChartSpec {
  const [lowest, highest] = scale.domain;
  const ticks = scale.type === "log" ? { values: logTicks(lowest, highest) } : { tickCount: 8 };
  return {
    x: {
      field,
      type: "quantitative",
      scale: { ...scale, domain: [...scale.domain], nice: false, clamp: true },
      axis: { title: null, format: "~g", ...ticks },
    },
    y: { field: "arm", type: "nominal", sort: [...order], axis: { title: null, ticks: false } },
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
