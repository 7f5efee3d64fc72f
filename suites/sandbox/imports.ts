/**
 * Imports: what a module may ask of the runtime, and whether a GPU is among it.
 *
 * @module
 */
import { instantiated } from "../../runners/sandbox/import_census.ts";
import { importName } from "../../runners/sandbox/wasi_imports.ts";
import { describeEnd } from "../../runners/sandbox/wasi_module.ts";
import type { Places } from "../places.ts";
import { observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import {
  type ImportReadings,
  inGroups,
  nowhereIsRefused,
  takeImportCensus,
  wasiIsThere,
} from "./census.ts";
import type { Sandbox } from "./sandbox.ts";

/** Observes what a module may import. */
export async function observeImports(sandbox: Sandbox, places: Places): Promise<Observation[]> {
  const readings = await takeImportCensus(places);
  sandbox.keep("sandbox-imports.json", {
    wasi: instantiated(readings.wasi),
    beyond: Object.fromEntries(
      readings.beyond.map(({ import: one, end }) => [importName(one), describeEnd(end)]),
    ),
    component: describeEnd(readings.component),
    provided: Object.fromEntries(
      readings.provided.map(([module, end]) => [module, describeEnd(end)]),
    ),
  });
  return [onlyWasi(readings), gpuRefused(readings)];
}

function onlyWasi(readings: ImportReadings): Observation {
  const { wasi, beyond } = readings;
  const groups = ["device control", "gpu", "socket", "process", "other"] as const;
  const { there } = inGroups(readings, groups);
  const names = [...new Set(wasi.map((outcome) => outcome.import.module))].join(" and ");
  return observed("sandbox-view/only-wasi-imports", {
    value: there.length === 0,
    seen: `A module can import ${instantiated(wasi).length} functions of ${names}; of ` +
      `${beyond.length} other imports that were tried (of ${groups.join(", ")}) ` +
      `${there.length} are there${listed(there.map((outcome) => importName(outcome.import)))}.`,
    controls: [wasiIsThere(readings), providedAreThere(readings), nowhereIsRefused(readings)],
  });
}

function gpuRefused(readings: ImportReadings): Observation {
  const { asked, there } = inGroups(readings, ["gpu"]);
  const [first] = asked;
  return observed("sandbox-view/gpu-import-refused", {
    value: there.length === 0,
    seen:
      `Of ${asked.length} modules that import an entry point of WebGPU, CUDA, OpenCL, Vulkan, ` +
      `OpenGL or WASI's neural networks ${there.length} are instantiated` +
      (there.length === 0 && first !== undefined
        ? ` (${importName(first.import)}: ${describeEnd(first.end)}).`
        : `${listed(there.map((outcome) => importName(outcome.import)))}.`),
    controls: [providedAreThere(readings), nowhereIsRefused(readings)],
  });
}

/** The refused modules themselves are sound: given their imports, they are instantiated. */
function providedAreThere({ provided }: ImportReadings): Control {
  const ran = provided.filter(([, end]) => end.kind === "ran");
  const other = provided.find(([, end]) => end.kind !== "ran");
  return positive(
    "the modules that import a GPU are instantiated once another module provides it (--preload)",
    ran.length > 0 && other === undefined,
    other === undefined
      ? `${ran.length} of ${provided.length}`
      : `${other[0]}: ${describeEnd(other[1])}`,
  );
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "" : `: ${names.join(", ")}`;
}
