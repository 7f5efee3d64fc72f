/**
 * Chart of latencies: for each workload whose figures are times, the processes of each arm as points
 * before a box, and below them what lies inside a process, from its least to its greatest latency.
 *
 * @module
 */
import type { Experiment, Result, Workload } from "../../suites/result.ts";
import { usedSamples } from "../../suites/statistics/comparison.ts";
import { median } from "../../suites/statistics/confidence_sequence.ts";
import { thinSamples } from "../display.ts";
import { drawn, type FigureAxis, figureAxis } from "./axes.ts";
import { CHART_CONFIG, MEASURED, NEUTRAL } from "./palette.ts";
import { type Quantile, QUANTILES } from "./quantiles.ts";
import { armsInOrder, chartWarnings, hasValue, type Measured, wrapTitle } from "./shared.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

/** Pixels above and below the middle of an arm's line. */
const UP = -7;
const DOWN = 8;

/** A figure inside the processes of one arm. */
interface Inside {
  readonly arm: string;
  readonly quantile: Quantile;
  /** The median over the processes, in seconds. */
  readonly seconds: number;
}

/** The Vega-Lite specification of an experiment's latencies; null where it measured none. */
export function latencyChart(
  result: Result,
  experiment: Experiment,
  mostPoints: number,
): ChartSpec | null {
  const used = usedSamples(thinSamples(experiment, mostPoints)).filter(hasValue);
  const drawnOnes = experiment.workloads.filter(({ unit }) => unit === "s").flatMap((workload) => {
    const samples = used.filter((sample) => sample.workload === workload.name);
    return samples.length === 0 ? [] : [latenciesOf(workload, samples, experiment)];
  });
  if (drawnOnes.length === 0) return null;
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: wrapTitle(`${experiment.title}: distribution of latencies`),
      subtitle: [...chartWarnings(result), ...explanation(drawnOnes)],
    },
    vconcat: drawnOnes.map(panel),
    spacing: 24,
  };
}

/** What is drawn of one workload. */
interface Latencies {
  readonly workload: Workload;
  readonly arms: readonly string[];
  readonly samples: readonly Measured[];
  readonly insides: readonly Inside[];
}

function latenciesOf(
  workload: Workload,
  samples: readonly Measured[],
  experiment: Experiment,
): Latencies {
  const byArm = Map.groupBy(samples, ({ arm }) => arm);
  const arms = armsInOrder(experiment).filter((arm) => byArm.has(arm));
  const insides = arms.flatMap((arm) => insidesOf(arm, byArm.get(arm) ?? []));
  return { workload, arms, samples, insides };
}

function explanation(drawnOnes: readonly Latencies[]): string[] {
  return [
    "A point: one process. The box holds the middle half of them, the bar is their median.",
    ...(drawnOnes.some(({ insides }) => insides.length > 0)
      ? ["Below, in grey: latencies inside a process, each the median over the processes."]
      : []),
    "No axis starts at 0.",
  ];
}

function panel({ workload, arms, samples, insides }: Latencies): ChartSpec {
  const figures = [...samples.map(({ value }) => value), ...insides.map(({ seconds }) => seconds)];
  const axis = figureAxis(workload.unit, figures, { zero: false });
  return {
    title: { text: wrapTitle(workload.title), fontSize: 12, offset: 6, frame: "group" },
    width: 760,
    height: { step: 38 },
    encoding: { y: lines(arms) },
    layer: [
      ...processLayers(samples, axis),
      ...(insides.length === 0 ? [] : insideLayers(insides, axis)),
    ],
  };
}

function insidesOf(arm: string, samples: readonly Measured[]): Inside[] {
  return QUANTILES.flatMap((quantile) => {
    const values = samples.flatMap(({ details }) =>
      quantile.names.flatMap((name) => details[name] ?? [])
    ).filter((value) => value > 0);
    const seconds = median(values);
    return seconds === null ? [] : [{ arm, quantile, seconds }];
  });
}

function lines(arms: readonly string[]): ChartSpec {
  return {
    field: "arm",
    type: "nominal",
    scale: { domain: [...arms] },
    axis: { title: null, ticks: false, grid: true, tickBand: "extent" },
  };
}

/** The box is Vega's own summary of the points that it draws. */
function processLayers(samples: readonly Measured[], axis: FigureAxis): ChartSpec[] {
  const values = samples.map(({ arm, value, order }) => ({
    arm,
    value: drawn(value, axis),
    order,
  }));
  const summary = (op: string): ChartSpec => ({ op, field: "value", as: op });
  return [
    {
      data: { values },
      transform: [{ aggregate: ["q1", "median", "q3"].map(summary), groupby: ["arm"] }],
      layer: [
        {
          mark: { ...mark("rule"), strokeWidth: 13, opacity: 0.35, color: MEASURED, yOffset: UP },
          encoding: { x: horizontal("q1", axis), x2: { field: "q3" } },
        },
        {
          mark: { ...mark("tick"), thickness: 3, size: 17, color: MEASURED, yOffset: UP },
          encoding: { x: horizontal("median", axis) },
        },
      ],
    },
    {
      data: { values },
      mark: { ...mark("point"), size: 22, opacity: 0.75, color: MEASURED, yOffset: UP },
      encoding: {
        x: horizontal("value", axis),
        tooltip: [
          { field: "arm", title: "arm" },
          { field: "value", title: axis.title },
          { field: "order", title: "order" },
        ],
      },
    },
  ];
}

/** From the least to the greatest figure a line, and on it each figure with its shape. */
function insideLayers(insides: readonly Inside[], axis: FigureAxis): ChartSpec[] {
  const present = QUANTILES.filter((one) => insides.some(({ quantile }) => quantile === one));
  const values = insides.map(({ arm, quantile, seconds }) => ({
    arm,
    inside: quantile.word,
    value: drawn(seconds, axis),
  }));
  return [
    {
      data: { values },
      mark: { ...mark("line"), color: NEUTRAL, strokeWidth: 1, yOffset: DOWN },
      encoding: { x: horizontal("value", axis), detail: { field: "arm", type: "nominal" } },
    },
    {
      data: { values },
      mark: { ...mark("point"), size: 50, opacity: 1, color: NEUTRAL, yOffset: DOWN },
      encoding: {
        x: horizontal("value", axis),
        shape: {
          field: "inside",
          type: "nominal",
          scale: {
            domain: present.map(({ word }) => word),
            range: present.map(({ shape }) => shape),
          },
          legend: { title: "Inside a process", orient: "bottom", direction: "horizontal" },
        },
        tooltip: [
          { field: "arm", title: "arm" },
          { field: "inside", title: "inside a process" },
          { field: "value", title: axis.title },
        ],
      },
    },
  ];
}

function mark(type: string): ChartSpec {
  return { type, aria: false, ...(type === "point" ? { filled: true } : { tooltip: false }) };
}

function horizontal(field: string, { title, scale, axis }: FigureAxis): ChartSpec {
  return { field, type: "quantitative", scale, axis: { title, ...axis } };
}
