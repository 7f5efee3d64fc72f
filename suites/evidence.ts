/**
 * What verdicts rest on.
 *
 * @module
 */
import type {
  Absence,
  Baseline,
  Experiment,
  GpuDescription,
  Probe,
  Result,
  Thresholds,
} from "./result.ts";

/** All that verdicts rest on. */
export interface Evidence {
  readonly probes: readonly Probe[];
  readonly experiments: readonly Experiment[];
  readonly bareMetal: boolean;
  readonly environment: string;
  readonly cpuModel: string;
  /** NVIDIA's GPUs; null where the driver could not tell. */
  readonly gpus: readonly GpuDescription[] | null;
  /** The run on bare metal that figures of a guest are compared with. */
  readonly baseline: Baseline | null;
  readonly thresholds: Thresholds;
  /** Why an experiment or a probe gave nothing, by its name. */
  readonly absent: Readonly<Record<string, Absence>>;
}

/** The evidence of a result, to be judged by `thresholds`. */
export function evidenceOf(
  { host, probes, experiments, absent, baseline }: Pick<
    Result,
    "host" | "probes" | "experiments" | "absent" | "baseline"
  >,
  thresholds: Thresholds,
): Evidence {
  const { bareMetal, environment, cpuModel, gpus } = host;
  const known = { bareMetal, environment, cpuModel, gpus };
  return { probes, experiments, absent, baseline, ...known, thresholds };
}
