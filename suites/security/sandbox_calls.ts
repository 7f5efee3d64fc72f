/**
 * How many functions of the runtime a WASI module can import.
 *
 * @module
 */
import {
  importingModule,
  importName,
  NOWHERE,
  WASI_IMPORTS,
} from "../../runners/sandbox/wasi_imports.ts";
import {
  describeEnd,
  moduleArgv,
  type ModuleEnd,
  parseModuleEnd,
} from "../../runners/sandbox/wasi_module.ts";
import type { Places } from "../places.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";

const TIMEOUT_SECONDS = 30;

/** Imports all of them in one module. */
export async function countSandboxCalls(
  places: Places,
  readings: Record<string, unknown>,
): Promise<Observation> {
  const { host } = places;
  const wasmtime = places.tool("wasmtime");
  const folder = await host.temporaryFolder();
  const start = async (name: string, wat: string): Promise<ModuleEnd> => {
    const module = `${folder}/${name}.wat`;
    await host.writeText(module, wat);
    const argv = moduleArgv({ wasmtime, module });
    return parseModuleEnd(await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS }));
  };
  const all = await start("wasi", importingModule(WASI_IMPORTS));
  const nowhere = await start("nowhere", importingModule([NOWHERE]));
  readings["imports-sandbox.json"] = WASI_IMPORTS.map(importName);
  return observeImports(all, nowhere);
}

/**
 * The sandbox's count, from how the modules ended that import all of WASI, and what nobody provides.
 * Whether there is anything beyond WASI is what `sandbox-view/only-wasi-imports` tells.
 */
export function observeImports(all: ModuleEnd, nowhere: ModuleEnd): Observation {
  return observed("attack-surface/sandbox-calls", {
    value: WASI_IMPORTS.length,
    seen: `A module may import ${WASI_IMPORTS.length} functions: those of WASI, previews 0 and 1.`,
    controls: [
      positive("a module that imports all of them runs", all.kind === "ran", describeEnd(all)),
      negative(
        "a module that imports a function that nobody provides is not instantiated",
        nowhere.kind === "not-instantiated" && nowhere.missing === importName(NOWHERE),
        describeEnd(nowhere),
      ),
    ],
  });
}
