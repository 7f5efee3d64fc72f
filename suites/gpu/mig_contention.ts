/**
 * The experiment `mig-contention`: n-body on one MIG instance alone, and beside n-body on another.
 *
 * @module
 */
import { prepareArms } from "../arms.ts";
import type { PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import { ceilingsOf } from "./ceilings.ts";
import { N_BODY } from "./compute.ts";
import { contentionArm } from "./contention.ts";
import { type GpuExperimentOptions, withPrograms } from "./cuda_experiment.ts";
import { nativeCuda } from "./cuda_place.ts";
import { gpuGuard } from "./gpu_guard.ts";
import { migPair } from "./mig_pair.ts";

const ARMS = [
  { name: "native", title: "on one instance, the other idle", beside: "nothing" },
  {
    name: "native-again",
    title: "on one instance, the other idle, again (A/A control)",
    beside: "nothing",
  },
  {
    name: "mig-beside",
    title: "on one instance, beside a process on the other",
    beside: "aggressor",
  },
] as const;

/**
 * Prepares the experiment `mig-contention`.
 *
 * @throws {MissingTool} where no GPU has two MIG instances
 */
export async function prepareMigContention(
  places: Places,
  { needs, mostBlocks }: GpuExperimentOptions,
): Promise<PairedPlan> {
  const [subject, neighbour] = await migPair(places);
  await withPrograms(places, [N_BODY]);
  const guard = await gpuGuard(places, subject);
  await guard.refuseStrangers();
  const ceilings = await ceilingsOf(places, subject);
  const place = await nativeCuda(places);
  const cases = ARMS.filter(({ name }) => needs.arms.has(name));
  const { drivers, unavailable } = await prepareArms(cases, (arm, { beside }) => {
    const setting = { places, place, guard, subject, neighbour, ceilings, beside };
    return Promise.resolve(contentionArm(arm, setting));
  });
  return {
    name: "mig-contention",
    title: `n-body on a MIG instance, beside another (${subject.title})`,
    reference: "native",
    control: "native-again",
    workloads: [N_BODY],
    drivers,
    unavailable,
    judged: [...needs.judged],
    ...needs.judges === undefined ? {} : { judges: needs.judges },
    mostBlocks,
  };
}
