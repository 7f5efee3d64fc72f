/**
 * The charts of a result.
 *
 * @module
 */
import type { Experiment, Result } from "../../suites/result.ts";
import { coverageChart } from "./coverage.ts";
import { heatmapChart } from "./heatmap.ts";
import { latencyChart } from "./latency.ts";
import { ratiosChart } from "./ratios.ts";
import { type ChartName, compileChart, renderChart, type RenderedChart } from "./render.ts";
import { samplesChart } from "./samples.ts";
import type { ChartSpec } from "./spec.ts";
import { topologyChart } from "./topology.ts";

/** The rendered charts of a result. */
export interface ResultCharts {
  /** Every claim as a square. */
  readonly heatmap: RenderedChart;
  /** The verdicts of each matrix as a bar. */
  readonly coverage: RenderedChart;
  /** The PCI functions and their IOMMU groups; null where the host lists none. */
  readonly topology: RenderedChart | null;
  /** In the order of the result's experiments. */
  readonly experiments: readonly ExperimentCharts[];
}

/** The charts of one experiment; null where it has nothing to draw. */
export interface ExperimentCharts {
  readonly ratios: RenderedChart | null;
  readonly samples: RenderedChart | null;
  /** Distributions of the workloads whose figures are times. */
  readonly latency: RenderedChart | null;
}

/** How much is drawn. */
export interface ChartOptions {
  /** Most samples in one chart; with 0 there are no charts of samples. */
  readonly mostPoints: number;
  /** Whether charts whose picture the page does not hold are compiled and not drawn. */
  readonly pageOnly?: boolean;
  /** Whether no chart is drawn: the page's script alone does that. */
  readonly undrawn?: boolean;
}

/** Renders the charts of a result that was made fit to be shown (`forDisplay`). */
export async function renderCharts(result: Result, options: ChartOptions): Promise<ResultCharts> {
  const experiments: ExperimentCharts[] = [];
  for (const [index, experiment] of result.experiments.entries()) {
    const name = fileName(experiment.name, index);
    experiments.push(await experimentCharts(result, { experiment, name }, options));
  }
  const topology = topologyChart(result);
  const render = rendererOf(options);
  return {
    heatmap: await render(
      { name: "verdicts", description: "the verdict on every claim, by matrix" },
      heatmapChart(result),
    ),
    coverage: await render(
      { name: "coverage", description: "how many claims of each matrix have which verdict" },
      coverageChart(result),
    ),
    topology: topology === null ? null : await render(
      { name: "topology", description: "the PCI functions of the host and their IOMMU groups" },
      topology,
    ),
    experiments,
  };
}

/** All charts in one list, those of the whole result first. */
export function chartList(charts: ResultCharts): RenderedChart[] {
  const { heatmap, coverage, topology, experiments } = charts;
  const parts = experiments.flatMap(({ ratios, samples, latency }) => [ratios, samples, latency]);
  return [heatmap, coverage, topology, ...parts].filter((chart) => chart !== null);
}

async function experimentCharts(
  result: Result,
  { experiment, name }: { readonly experiment: Experiment; readonly name: string },
  options: ChartOptions,
): Promise<ExperimentCharts> {
  const { title } = experiment;
  const { mostPoints, pageOnly = false } = options;
  const render = rendererOf(options);
  const draw = async (
    kind: keyof ExperimentCharts,
    says: Omit<ChartName, "name">,
    spec: ChartSpec | null,
  ): Promise<RenderedChart | null> => {
    if (spec === null) return null;
    const named = { ...says, name: `${name}-${kind}` };
    return pageOnly && says.inline === false
      ? compileChart(named, spec)
      : await render(named, spec);
  };
  return {
    ratios: await draw(
      "ratios",
      { description: `${title}: ratios with intervals, per workload and arm` },
      ratiosChart(result, experiment),
    ),
    samples: await draw(
      "samples",
      { description: `${title}: raw samples in run order`, inline: false },
      samplesChart(result, experiment, mostPoints),
    ),
    latency: await draw(
      "latency",
      { description: `${title}: distribution of latencies` },
      latencyChart(result, experiment, mostPoints),
    ),
  };
}

type Renderer = (named: ChartName, spec: ChartSpec) => RenderedChart | Promise<RenderedChart>;

function rendererOf({ undrawn = false }: ChartOptions): Renderer {
  return undrawn ? compileChart : renderChart;
}

/** A name that is safe as a file's, whatever the experiment is called. */
function fileName(name: string, index: number): string {
  return /^[a-z0-9][a-z0-9-]{0,60}$/.test(name) ? name : `experiment-${index + 1}`;
}
