/**
 * Chart of raw samples: every process or boot in the order of the run, a panel for each workload.
 *
 * @module
 */
import type { Experiment, Result, Sample, Workload } from "../../suites/result.ts";
import { usedSamples } from "../../suites/statistics/comparison.ts";
import { thinSamples } from "../display.ts";
import { chartWarnings, logTicks, ran } from "./shared.ts";
import { printUnit } from "../units.ts";
import { armMarks, CHART_CONFIG } from "./palette.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

// Beyond this spread a linear scale would press the slow arms onto the axis.
const LINEAR_UP_TO = 8;

const USED = "used";
const ASIDE = "set aside";
const PALE_WHERE_ASIDE = {
  field: "use",
  type: "nominal",
  scale: { domain: [USED, ASIDE], range: [1, 0.25] },
  legend: null,
};

type Measured = Sample & { readonly value: number };

/** The Vega-Lite specification of one experiment's samples, at most `mostPoints` of them. */
export function samplesChart(
  result: Result,
  experiment: Experiment,
  mostPoints: number,
): ChartSpec {
  const drawn = thinSamples(experiment, mostPoints).filter(hasValue);
  const arms = armsInOrder(experiment);
  const used = new Set(usedSamples(experiment.samples));
  const last = drawn.reduce((largest, { order }) => Math.max(largest, order), 0);
  const panels = experiment.workloads.flatMap((workload) => {
    const samples = drawn.filter((sample) => sample.workload === workload.name);
    return samples.length === 0 ? [] : [panel(workload, samples, { arms, last, used })];
  });
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: `${experiment.title}: samples in the order of the run`,
      subtitle: subtitle(result, experiment, drawn.length),
    },
    concat: panels,
    columns: 2,
    spacing: { row: 18, column: 36 },
  };
}

function panel(
  workload: Workload,
  samples: readonly Measured[],
  { arms, last, used }: {
    readonly arms: readonly string[];
    readonly last: number;
    readonly used: ReadonlySet<Sample>;
  },
): ChartSpec {
  const values = samples.map(({ value }) => value);
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  const { factor, label } = printUnit(workload.unit, largest);
  const logarithmic = smallest > 0 && largest / smallest > LINEAR_UP_TO;
  const vertical = logarithmic
    ? logAxis(smallest / factor / 1.4, largest / factor * 1.4)
    : { scale: { zero: true }, axis: { tickCount: 4 } };
  const hasAside = samples.some((sample) => !used.has(sample));
  const axes = { unit: logarithmic ? `${label} (log)` : label, vertical, last };
  return {
    title: { text: workload.title, fontSize: 12, offset: 6 },
    width: 430,
    height: 150,
    data: {
      values: samples.map((sample) => ({
        order: sample.order,
        block: sample.block,
        arm: sample.arm,
        value: Number((sample.value / factor).toPrecision(5)),
        ...(hasAside ? { use: used.has(sample) ? USED : ASIDE } : {}),
      })),
    },
    mark: { type: "point", filled: true, size: 26, opacity: 1, aria: false },
    encoding: { ...encoding(axes, arms), ...(hasAside ? { opacity: PALE_WHERE_ASIDE } : {}) },
  };
}

function logAxis(lowest: number, highest: number): Axes["vertical"] {
  return {
    scale: { type: "log", domain: [lowest, highest], nice: false },
    axis: { values: logTicks(lowest, highest), format: "~g" },
  };
}

interface Axes {
  readonly unit: string;
  readonly vertical: { readonly scale: ChartSpec; readonly axis: ChartSpec };
  readonly last: number;
}

function encoding({ unit, vertical, last }: Axes, arms: readonly string[]): ChartSpec {
  const marks = armMarks(arms.length);
  const legend = { title: "Arm", orient: "bottom", columns: 4 };
  return {
    x: {
      field: "order",
      type: "quantitative",
      scale: { domain: [0, Math.max(1, last)], nice: false },
      axis: { title: "order of the run", tickCount: 5, grid: false },
    },
    y: {
      field: "value",
      type: "quantitative",
      scale: vertical.scale,
      axis: { title: unit, ...vertical.axis },
    },
    color: {
      field: "arm",
      type: "nominal",
      scale: { domain: [...arms], range: marks.map(({ color }) => color) },
      legend,
    },
    shape: {
      field: "arm",
      type: "nominal",
      scale: { domain: [...arms], range: marks.map(({ shape }) => shape) },
      legend,
    },
    tooltip: [
      { field: "arm", title: "arm" },
      { field: "value", title: unit },
      { field: "block", title: "block" },
      { field: "order", title: "order" },
    ],
  };
}

function subtitle(result: Result, { samples }: Experiment, drawn: number): string[] {
  const failed = samples.filter(({ value }) => value === null).length;
  const measured = samples.length - failed;
  const aside = samples.length - usedSamples(samples).length;
  const missing = failed === 0 ? "none failed" : `${failed} failed and are not drawn`;
  return [
    ...chartWarnings(result),
    `${samples.length} samples, each a process or boot of its own; ${missing}.`,
    ...(aside > 0 ? [`${aside} are of blocks that were set aside: pale, and not used.`] : []),
    ...(drawn < measured ? [`Drawn: ${drawn} of ${measured}, whole blocks spread evenly.`] : []),
  ];
}

/** The reference, its control, then the others: the order of {@linkcode armMarks}. */
function armsInOrder({ arms, reference, control }: Experiment): string[] {
  return [...new Set([reference, control, ...arms.filter(ran).map(({ name }) => name)])];
}

function hasValue(sample: Sample): sample is Measured {
  return sample.value !== null;
}
