/**
 * The attack surface: how many calls into the host's kernel a container can make, how many a guest's
 * QEMU makes on its behalf, and how many functions of the runtime a module can import.
 *
 * @module
 */
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type CollectProbe, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { countContainerCalls } from "./container_calls.ts";
import { countGuestCalls } from "./guest_calls.ts";
import { countSandboxCalls } from "./sandbox_calls.ts";

type Count = (places: Places, readings: Record<string, unknown>) => Promise<Observation>;

const COUNTS: readonly (readonly [ObservationName, Count])[] = [
  ["attack-surface/container-calls", countContainerCalls],
  ["attack-surface/guest-calls", countGuestCalls],
  ["attack-surface/sandbox-calls", countSandboxCalls],
];

/** Collects the probe `attack-surface`. */
export const collectAttackSurface: CollectProbe = async (places: Places): Promise<Probed> => {
  const readings: Record<string, unknown> = {};
  const observations: Observation[] = [];
  for (const [name, count] of COUNTS) {
    places.options.say(`${name.replace("/", ": counting ")}`);
    observations.push(...await attempt([name], async () => [await count(places, readings)]));
  }
  return { observations, readings };
};
