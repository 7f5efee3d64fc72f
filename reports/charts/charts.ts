/**
 * The charts of a result.
 *
 * @module
 */
import type { Experiment, Result } from "../../suites/result.ts";
import { ratiosChart } from "./ratios.ts";
import { compileChart, renderChart, type RenderedChart } from "./render.ts";
import { samplesChart } from "./samples.ts";

/** The rendered charts of a result. */
export interface ResultCharts {
  readonly experiments: readonly ExperimentCharts[];
}

/** The charts of one experiment; null where it has nothing to draw. */
export interface ExperimentCharts {
  readonly ratios: RenderedChart | null;
  readonly samples: RenderedChart | null;
}

/**
 * Renders the charts of a result that was made fit to be shown (`forDisplay`). Raw samples are drawn by
 * the page alone: the table beside them says the same.
 */
export async function renderCharts(result: Result, mostPoints: number): Promise<ResultCharts> {
  const experiments: ExperimentCharts[] = [];
  for (const [index, experiment] of result.experiments.entries()) {
    const name = fileName(experiment.name, index);
    experiments.push(await experimentCharts(result, experiment, { name, mostPoints }));
  }
  return { experiments };
}

/** All charts in one list. */
export function chartList({ experiments }: ResultCharts): RenderedChart[] {
  return experiments.flatMap(({ ratios, samples }) => [ratios ?? [], samples ?? []]).flat();
}

async function experimentCharts(
  result: Result,
  experiment: Experiment,
  { name, mostPoints }: { readonly name: string; readonly mostPoints: number },
): Promise<ExperimentCharts> {
  const ratios = experiment.ratios.some(({ ratio }) => ratio !== null && ratio > 0)
    ? await renderChart(
      {
        name: `${name}-ratios`,
        description: `${experiment.title}: ratios with intervals, per workload and arm`,
      },
      ratiosChart(result, experiment),
    )
    : null;
  const samples = mostPoints > 0 && experiment.samples.some(({ value }) => value !== null)
    ? compileChart(
      { name: `${name}-samples`, description: `${experiment.title}: raw samples in run order` },
      samplesChart(result, experiment, mostPoints),
    )
    : null;
  return { ratios, samples };
}

/** A name that is safe as a file's, whatever the experiment is called. */
function fileName(name: string, index: number): string {
  return /^[a-z0-9][a-z0-9-]{0,60}$/.test(name) ? name : `experiment-${index + 1}`;
}
