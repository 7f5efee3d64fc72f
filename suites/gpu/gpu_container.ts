/**
 * The probe `gpu-container`: the GPU from inside containers that were granted it, and one that was not.
 *
 * @module
 */
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { inHostList, twoCompute } from "./container_processes.ts";
import {
  lookInside,
  type Looks,
  sameDriver,
  sameGpu,
  sameLink,
  sameNode,
  subsetVisible,
  ungrantedRefused,
} from "./container_looks.ts";
import { containerCuda } from "./cuda_place.ts";
import {
  computes,
  copiesSucceed,
  kernelsOverlap,
  type SamplesPlace,
  streamsOverlap,
} from "./cuda_samples.ts";
import { gpuSubject } from "./gpu_place.ts";

/** What is seen by looking alone. */
const LOOKS: readonly (readonly [ObservationName, (looks: Looks) => Observation])[] = [
  ["gpu-container/same-gpu", sameGpu],
  ["gpu-container/same-node", sameNode],
  ["gpu-container/same-driver", sameDriver],
  ["gpu-container/same-link", sameLink],
  ["gpu-container/ungranted-refused", ungrantedRefused],
  ["gpu-container/subset-visible", subsetVisible],
];

type Make = (name: ObservationName, place: SamplesPlace, places: Places) => Promise<Observation>;

/** What takes a program that computes. */
const RUNS: readonly (readonly [ObservationName, Make])[] = [
  ["gpu-container/computes", computes],
  ["gpu-container/copies", copiesSucceed],
  ["gpu-container/streams-overlap", streamsOverlap],
  ["gpu-container/kernels-overlap", kernelsOverlap],
  ["gpu-container/in-host-list", inHostList],
  ["gpu-container/two-compute", twoCompute],
];

/** Collects every observation of the probe `gpu-container`. */
export async function collectGpuContainer(places: Places): Promise<Probed> {
  const readings: Record<string, unknown> = {};
  const observations = await attempt(observationsOf("gpu-container"), async () => {
    const subject = await gpuSubject(places);
    const place = { cuda: await containerCuda(places), subject };
    const made: Observation[] = [
      ...await attempt(LOOKS.map(([name]) => name), async () => {
        const looks = await lookInside(places, place);
        Object.assign(readings, looks.texts);
        return LOOKS.map(([, observe]) => observe(looks));
      }),
    ];
    for (const [name, make] of RUNS) {
      made.push(...await attempt([name], async () => [await make(name, place, places)]));
    }
    return made;
  });
  return { observations, readings };
}
