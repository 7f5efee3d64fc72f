/**
 * `programs/wasi_surroundings.c`: the environment and the clocks that a module sees.
 *
 * @module
 */
import { buildProgram } from "../programs/compile.ts";
import type { Host } from "../host.ts";
import { jsonLines } from "../json_lines.ts";
import source from "../programs/wasi_surroundings.c" with { type: "text" };
import { moduleArgv, moduleProblem, type ModuleRun } from "./wasi_module.ts";

/** What a module sees around it. Times are nanoseconds. */
export interface Surroundings {
  /** The module's own reading of the time since 1970. */
  readonly realtime: bigint;
  /** Two readings of its monotonic clock, in order. */
  readonly monotonic: readonly [bigint, bigint];
  /** How many environment variables there are. */
  readonly variables: number;
  /** Whether the variable that was asked for is one of them. */
  readonly seen: boolean;
  /** The host's clock just before and just after the run. */
  readonly hostBefore: bigint;
  readonly hostAfter: bigint;
}

const TIMEOUT_SECONDS = 20;
/** Reads the host's clock before and after the command. */
const BETWEEN_CLOCKS = 'date +%s%N; "$@"; status=$?; date +%s%N; exit $status';

/** Builds the module below `folder`, and returns its path. */
export function buildWasiSurroundings(host: Host, folder: string): Promise<string> {
  return buildProgram(host, { source, output: `${folder}/wasi_surroundings.wasm` }, "WASI");
}

/**
 * Runs the module with `variable` set on Wasmtime's own process.
 *
 * @throws {Problem} where it did not run to its end
 */
export async function readSurroundings(
  host: Host,
  run: Omit<ModuleRun, "args">,
  variable: string,
): Promise<Surroundings> {
  const argv = moduleArgv({ ...run, args: [variable] });
  const result = await host.run({
    argv: ["bash", "-c", BETWEEN_CLOCKS, "cellproof-clocks", ...argv],
    env: { [variable]: "set" },
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const surroundings = result.status === 0 ? parseSurroundings(result.stdout) : null;
  if (surroundings !== null) return surroundings;
  throw moduleProblem("read what a module sees around it", result);
}

/** The host's clock three times in a row, the second by a program of its own; null on failure. */
export async function readNativeClock(
  host: Host,
): Promise<readonly [bigint, bigint, bigint] | null> {
  const { stdout } = await host.run({
    argv: ["bash", "-c", BETWEEN_CLOCKS, "cellproof-clocks", "date", "+%s%N"],
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const [before, between, after] = stdout.split("\n").map(nanoseconds);
  return before && between && after ? [before, between, after] : null;
}

/** Whether a native program that is started with `variable` set, as Wasmtime is, sees it. */
export async function isSeenNatively(host: Host, variable: string): Promise<boolean> {
  const { status } = await host.run({
    argv: ["printenv", variable],
    env: { [variable]: "set" },
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  return status === 0;
}

/** What was printed; null for anything else. */
export function parseSurroundings(stdout: string): Surroundings | null {
  const [hostBefore, , hostAfter] = stdout.split("\n").map(nanoseconds);
  const [{ realtime, monotonic, variables, seen } = {}] = jsonLines(stdout);
  const [first, second] = Array.isArray(monotonic) ? monotonic.map(nanoseconds) : [];
  const inside = nanoseconds(realtime);
  if (!inside || !hostBefore || !hostAfter || typeof first !== "bigint") return null;
  if (typeof second !== "bigint" || typeof variables !== "number") return null;
  const isSeen = seen === true;
  return {
    ...{ realtime: inside, monotonic: [first, second], variables, seen: isSeen },
    ...{ hostBefore, hostAfter },
  };
}

function nanoseconds(text: unknown): bigint | null {
  return typeof text === "string" && /^\d+$/.test(text) ? BigInt(text) : null;
}
