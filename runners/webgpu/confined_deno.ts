/**
 * Deno as it runs a program of cellproof's own, with nothing outside the program.
 *
 * @module
 */
import type { CommandRequest } from "../host.ts";
import device from "../programs/webgpu_device.js" with { type: "text" };

/** What a program is run with. */
export interface DenoProgram {
  readonly permissions: "none" | "all";
  /** Arguments of the program, which comes by standard input. */
  readonly args: readonly string[];
}

/**
 * The entry point: it runs what comes by standard input as a module of its own.
 *
 * Deno reads what an entry point imports without asking for a permission, so a program that is its
 * own entry point can read any file by naming it in an import. What is loaded at run time cannot:
 * https://docs.deno.com/runtime/fundamentals/security/#key-principles
 */
const LOADER = "data:text/javascript," +
  "const text = await new Response(Deno.stdin.readable).text();" +
  'await import("data:text/javascript," + encodeURIComponent(text));';

/** Nothing outside the program: no configuration, no lock file, no network, no cache. */
const ALONE = [
  "--quiet",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--no-code-cache",
  "--cached-only",
];

/** No colours in messages, and no compiled shaders in the user's cache (Mesa's and NVIDIA's). */
export const DENO_ENVIRONMENT: Readonly<Record<string, string>> = {
  NO_COLOR: "1",
  MESA_SHADER_CACHE_DISABLE: "true",
  __GL_SHADER_DISK_CACHE: "0",
};

/** The command: the Deno that cellproof runs on. */
export function denoCommand({ permissions, args }: DenoProgram): [string, ...string[]] {
  const allowed = permissions === "all" ? ["--allow-all"] : [];
  return [Deno.execPath(), "run", ...ALONE, ...allowed, LOADER, ...args];
}

/** A program about WebGPU, of which `webgpu_device.js` is the first part, without any permission. */
export function confinedProgram(
  program: string,
  args: readonly string[],
): Pick<CommandRequest, "argv" | "stdin" | "env"> {
  return {
    argv: denoCommand({ permissions: "none", args }),
    stdin: `${device}\n${program}`,
    env: DENO_ENVIRONMENT,
  };
}
