/**
 * Tries modules under plain `wasmtime run`, many in one command: which are instantiated.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type Import, importingModule, importName, WASI_IMPORTS } from "./wasi_imports.ts";
import { type ModuleEnd, parseModuleEnd } from "./wasi_module.ts";
import { Problem, shorten } from "../../problem.ts";

/** What a host is asked. */
export interface Census {
  readonly host: Host;
  readonly wasmtime: string;
  /** An empty folder for the modules. */
  readonly folder: string;
}

/** A module to try. */
export interface Candidate {
  /** The name of its file: letters, digits and dashes. */
  readonly name: string;
  readonly wat: string;
  /** Further options of `wasmtime run`, none of them with white space. */
  readonly options?: readonly string[];
}

/** What came of asking for one import. */
export interface ImportOutcome {
  readonly import: Import;
  readonly end: ModuleEnd;
}

/** The first two arguments are Wasmtime and the folder; each further one a module's line. */
const SCRIPT = `cd -- "$2" || exit
wasmtime=$1
shift 2
for line; do
  printf 'MODULE %s\\n' "\${line##* }"
  timeout 10 "$wasmtime" run $line 2>&1 </dev/null
  printf '\\nSTATUS %s\\n' "$?"
done`;
const TIMEOUT_SECONDS = 120;

/**
 * Runs every module, in order.
 *
 * @throws {Problem} where not all of them were tried
 */
export async function tryModules(
  { host, wasmtime, folder }: Census,
  candidates: readonly Candidate[],
): Promise<ModuleEnd[]> {
  for (const { name, wat } of candidates) await host.writeText(`${folder}/${name}.wat`, wat);
  const lines = candidates.map(({ name, options = [] }) => [...options, `${name}.wat`].join(" "));
  const result = await host.run({
    argv: ["bash", "-c", SCRIPT, "cellproof-imports", wasmtime, folder, ...lines],
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const ends = parseCensus(result.stdout);
  if (ends.length === candidates.length) return ends;
  throw new Problem({
    action: "try what a module may import",
    condition: `of ${candidates.length} modules ${ends.length} were tried (${result.ended})`,
    seen: result.stderr || result.stdout,
  });
}

/** Asks for each import by a module of its own. */
export async function tryImports(
  census: Census,
  imports: readonly Import[],
): Promise<ImportOutcome[]> {
  const ends = await tryModules(
    census,
    imports.map((asked, at) => ({ name: `import-${at}`, wat: importingModule([asked]) })),
  );
  return imports.flatMap((asked, at) => {
    const end = ends[at];
    return end === undefined ? [] : [{ import: asked, end }];
  });
}

/**
 * The functions of WASI that a module can import here: all at once, else one by one.
 */
export async function possibleImports(census: Census): Promise<ImportOutcome[]> {
  const all = { name: "all-of-wasi", wat: importingModule(WASI_IMPORTS) };
  const [end] = await tryModules(census, [all]);
  if (end?.kind !== "ran") return await tryImports(census, WASI_IMPORTS);
  return WASI_IMPORTS.map((asked) => ({ import: asked, end }));
}

/** How each module of the script's output ended, in order. */
export function parseCensus(text: string): ModuleEnd[] {
  const blocks = text.matchAll(/^MODULE [^\n]*\n([\s\S]*?)\nSTATUS (\d+)$/gm);
  return [...blocks].map(([, stderr = "", status]) => endOf(Number(status), stderr));
}

/** These modules do nothing: one that ran ended with status 0. */
function endOf(status: number, stderr: string): ModuleEnd {
  if (status === TIMED_OUT) return { kind: "failed", because: "timed-out" };
  const end = parseModuleEnd({ ended: "exited", status, stderr });
  if (end.kind !== "ran" || status === 0) return end;
  return { kind: "failed", because: `status ${status}: ${shorten(stderr, 200)}` };
}
/** timeout(1). */
const TIMED_OUT = 124;

/** The names of those that were instantiated. */
export function instantiated(outcomes: readonly ImportOutcome[]): string[] {
  return outcomes.filter(({ end }) => end.kind === "ran").map((outcome) =>
    importName(outcome.import)
  );
}

/** Instantiated, or refused only because it is there with another type. */
export function isThere(end: ModuleEnd): boolean {
  const isOfAnotherType = end.kind === "failed" && /incompatible import type/.test(end.because);
  return isOfAnotherType || end.kind === "ran" || end.kind === "trapped";
}
