/**
 * Preparing the arms of an experiment: what cannot be prepared becomes an arm that says why.
 *
 * @module
 */
import { MissingTool, Problem } from "../problem.ts";
import type { ArmDriver } from "./paired.ts";
import type { Arm } from "./result.ts";

/** What the selected claims ask of an experiment. */
export interface ArmNeeds {
  /** Every arm that has to run, reference and control included. */
  readonly arms: ReadonlySet<string>;
  /** The arms whose comparison decides claims. */
  readonly judged: ReadonlySet<string>;
  readonly workloads: ReadonlySet<string>;
}

/** Undoes one thing that was opened for the run. */
export type Cleanup = () => Promise<void>;

/** Builds each arm; an arm whose preparation fails is told apart as missing or broken. */
export async function prepareArms<Spec extends { readonly name: string; readonly title: string }>(
  specs: readonly Spec[],
  build: (arm: Arm, spec: Spec) => Promise<ArmDriver>,
): Promise<{ drivers: ArmDriver[]; unavailable: Arm[] }> {
  const drivers: ArmDriver[] = [];
  const unavailable: Arm[] = [];
  for (const spec of specs) {
    const arm: Arm = {
      name: spec.name,
      title: spec.title,
      missing: null,
      broken: null,
      degraded: null,
    };
    try {
      drivers.push(await build(arm, spec));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const kind = error instanceof MissingTool ? "missing" : "broken";
      unavailable.push({ ...arm, [kind]: error.message });
    }
  }
  return { drivers, unavailable };
}
