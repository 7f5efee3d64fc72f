/**
 * Chart of raw samples: every process or boot in the order of the run, a panel for each workload, before
 * the blocks and along the reference, so that a drift shows. Other workloads may have run between two blocks
 * of one: each panel counts its own.
 *
 * @module
 */
import type { Experiment, Result, Sample, Workload } from "../../suites/result.ts";
import { usedSamples } from "../../suites/statistics/comparison.ts";
import { thinSamples } from "../display.ts";
import { drawn, type FigureAxis, figureAxis } from "./axes.ts";
import { armMarks, CHART_CONFIG, NEUTRAL } from "./palette.ts";
import { armsInOrder, chartWarnings, hasValue, type Measured, wrap, wrapTitle } from "./shared.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

/** Pixels: the width of a panel, and between two. */
const PANEL = 430;
const GAP = 36;

const USED = "used";
const ASIDE = "set aside";
const PALE_WHERE_ASIDE = {
  field: "use",
  type: "nominal",
  scale: { domain: [USED, ASIDE], range: [1, 0.25] },
  legend: null,
};

/** A sample at its place among all of its workload. */
interface Placed {
  readonly place: number;
  readonly sample: Measured;
}

/** What the panels have in common. */
interface Frame {
  readonly reference: string;
  readonly arms: readonly string[];
  readonly used: ReadonlySet<Sample>;
}

/** The Vega-Lite specification of at most `mostPoints` samples; null where none has a figure. */
export function samplesChart(
  result: Result,
  experiment: Experiment,
  mostPoints: number,
): ChartSpec | null {
  const shown = thinSamples(experiment, mostPoints).filter(hasValue);
  const used = new Set(usedSamples(experiment.samples));
  const frame = { reference: experiment.reference, arms: armsInOrder(experiment), used };
  const panels = experiment.workloads.flatMap((workload) => {
    const placed = placesOf(workload, experiment.samples, new Set(shown));
    return placed.length === 0 ? [] : [panel(workload, placed, frame)];
  });
  if (panels.length === 0) return null;
  const width = panels.length === 1 ? 2 * PANEL + GAP : PANEL;
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: wrapTitle(`${experiment.title}: samples in the order of the run`),
      subtitle: subtitle(result, experiment, shown.length),
    },
    concat: panels.map((panel) => ({ ...panel, width })),
    columns: 2,
    spacing: { row: 18, column: GAP },
  };
}

function placesOf(
  { name }: Workload,
  samples: readonly Sample[],
  shown: ReadonlySet<Sample>,
): Placed[] {
  return samples.filter(({ workload }) => workload === name)
    .toSorted((one, other) => one.order - other.order)
    .flatMap((sample, index) =>
      hasValue(sample) && shown.has(sample) ? [{ place: index + 1, sample }] : []
    );
}

function panel(workload: Workload, placed: readonly Placed[], frame: Frame): ChartSpec {
  const axis = figureAxis(workload.unit, placed.map(({ sample }) => sample.value));
  return {
    title: { text: wrap(workload.title, PANEL / 7), fontSize: 12, offset: 6, frame: "group" },
    height: 150,
    layer: [
      blockLayer(placed),
      referenceLayer(placed, axis, frame),
      pointLayer(placed, axis, frame),
    ],
  };
}

/** Every other block as a background: within a block the arms are compared. */
function blockLayer(placed: readonly Placed[]): ChartSpec {
  const blocks = [...Map.groupBy(placed, ({ sample }) => sample.block).values()].map((block) => {
    const places = block.map(({ place }) => place);
    return { from: Math.min(...places) - 0.5, to: Math.max(...places) + 0.5 };
  });
  const last = Math.max(...blocks.map(({ to }) => to));
  return {
    data: { values: blocks.filter((_, index) => index % 2 === 1) },
    mark: { type: "rect", color: NEUTRAL, opacity: 0.13, tooltip: false, aria: false },
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        scale: { domain: [0.5, last], nice: false },
        axis: { title: "in the order of the run", tickCount: 5, tickMinStep: 1, grid: false },
      },
      x2: { field: "to" },
    },
  };
}

/** The reference does the same again in every block: what moves it is the machine. */
function referenceLayer(
  placed: readonly Placed[],
  axis: FigureAxis,
  { reference, used }: Frame,
): ChartSpec {
  const values = placed.flatMap(({ place, sample }) =>
    sample.arm === reference && used.has(sample)
      ? [{ place, value: drawn(sample.value, axis) }]
      : []
  );
  return {
    data: { values },
    mark: { type: "line", color: NEUTRAL, strokeWidth: 1.2, tooltip: false, aria: false },
    encoding: {
      x: { field: "place", type: "quantitative" },
      y: vertical(axis),
    },
  };
}

function vertical({ title, scale, axis }: FigureAxis): ChartSpec {
  return { field: "value", type: "quantitative", scale, axis: { title, ...axis } };
}

function pointLayer(placed: readonly Placed[], axis: FigureAxis, frame: Frame): ChartSpec {
  const { used, arms } = frame;
  const hasAside = placed.some(({ sample }) => !used.has(sample));
  return {
    data: {
      values: placed.map(({ place, sample }) => ({
        ...{ place, order: sample.order, block: sample.block, arm: sample.arm },
        value: drawn(sample.value, axis),
        ...(hasAside ? { use: used.has(sample) ? USED : ASIDE } : {}),
      })),
    },
    mark: { type: "point", filled: true, size: 26, opacity: 1, aria: false },
    encoding: {
      x: { field: "place", type: "quantitative" },
      y: vertical(axis),
      ...byArm(arms),
      ...(hasAside ? { opacity: PALE_WHERE_ASIDE } : {}),
      tooltip: [
        { field: "arm", title: "arm" },
        { field: "value", title: axis.title },
        { field: "block", title: "block" },
        { field: "order", title: "order" },
      ],
    },
  };
}

function byArm(arms: readonly string[]): ChartSpec {
  const marks = armMarks(arms.length);
  const legend = { title: "Arm", orient: "bottom", columns: 4 };
  const of = (range: readonly string[]): ChartSpec => ({
    ...{ field: "arm", type: "nominal", legend },
    scale: { domain: [...arms], range: [...range] },
  });
  return {
    color: of(marks.map(({ color }) => color)),
    shape: of(marks.map(({ shape }) => shape)),
  };
}

function subtitle(result: Result, { samples, reference }: Experiment, shown: number): string[] {
  const failed = samples.filter(({ value }) => value === null).length;
  const measured = samples.length - failed;
  const aside = samples.length - usedSamples(samples).length;
  const missing = failed === 0 ? "none failed" : `${failed} failed and are not drawn`;
  return [
    ...chartWarnings(result),
    `${samples.length} samples, each a process or boot of its own; ${missing}.`,
    `Every other block is shaded; the line joins the samples of ${reference}, to show a drift.`,
    ...(aside > 0 ? [`${aside} are of blocks that were set aside: pale, and not used.`] : []),
    ...(shown < measured ? [`Drawn: ${shown} of ${measured}, whole blocks spread evenly.`] : []),
  ];
}
