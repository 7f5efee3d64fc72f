/**
 * Hand-made experiments for tests: no machine ever gave these figures.
 *
 * @module
 */
import { experimentOf, type PairedPlan } from "../paired.ts";
import type { Arm, Experiment, Sample, Workload } from "../result.ts";
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
  /** Blocks in which something disturbed it. */
  readonly aside?: readonly number[];
  readonly details?: Readonly<Record<string, number>>;
}

/** What a made-up experiment is of. */
export interface Made {
  readonly name: string;
  readonly workloads: readonly Workload[];
  readonly arms: readonly Pick<Arm, "name" | "title">[];
}

/** What all arms have in common. */
export interface MadeOptions {
  readonly blocks?: number;
  readonly noise?: number;
  readonly stopped?: string;
  /** The figure of an arm whose ratio is 1. */
  readonly value?: number;
}

/** A storage experiment of `blocks` blocks in which each arm has its ratio, give or take `noise`. */
export function storageExperiment(
  cases: Readonly<Record<string, ArmCase>>,
  options: MadeOptions = {},
): Experiment {
  const made = { name: "storage", workloads: STORAGE_WORKLOADS, arms: STORAGE_ARMS };
  return experimentWith(made, cases, options);
}

/** An experiment on a GPU, like {@linkcode storageExperiment}. */
export function gpuExperiment(
  name: "gpu-transfer" | "gpu-latency" | "contention",
  cases: Readonly<Record<string, ArmCase>>,
  options: MadeOptions = {},
): Experiment {
  const arms = ["native", "native-again", ...GPU_ARMS[name]].map((arm) => (
    { name: arm, title: arm }
  ));
  return experimentWith({ name, workloads: GPU_WORKLOADS[name], arms }, cases, options);
}

const GPU_ARMS = {
  "gpu-transfer": ["container"],
  "gpu-latency": ["container"],
  "contention": ["bare-beside", "bare-long", "bare-both", "container-beside"],
};

const GPU_WORKLOADS: Readonly<Record<keyof typeof GPU_ARMS, readonly Workload[]>> = {
  "gpu-transfer": ["host-to-device", "device-to-host", "on-device"].map((name) => (
    { name, title: name, unit: "B/s", better: "larger" }
  )),
  "gpu-latency": ["launch", "host-read"].map((name) => (
    { name, title: name, unit: "s", better: "smaller" }
  )),
  "contention": [{ name: "n-body", title: "n-body", unit: "1/s", better: "larger" }],
};

/** An experiment in which each arm has its ratio, give or take `noise`. */
export function experimentWith(
  { name, workloads, arms: named }: Made,
  cases: Readonly<Record<string, ArmCase>>,
  { blocks = 30, noise = 0.01, stopped = "every comparison was decided", value = 1000 }:
    MadeOptions = {},
): Experiment {
  const arms = named.map(({ name, title }): Arm => {
    const { missing = null, broken = null, degraded = null } = cases[name] ?? {};
    return { name, title, missing, lacks: null, broken, degraded };
  });
  const samples: Sample[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const { name: workload, better } of workloads) {
      for (const arm of arms.filter(({ missing, broken }) => missing === null && broken === null)) {
        const own = cases[arm.name] ?? {};
        const { ratio = 1 } = own;
        const wobble = 1 + noise * Math.sin(7 * block + 3 * samples.length);
        const figure = value * wobble * (better === "larger" ? ratio : 1 / ratio);
        const key = { workload, arm: arm.name, block, order: samples.length };
        samples.push(sampleOf(key, figure, own));
      }
    }
  }
  const plan: PairedPlan = {
    name,
    title: name,
    reference: "native",
    control: "native-again",
    workloads,
    drivers: arms.map((arm) => ({ arm, measure: () => Promise.reject(new Error("not run")) })),
    unavailable: [],
    judged: arms.map(({ name }) => name),
    mostBlocks: blocks,
  };
  return experimentOf(plan, samples, stopped);
}

function sampleOf(
  key: Pick<Sample, "workload" | "arm" | "block" | "order">,
  figure: number,
  { failures = 0, aside = [], details = {} }: ArmCase,
): Sample {
  const failed = key.block < failures;
  return {
    ...key,
    value: failed ? null : figure,
    failure: failed ? "fio exited with status 1" : null,
    argv: ["fio"],
    status: failed ? 1 : 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    durationSeconds: 1,
    details,
    load: null,
    ...(aside.includes(key.block) ? { setAside: "the GPU was throttled" } : {}),
  };
}
