/**
 * What a run that was made in a guest takes from a run on bare metal, to be compared with.
 *
 * @module
 */
import { GPU_CHECKS } from "./checks.ts";
import type { Baseline, Experiment, Result } from "./result.ts";

/** The part of a result that another run is compared with; `source` is where it was read from. */
export function baselineOf(
  { host, run, experiments }: Pick<Result, "host" | "run" | "experiments">,
  source: string,
): Baseline {
  const { hostname, cpuModel, environment, bareMetal, gpus } = host;
  return {
    source,
    startedAt: run.startedAt,
    hostname,
    cpuModel,
    environment,
    bareMetal,
    gpus: gpus ?? [],
    synthetic: run.dryRun?.synthetic ?? false,
    experiments: experiments.filter(({ name }) => GPU_CHECKS.some((check) => check === name))
      .map(nativeAlone),
  };
}

function nativeAlone(experiment: Experiment): Experiment {
  const isKept = (arm: string) => arm === experiment.reference || arm === experiment.control;
  return {
    ...experiment,
    arms: experiment.arms.filter(({ name }) => isKept(name)),
    samples: experiment.samples.filter(({ arm }) => isKept(arm)),
    ratios: experiment.ratios.filter(({ arm }) => isKept(arm)),
  };
}
