/**
 * Known truth, measured live: arms that are throttled to known rates must be measured at the ratio of
 * those rates and judged into its band.
 *
 * @module
 */
import { diskUnder } from "../runners/devices/block_device.ts";
import { NEW_ARM } from "./arms.ts";
import { type ArmDriver, collectPaired, type PairedContext, type PairedPlan } from "./paired.ts";
import type { Places } from "./places.ts";
import type { Arm, Band, Experiment, Ratio, Thresholds } from "./result.ts";
import { decide, isIn } from "./statistics/comparison.ts";
import { containerArm, guestArm, type Setting } from "./storage/storage_arms.ts";
import { STORAGE_WORKLOADS } from "./storage/storage_cases.ts";
import { prepareSubject } from "./storage/storage_subject.ts";

const WORKLOAD = "rand-read";
const REFERENCE_IOPS = 1000;
const MOST_BLOCKS = 25;

/** Long enough for a throttle's first burst not to count. */
const RUNTIME_SECONDS = 1.5;

/** The measured ratio may be off the known one by this share. */
const TOLERANCE = 0.05;

/** Arms by the rate that each is throttled to. */
const CASES = [
  { name: "limit-1000", iops: REFERENCE_IOPS },
  { name: "limit-1000-again", iops: REFERENCE_IOPS },
  { name: "limit-1000-third", iops: REFERENCE_IOPS, expected: "high" },
  { name: "limit-700", iops: 700, expected: "medium" },
  { name: "limit-300", iops: 300, expected: "low" },
] as const;

/** What one known truth came out as. */
export interface SelfcheckRow {
  readonly experiment: string;
  readonly arm: string;
  readonly known: number;
  readonly ratio: Ratio;
  readonly expectedBand: Band;
  readonly judged: string;
  readonly passed: boolean;
}

export interface SelfcheckOptions {
  readonly seed: number;
  readonly thresholds: Thresholds;
}

/** Throttles by Docker (`--device-read-iops`) and by QEMU (a throttle group), and judges both. */
export async function selfcheck(
  places: Places,
  options: SelfcheckOptions,
): Promise<SelfcheckRow[]> {
  const { host, options: { target, say } } = places;
  const fioPath = places.tool("fio");
  const subject = await prepareSubject(host, { fioPath, target, say, destructive: null });
  const setting: Setting = { host, subject, runtimeSeconds: RUNTIME_SECONDS };
  const device = await diskUnder(host, subject.path);
  const container = await places.fioContainer();
  const guest = await places.guest();
  const throttled: Record<string, (arm: Arm, iops: number) => ArmDriver> = {
    "docker-throttle": (arm, iops) =>
      containerArm(arm, { ...setting, ...container, deviceReadIops: { device, iops } }),
    "qemu-throttle": (arm, iops) =>
      guestArm(arm, { ...setting, ...guest, model: "nvme", iopsLimit: iops }),
  };
  const rows: SelfcheckRow[] = [];
  for (const [name, build] of Object.entries(throttled)) {
    const experiment = await collectPaired(planOf(name, build), contextOf(options, say));
    rows.push(...rowsOf(experiment, options.thresholds));
  }
  return rows;
}

function planOf(name: string, build: (arm: Arm, iops: number) => ArmDriver): PairedPlan {
  const [reference, control] = CASES;
  return {
    name,
    title: `fio throttled to known rates (${name})`,
    reference: reference.name,
    control: control.name,
    workloads: STORAGE_WORKLOADS.filter((workload) => workload.name === WORKLOAD),
    drivers: CASES.map(({ name: arm, iops }) =>
      build({ ...NEW_ARM, name: arm, title: `${iops} IOPS` }, iops)
    ),
    unavailable: [],
    judged: CASES.filter((known) => "expected" in known).map(({ name: arm }) => arm),
    mostBlocks: MOST_BLOCKS,
  };
}

function contextOf(
  { seed, thresholds }: SelfcheckOptions,
  say: (text: string) => void,
): PairedContext {
  return {
    seed,
    thresholds,
    remainingSeconds: () => null,
    overBecause: () => "interrupted",
    load: () => Promise.resolve(null),
    keep: () => {},
    blockDone: ({ name, samples }) => say(`${name}: ${samples.length} runs`),
    progress: () => {},
  };
}

function rowsOf(experiment: Experiment, thresholds: Thresholds): SelfcheckRow[] {
  const ratioOf = (arm: string) => experiment.ratios.find((ratio) => ratio.arm === arm);
  const control = ratioOf(experiment.control);
  return CASES.flatMap((known) => {
    const ratio = ratioOf(known.name);
    if (!("expected" in known) || ratio === undefined || control === undefined) return [];
    const truth = known.iops / REFERENCE_IOPS;
    const comparison = decide(ratio, control, thresholds);
    const near = ratio.ratio !== null && Math.abs(ratio.ratio / truth - 1) <= TOLERANCE;
    const failure = experiment.samples.find((sample) => sample.failure !== null)?.failure;
    return [{
      experiment: experiment.name,
      arm: known.name,
      known: truth,
      ratio,
      expectedBand: known.expected,
      judged: failure ?? (comparison.kind === "band" ? comparison.band : comparison.kind),
      passed: near && isIn(comparison, known.expected) && failure === undefined,
    }];
  });
}
