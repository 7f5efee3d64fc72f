/**
 * The imports that a module gets and does not get, tried once a run and used by several groups.
 *
 * @module
 */
import {
  type Candidate,
  type Census,
  type ImportOutcome,
  instantiated,
  isThere,
  possibleImports,
  tryImports,
  tryModules,
} from "../../runners/sandbox/import_census.ts";
import {
  BEYOND_WASI,
  type Import,
  type ImportGroup,
  importingModule,
  NOWHERE,
  POLL_OF_COMPONENTS,
  providingModule,
} from "../../runners/sandbox/wasi_imports.ts";
import { describeEnd, type ModuleEnd } from "../../runners/sandbox/wasi_module.ts";
import { Problem } from "../../problem.ts";
import type { Places } from "../places.ts";
import { negative, positive } from "../probe.ts";
import type { Control } from "../result.ts";

export interface ImportReadings {
  /** WASI's own functions. */
  readonly wasi: readonly ImportOutcome[];
  /** Everything else that was asked for, and could be answered here. */
  readonly beyond: readonly ImportOutcome[];
  /** Something that surely nobody provides. */
  readonly nowhere: ModuleEnd;
  /** A component that imports an interface of WASI's. */
  readonly component: ModuleEnd;
  /** The GPU imports again, each module's provided by another module (`--preload`). */
  readonly provided: readonly (readonly [module: string, end: ModuleEnd])[];
}

const taken = new WeakMap<Places, Promise<ImportReadings>>();

/** Takes the census, once for each run. */
export function takeImportCensus(places: Places): Promise<ImportReadings> {
  const census = taken.get(places) ?? readImports(places);
  taken.set(places, census);
  return census;
}

/**
 * How many functions a core module can import under plain `wasmtime run`: each was instantiated.
 *
 * @throws {Problem} where that cannot be tried
 */
export async function countPossibleImports(places: Places): Promise<number> {
  const count = instantiated((await takeImportCensus(places)).wasi).length;
  if (count > 0) return count;
  throw new Problem({
    action: "count what a module may import",
    condition: "not even WASI's own functions can be imported",
    cure: "Check that this version of Wasmtime runs WASI modules.",
  });
}

async function readImports(places: Places): Promise<ImportReadings> {
  const { host } = places;
  const wasmtime = places.tool("wasmtime");
  const census: Census = { host, wasmtime, folder: await host.temporaryFolder() };
  const wasi = await possibleImports(census);
  refuseUnclear(wasi);
  const asked = [...BEYOND_WASI, NOWHERE, POLL_OF_COMPONENTS];
  const outcomes = await tryImports(census, asked);
  const endOf = (one: Import) => outcomes.find((outcome) => outcome.import === one)?.end;
  const nowhere = endOf(NOWHERE);
  const component = endOf(POLL_OF_COMPONENTS);
  if (!nowhere || !component) throw new TypeError("sandbox-view: an import without an outcome");
  const beyond = outcomes.filter(({ import: one }) =>
    BEYOND_WASI.includes(one) && (one.format === "core" || component.kind === "ran")
  );
  refuseUnclear(beyond);
  return { wasi, beyond, nowhere, component, provided: await provideGpus(census) };
}

/** Gives each GPU interface to the module that asks for it, by a module that has the functions. */
async function provideGpus(census: Census): Promise<(readonly [string, ModuleEnd])[]> {
  const gpus = BEYOND_WASI.filter(({ group, format }) => group === "gpu" && format === "core");
  const modules = [...Map.groupBy(gpus, ({ module }) => module)];
  const candidates = modules.map(([module, imports], at): Candidate => ({
    name: `provided-${at}`,
    wat: importingModule(imports),
    options: [`--preload=${module}=provider-${at}.wat`],
  }));
  for (const [at, [, imports]] of modules.entries()) {
    await census.host.writeText(`${census.folder}/provider-${at}.wat`, providingModule(imports));
  }
  const ends = await tryModules(census, candidates);
  return modules.flatMap(([module], at) => {
    const end = ends[at];
    return end === undefined ? [] : [[module, end] as const];
  });
}

/** A module that Wasmtime refused for anything but its import says nothing about the import. */
function refuseUnclear(outcomes: readonly ImportOutcome[]): void {
  const unclear = outcomes.find(({ end }) => end.kind === "failed" && !isThere(end));
  if (unclear === undefined) return;
  throw new Problem({
    action: "try what a module may import",
    condition: `a module that imports from "${unclear.import.module}" did not get that far`,
    seen: describeEnd(unclear.end),
  });
}

/** The imports of some groups, and how many of them are there. */
export function inGroups(
  { beyond }: ImportReadings,
  groups: readonly ImportGroup[],
): { readonly asked: readonly ImportOutcome[]; readonly there: readonly ImportOutcome[] } {
  const asked = beyond.filter((outcome) => groups.includes(outcome.import.group));
  return { asked, there: asked.filter(({ end }) => isThere(end)) };
}

/** A module that imports all of WASI is instantiated. */
export function wasiIsThere({ wasi }: ImportReadings): Control {
  const count = instantiated(wasi).length;
  const seen = `${count} of ${wasi.length} functions`;
  return positive("modules that import WASI's own functions are instantiated", count > 0, seen);
}

/** A module that imports what does not exist is not. */
export function nowhereIsRefused({ nowhere }: ImportReadings): Control {
  const what = "a module that imports what nobody provides is not instantiated";
  return negative(what, nowhere.kind === "not-instantiated", describeEnd(nowhere));
}
