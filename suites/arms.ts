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
  /** Whether the comparison of this arm on this workload decides a claim; all do when absent. */
  readonly judges?: (arm: string, workload: string) => boolean;
}

/** What an arm is before anything is known against it. */
export const NEW_ARM = { missing: null, lacks: null, broken: null, degraded: null } as const;

/** Builds each arm; an arm whose preparation fails is told apart as missing or broken. */
export async function prepareArms<Spec extends { readonly name: string; readonly title: string }>(
  specs: readonly Spec[],
  build: (arm: Arm, spec: Spec) => Promise<ArmDriver>,
): Promise<{ drivers: ArmDriver[]; unavailable: Arm[] }> {
  const drivers: ArmDriver[] = [];
  const unavailable: Arm[] = [];
  for (const spec of specs) {
    const arm: Arm = { ...NEW_ARM, name: spec.name, title: spec.title };
    try {
      drivers.push(await build(arm, spec));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      unavailable.push(
        error instanceof MissingTool
          ? { ...arm, missing: error.message, lacks: error.lacks }
          : { ...arm, broken: error.message },
      );
    }
  }
  return { drivers, unavailable };
}
