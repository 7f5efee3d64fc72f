/**
 * What verdicts rest on.
 *
 * @module
 */
import type { Absence, Experiment, Probe, Thresholds } from "./result.ts";

/** All that verdicts rest on. */
export interface Evidence {
  readonly probes: readonly Probe[];
  readonly experiments: readonly Experiment[];
  readonly bareMetal: boolean;
  readonly environment: string;
  readonly thresholds: Thresholds;
  /** Why an experiment or a probe gave nothing, by its name. */
  readonly absent: Readonly<Record<string, Absence>>;
}
