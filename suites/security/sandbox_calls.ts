/**
 * How many functions of the runtime a WASI module can import.
 *
 * @module
 */
import { instantiated } from "../../runners/sandbox/import_census.ts";
import type { Places } from "../places.ts";
import { observed } from "../probe.ts";
import type { Observation } from "../result.ts";
import {
  countPossibleImports,
  nowhereIsRefused,
  takeImportCensus,
  wasiIsThere,
} from "../sandbox/census.ts";

/**
 * The sandbox's count. Whether there is anything beyond WASI is what `sandbox-view/only-wasi-imports`
 * tells.
 */
export async function countSandboxCalls(
  places: Places,
  readings: Record<string, unknown>,
): Promise<Observation> {
  const census = await takeImportCensus(places);
  const count = await countPossibleImports(places);
  readings["imports-sandbox.json"] = instantiated(census.wasi);
  return observed("attack-surface/sandbox-calls", {
    value: count,
    seen: `A core module can import ${count} functions, those of WASI's previews 0 and 1; what a ` +
      "component can import beside them (WASI 0.2) is not counted.",
    controls: [wasiIsThere(census), nowhereIsRefused(census)],
  });
}
