/**
 * Whether a module of the kernel is loaded.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { failed, runSurviving } from "./host_files.ts";

const LOAD_SECONDS = 60;

/** "loaded" or "absent"; what is built into the kernel is loaded. */
export async function readModule(host: Host, name: string): Promise<"loaded" | "absent"> {
  const found = await runSurviving(host, ["test", "-d", `/sys/module/${kernelName(name)}`]);
  if (found.ended === "exited" && found.status === 0) return "loaded";
  if (found.ended !== "exited" || found.status !== 1) {
    throw failed(`tell whether the kernel module ${name} is loaded`, "test", found);
  }
  // A module without parameters that is built in has no folder in sysfs.
  const { stdout } = await runSurviving(host, showDepends(name));
  return /^builtin /.test(stdout.trim().split("\n").at(-1) ?? "") ? "loaded" : "absent";
}

/**
 * Loads or unloads one module. Unloading leaves what it depends on: that may have been there before.
 *
 * @throws {Problem} where there is none, or it is in use
 */
export async function writeModule(host: Host, name: string, loaded: boolean): Promise<void> {
  const action = `${loaded ? "load" : "unload"} the kernel module ${name}`;
  const program = loaded ? "modprobe" : "rmmod";
  const result = await runSurviving(host, [program, name], { timeoutSeconds: LOAD_SECONDS });
  if (result.ended !== "exited" || result.status !== 0) throw failed(action, program, result);
}

/**
 * The kernel's names of all modules that loading one loads, in this order: those that it depends on,
 * itself, and those that are wished for along with it (`softdep`), loaded already or not.
 *
 * @throws {Problem} where there is no such module
 */
export async function modulesLoadedBy(host: Host, name: string): Promise<string[]> {
  const result = await runSurviving(host, showDepends(name));
  if (result.ended !== "exited" || result.status !== 0) {
    throw failed(`find the kernel module ${name}`, "modprobe", result);
  }
  return parseDepends(result.stdout);
}

/** The kernel's names of the modules in the output of `modprobe --show-depends`. */
export function parseDepends(stdout: string): string[] {
  const names = stdout.split("\n").map((line) =>
    /^insmod \S*\/([A-Za-z0-9_-]+)\.ko(?:\.[a-z0-9]+)?(?:\s|$)/.exec(line)?.[1]
  );
  return [...new Set(names.filter((name) => name !== undefined).map(kernelName))];
}

function showDepends(name: string): [string, ...string[]] {
  return ["modprobe", "--show-depends", name];
}

/** vfio-pci and vfio_pci are one module: the kernel writes the latter. */
export function kernelName(name: string): string {
  return name.replaceAll("-", "_");
}
