/**
 * Clang, for the small C programs of `programs/`: natively and for WASI. Each is built when it is
 * needed: that takes a fraction of a second.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

/** What is compiled, and into which file. */
export interface Compilation {
  readonly source: string;
  readonly output: string;
}

/** What a program is built to run on. */
export type Platform = "this machine" | "WASI";

/** As older and newer LLVM call the same target. */
const WASI_TARGETS = ["wasm32-wasi", "wasm32-wasip1"];
const TIMEOUT_SECONDS = 60;

/**
 * Builds a program and returns its path.
 *
 * @throws {MissingTool} where clang or WASI's C library is missing or refuses the program
 * @throws {Problem} where it was cancelled
 */
export async function buildProgram(
  host: Host,
  program: Compilation,
  platform: Platform,
): Promise<string> {
  const compile = platform === "WASI" ? compileForWasi : compileC;
  const result = await compile(host, program);
  if (result.status !== 0) throw notBuilt(platform, result);
  return program.output;
}

/** Compiles C for WASI, trying each name of the target. */
export async function compileForWasi(host: Host, program: Compilation): Promise<CommandResult> {
  const [first = "", ...others] = WASI_TARGETS;
  let result = await compileC(host, program, first);
  for (const target of others) {
    if (result.status === 0 || result.ended !== "exited") break;
    const next = await compileC(host, program, target);
    if (next.status === 0) result = next;
  }
  return result;
}

function compileC(
  host: Host,
  { source, output }: Compilation,
  target: string | null = null,
): Promise<CommandResult> {
  const forTarget = target === null ? [] : [`--target=${target}`];
  return host.run({
    argv: ["clang", ...forTarget, "-O2", "-Wall", "-Wextra", "-x", "c", "-o", output, "-"],
    stdin: source,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
}

/** The problem of a build that failed; what a compiler of the host refuses is missing there. */
export function notBuilt(forWhat: Platform | "Wasmtime", result: CommandResult): Problem {
  const Kind = result.ended === "cancelled" || forWhat === "Wasmtime" ? Problem : MissingTool;
  return new Kind({
    action: `build the small C program for ${forWhat}`,
    condition: result.ended === "not-found"
      ? "there is no clang"
      : `the compiler ended with status ${result.status}`,
    seen: result.stderr,
    cure: "Run: deno task bench --setup",
  });
}
