/**
 * The GPU around a run: its clocks, temperature, power and what slowed it down.
 *
 * @module
 */
import { type GpuState, readGpuState } from "../../runners/gpu/gpu_state.ts";
import type { Slowdown } from "../../runners/gpu/nvidia_smi_records.ts";
import type { Host } from "../../runners/host.ts";
import type { GpuSubject } from "./gpu_place.ts";

/**
 * What must not be during a measurement. A power cap (`sw-power-cap`) is how a GPU ordinarily runs under
 * load, and clocks that an administrator has set hold for every arm alike.
 */
const THROTTLED: readonly Slowdown[] = [
  "hw-slowdown",
  "hw-thermal-slowdown",
  "hw-power-brake-slowdown",
  "sw-thermal-slowdown",
];

/** The states around a run; null where one could not be read. */
export interface StatesAround {
  readonly before: GpuState | null;
  readonly after: GpuState | null;
}

/** What was seen of the GPU around a run. */
export interface Watched {
  /**
   * Right after the run, in base units, as a sample's details. `throttleReadings` is how many of the two
   * states told what slows the GPU down: with 0, nothing is known of that, and the block is used.
   */
  readonly details: Readonly<Record<string, number>>;
  /** The generation of the PCIe link right after the run; null where not told. */
  readonly linkGeneration: number | null;
  /** Its lanes then. */
  readonly linkWidth: number | null;
  /** Why the run's block is not used; empty where it is. */
  readonly aside: { readonly setAside?: string };
}

/** Runs `work`, and reads the GPU's state before and after. */
export async function watched<Outcome>(
  host: Host,
  { gpu }: Pick<GpuSubject, "gpu">,
  work: () => Promise<Outcome>,
): Promise<{ readonly seen: Watched; readonly outcome: Outcome }> {
  const read = () => gpu.uuid === null ? null : readGpuState(host, "nvidia-smi", gpu.uuid);
  const before = await read();
  const outcome = await work();
  const after = await read();
  return { seen: seenOf({ before, after }), outcome };
}

/** What the states around a run say together. An idle GPU's clocks and link say nothing of the run. */
export function seenOf({ before, after }: StatesAround): Watched {
  const told = [before, after].map((state) => state?.slowdowns ?? null)
    .filter((slowdowns) => slowdowns !== null);
  const slowed = [...new Set(told.flat())].filter((slowdown) => THROTTLED.includes(slowdown));
  const figures = {
    clockSmHertz: after?.smClockHertz,
    clockMemoryHertz: after?.memoryClockHertz,
    temperatureCelsius: after?.temperatureCelsius,
    powerWatts: after?.powerDrawWatts,
    throttleReadings: told.length,
  };
  const known = Object.entries(figures).flatMap(([name, figure]) =>
    figure === null || figure === undefined ? [] : [[name, figure] as const]
  );
  return {
    details: Object.fromEntries(known),
    linkGeneration: after?.linkGeneration ?? null,
    linkWidth: after?.linkWidth ?? null,
    aside: slowed.length === 0 ? {} : { setAside: `the GPU was throttled (${slowed.join(", ")})` },
  };
}
