/**
 * What verdicts rest on.
 *
 * @module
 */
import type { Absence, Experiment, Thresholds } from "./result.ts";

/** All that verdicts rest on. */
export interface Evidence {
  readonly experiments: readonly Experiment[];
  readonly bareMetal: boolean;
  readonly environment: string;
  readonly thresholds: Thresholds;
  /** Why an experiment gave nothing, by its name. */
  readonly absent: Readonly<Record<string, Absence>>;
}
