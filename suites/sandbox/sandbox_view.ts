/**
 * The probe `sandbox-view`: what a WASI module under Wasmtime can open, reach and import.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import { attempt, failed, type Probed } from "../probe.ts";
import type { Places } from "../places.ts";
import type { Observation } from "../result.ts";
import { observeDeviceControl } from "./device_control.ts";
import { observeDevices } from "./devices.ts";
import { observeFiles } from "./files.ts";
import { observeImports } from "./imports.ts";
import { observeProcess } from "./process.ts";
import { openSandbox, type Sandbox } from "./sandbox.ts";
import { observeSockets } from "./sockets.ts";
import { observeSurroundings } from "./surroundings.ts";

type Observe = (sandbox: Sandbox, places: Places) => Promise<Observation[]>;

/** Each group with what it observes: one that fails leaves the others alone. */
const GROUPS: readonly (readonly [Observe, ...ObservationName[]])[] = [
  [observeFiles, "sandbox-view/files-in-preopens", "sandbox-view/outside-refused"],
  [
    observeDevices,
    "sandbox-view/no-device-without-preopen",
    "sandbox-view/device-through-preopen",
  ],
  [observeImports, "sandbox-view/only-wasi-imports", "sandbox-view/gpu-import-refused"],
  [observeDeviceControl, "sandbox-view/device-control"],
  [observeSockets, "sandbox-view/sockets-refused", "sandbox-view/sockets-granted"],
  [observeSurroundings, "sandbox-view/environment-withheld", "sandbox-view/clocks"],
  [observeProcess, "sandbox-view/own-kernel", "sandbox-view/runtime-process"],
];

/** Observes the view from inside a WASI module. */
export async function collectSandboxView(places: Places): Promise<Probed> {
  places.options.say("sandbox-view: running modules under Wasmtime");
  const readings: Record<string, unknown> = {};
  const keep = (name: string, reading: unknown) => void (readings[name] = reading);
  try {
    const sandbox = await openSandbox(places, keep);
    const observations: Observation[] = [];
    for (const [observe, ...names] of GROUPS) {
      observations.push(...await attempt(names, () => observe(sandbox, places)));
    }
    return { observations, readings };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const names = observationsOf("sandbox-view");
    return { observations: names.map((name) => failed(name, error)), readings };
  }
}
