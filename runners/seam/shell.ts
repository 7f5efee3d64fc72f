/**
 * Starts programs through zx: bash is the only program that cellproof itself starts (its permission
 * names no other), and it replaces itself with the program at once.
 *
 * @module
 */
import type { ChildProcess } from "node:child_process";
import type { CommandRequest } from "../host.ts";
import { Problem } from "../../problem.ts";

/** Every started process carries this variable, so that its descendants can be found anywhere. */
export const MARKER = "CELLPROOF_COMMAND";

/** What bash adds to standard error when there is no such program. */
export const NOT_STARTED = "cellproof: not started";

/**
 * Bash would obey the second group instead of passing it on, and Deno refuses to set the first: both
 * are set by bash itself, just before the program replaces it.
 */
const SET_LATE = /^(LD_|DYLD_|BASH_ENV$|ENV$)/;
const NEVER_PASSED = /^(BASH_FUNC_|SHELLOPTS$|BASHOPTS$)/;

export interface SpawnOptions {
  /** The value of {@linkcode MARKER}. */
  readonly id: string;
  /** Keep standard input open for writing. */
  readonly interactive: boolean;
}

/**
 * Starts the command in a process group of its own.
 *
 * @throws {Problem} where an argument cannot be passed on, or the system refuses to start it
 */
export async function spawn(request: CommandRequest, options: SpawnOptions): Promise<ChildProcess> {
  refuseNul(request);
  const { $, quote } = await import("zx");
  const { early, late } = environment(request, options.id);
  const exports = late.map(([name, value]) => `export ${name}=${quote(value)}; `).join("");
  const hasInput = options.interactive || request.stdin !== undefined;
  const started = $({
    shell: "bash",
    prefix: `shopt -s execfail; ${exports}exec -- `,
    postfix: ` || { status=$?; echo '${NOT_STARTED}' >&2; exit $status; }`,
    env: early,
    stdio: [hasInput ? "pipe" : "ignore", "pipe", "pipe"],
    detached: true,
    quiet: true,
    verbose: false,
    nothrow: true,
  })`${[...request.argv]}`;
  const child = started.child;
  if (child?.pid === undefined) throw refused(request, (await started).cause);
  return child;
}

function environment(
  request: CommandRequest,
  id: string,
): { early: Record<string, string>; late: [string, string][] } {
  const all = { LC_ALL: "C", ...request.env, [MARKER]: id };
  const merged = { ...Deno.env.toObject(), ...all };
  const passed = Object.entries(merged).filter(([name]) => !NEVER_PASSED.test(name));
  return {
    early: Object.fromEntries(passed.filter(([name]) => !SET_LATE.test(name))),
    late: passed.filter(([name]) => SET_LATE.test(name)),
  };
}

/** Throws a {@linkcode Problem} where an argument or a variable contains a NUL byte. */
export function refuseNul(request: CommandRequest): void {
  const texts = [...request.argv, ...Object.entries(request.env ?? {}).flat()];
  const bad = texts.find((text) => text.includes("\0"));
  if (bad === undefined) return;
  throw new Problem({
    action: `run ${request.argv[0].replaceAll("\0", "\\0")}`,
    condition: "an argument contains a NUL byte, which no program can be given",
    seen: JSON.stringify(bad),
  });
}

/** The problem of a command that the system would not start at all. */
export function refused(request: CommandRequest, cause: unknown): Problem {
  return new Problem({
    action: `run ${request.argv[0]}`,
    condition: "the system refused to start it through bash",
    seen: cause instanceof Error ? cause.message : String(cause),
    cure: "Check that bash is installed, that --allow-run=bash is given and that the arguments " +
      "are shorter than 128 KiB together.",
  });
}
