/**
 * Deno's WebGPU: `programs/webgpu_view.js`, run by the Deno that cellproof runs on.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import program from "../programs/webgpu_view.js" with { type: "text" };
import { DENO_ENVIRONMENT, denoCommand } from "./confined_deno.ts";

/** What the program does, with which permissions, on which device nodes. */
export interface WebgpuRequest {
  /** Everything, or the attempts on files and devices alone. */
  readonly mode: "view" | "attempts";
  readonly permissions: "none" | "all";
  readonly devices: readonly string[];
}

/** A driver that hangs is given up after this long; the program takes half a second. */
const RUN_SECONDS = 30;

/** Runs the program; what it printed is its document. */
export function runWebgpuView(host: Host, request: WebgpuRequest): Promise<CommandResult> {
  const { mode, permissions, devices } = request;
  return host.run({
    argv: denoCommand({ permissions, args: [mode, ...devices] }),
    stdin: program,
    timeoutSeconds: RUN_SECONDS,
    env: DENO_ENVIRONMENT,
  });
}

/**
 * What a run that ended well printed.
 *
 * @throws {Problem} for a program that crashed, hung or was not started
 */
export function printedBy(
  { ended, status, stdout, stderr }: CommandResult,
  withinSeconds = RUN_SECONDS,
): string {
  if (ended === "exited" && status === 0) return stdout;
  const timedOut = ended === "timed-out";
  throw new Problem({
    action: "run the program that tries WebGPU",
    condition: timedOut
      ? `it did not end within ${withinSeconds} seconds`
      : ended === "exited"
      ? `Deno ended with ${status === null ? "a signal" : `status ${status}`}`
      : `the command was answered "${ended}"`,
    seen: stderr || stdout,
    cure: "A driver that hangs or crashes does this: try with another one.",
  });
}
