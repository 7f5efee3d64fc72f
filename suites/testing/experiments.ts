/**
 * Hand-made experiments for tests: no machine ever gave these figures.
 *
 * @module
 */
import { experimentOf, type PairedPlan } from "../paired.ts";
import type { Arm, Experiment, Sample } from "../result.ts";
import { STORAGE_ARMS, STORAGE_WORKLOADS } from "../storage/storage_cases.ts";

/** What a test says about one arm. */
export interface ArmCase {
  /** The arm's true ratio to native; 1 when absent. */
  readonly ratio?: number;
  readonly missing?: string;
  readonly broken?: string;
  readonly degraded?: string;
  /** How many of its runs failed, from the first block on. */
  readonly failures?: number;
}

/** A storage experiment of `blocks` blocks in which each arm has its ratio, give or take `noise`. */
export function storageExperiment(
  cases: Readonly<Record<string, ArmCase>>,
  { blocks = 30, noise = 0.01, stopped = "every comparison was decided" } = {},
): Experiment {
  const arms = STORAGE_ARMS.map(({ name, title }): Arm => {
    const { missing = null, broken = null, degraded = null } = cases[name] ?? {};
    return { name, title, missing, lacks: null, broken, degraded };
  });
  const samples: Sample[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const { name: workload, better } of STORAGE_WORKLOADS) {
      for (const arm of arms.filter(({ missing, broken }) => missing === null && broken === null)) {
        const { ratio = 1, failures = 0 } = cases[arm.name] ?? {};
        const wobble = 1 + noise * Math.sin(7 * block + 3 * samples.length);
        const value = 1000 * wobble * (better === "larger" ? ratio : 1 / ratio);
        const failed = block < failures;
        samples.push(sampleOf({ workload, arm: arm.name, block, order: samples.length }, {
          value: failed ? null : value,
          failure: failed ? "fio exited with status 1" : null,
        }));
      }
    }
  }
  const plan: PairedPlan = {
    name: "storage",
    title: "storage",
    reference: "native",
    control: "native-again",
    workloads: STORAGE_WORKLOADS,
    drivers: arms.map((arm) => ({ arm, measure: () => Promise.reject(new Error("not run")) })),
    unavailable: [],
    judged: arms.map(({ name }) => name),
    mostBlocks: blocks,
  };
  return experimentOf(plan, samples, stopped);
}

function sampleOf(
  key: Pick<Sample, "workload" | "arm" | "block" | "order">,
  outcome: Pick<Sample, "value" | "failure">,
): Sample {
  return {
    ...key,
    ...outcome,
    argv: ["fio"],
    status: outcome.failure === null ? 0 : 1,
    startedAt: "2026-01-01T00:00:00.000Z",
    durationSeconds: 1,
    details: {},
    load: null,
  };
}
