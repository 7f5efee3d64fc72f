/**
 * The folders of this machine that a user names to be used in a run: looked at before anything is
 * measured.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";

/**
 * Refuses what is no folder, or one that cannot be written to: by making a file there.
 *
 * @throws {UsageProblem}
 */
export function refuseUnwritable(target: string): void {
  try {
    Deno.removeSync(Deno.makeTempFileSync({ dir: target, prefix: "cellproof-" }));
  } catch (error) {
    throw new UsageProblem({
      action: `measure storage in ${target}`,
      condition: whyUnusable(target, error),
      seen: error instanceof Error ? error.message : String(error),
      cure: "Name a folder on a disk that you may write to with --target.",
    });
  }
}

function whyUnusable(path: string, error: unknown): string {
  // Deno itself lets nothing be written there.
  if (error instanceof Deno.errors.NotCapable) return "it lies in /dev, /proc or /sys, on no disk";
  return isFolder(path) ? "it cannot be written to" : "there is no such folder";
}

/**
 * A word on a folder with CUDA programs that is not there; else null. It is no reason to refuse a run:
 * of many hosts that are given the same options some have no GPU.
 */
export function wordOnSamples(cudaSamples: string | null): string | null {
  if (cudaSamples === null || isFolder(cudaSamples)) return null;
  return `--cuda-samples ${cudaSamples}: there is no such folder, so no CUDA sample can be run`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
