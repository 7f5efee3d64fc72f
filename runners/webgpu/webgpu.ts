/**
 * Deno's WebGPU: `programs/webgpu_view.js`, run by the Deno that cellproof runs on.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import program from "../programs/webgpu_view.js" with { type: "text" };

/** What the program does, with which permissions, on which device nodes. */
export interface WebgpuRequest {
  /** Everything, or the attempts on files and devices alone. */
  readonly mode: "view" | "attempts";
  readonly permissions: "none" | "all";
  readonly devices: readonly string[];
}

/** A driver that hangs is given up after this long; the program takes half a second. */
const RUN_SECONDS = 30;

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
const ENVIRONMENT = {
  NO_COLOR: "1",
  MESA_SHADER_CACHE_DISABLE: "true",
  __GL_SHADER_DISK_CACHE: "0",
};

/** Runs the program; what it printed is its document. */
export function runWebgpuView(host: Host, request: WebgpuRequest): Promise<CommandResult> {
  const { mode, permissions, devices } = request;
  const allowed = permissions === "all" ? ["--allow-all"] : [];
  return host.run({
    argv: [Deno.execPath(), "run", ...ALONE, ...allowed, LOADER, mode, ...devices],
    stdin: program,
    timeoutSeconds: RUN_SECONDS,
    env: ENVIRONMENT,
  });
}

/**
 * What a run that ended well printed.
 *
 * @throws {Problem} for a program that crashed, hung or was not started
 */
export function printedBy({ ended, status, stdout, stderr }: CommandResult): string {
  if (ended === "exited" && status === 0) return stdout;
  const timedOut = ended === "timed-out";
  throw new Problem({
    action: "run the program that tries WebGPU",
    condition: timedOut
      ? `it did not end within ${RUN_SECONDS} seconds`
      : ended === "exited"
      ? `Deno ended with ${status === null ? "a signal" : `status ${status}`}`
      : `the command was answered "${ended}"`,
    seen: stderr || stdout,
    cure: "A driver that hangs or crashes does this: try with another one.",
  });
}
