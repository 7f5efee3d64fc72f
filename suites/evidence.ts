/**
 * What verdicts rest on.
 *
 * @module
 */
import type { Experiment, Thresholds } from "./result.ts";

/** All that verdicts rest on. */
export interface Evidence {
  readonly experiments: readonly Experiment[];
  readonly bareMetal: boolean;
  readonly environment: string;
  readonly thresholds: Thresholds;
  /** Why an experiment gave nothing, by its name: a broken tool (`error`) or a missing one. */
  readonly absent: Readonly<Record<string, Absence>>;
}

/** Why an experiment gave nothing. */
export interface Absence {
  readonly verdict: "untested" | "error" | "inconclusive";
  readonly because: string;
}
