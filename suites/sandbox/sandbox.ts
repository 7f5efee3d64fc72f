/**
 * The sandbox that the groups of `sandbox-view` share: Wasmtime, a folder, the module that opens
 * files, and the readings that are kept.
 *
 * @module
 */
import { buildWasiFiles } from "../../runners/sandbox/wasi_files.ts";
import type { Host } from "../../runners/host.ts";
import { runStep } from "../../runners/run_step.ts";
import type { Places } from "../places.ts";

export interface Sandbox {
  readonly host: Host;
  /** What starts Wasmtime. */
  readonly wasmtime: string;
  /** Holds `inside/`, which is given to modules, and `secret.txt`, which is not. */
  readonly folder: string;
  /** The module that opens files; built when it is first asked for. */
  readonly files: () => Promise<string>;
  /** Keeps a raw reading by the name of its file. */
  readonly keep: (name: string, reading: unknown) => void;
}

/** A known file, a secret beside the folder, and links within and out of the folder. */
const LAY_OUT = `set -e
cd -- "$1"
mkdir inside inside/folder
echo 'a file that is given to the module' >inside/known.txt
echo 'a file that is not given to it' >secret.txt
ln -s "$1/secret.txt" inside/absolute-link
ln -s ../secret.txt inside/relative-link
ln -s .. inside/folder-link
ln -s /dev/zero inside/device-link
ln -s known.txt inside/link-within`;

/**
 * Opens the sandbox.
 *
 * @throws {MissingTool} where there is no Wasmtime
 */
export async function openSandbox(
  places: Places,
  keep: Sandbox["keep"],
): Promise<Sandbox> {
  const { host } = places;
  const wasmtime = places.tool("wasmtime");
  const folder = await host.temporaryFolder();
  await runStep(host, {
    action: "lay out the files of the sandbox",
    argv: ["bash", "-c", LAY_OUT, "cellproof-layout", folder],
    timeoutSeconds: 10,
    cure: "Check that the system's folder for temporary files is writable and has room.",
  });
  let module: Promise<string> | null = null;
  const files = () => module ??= buildWasiFiles(host, folder);
  return { host, wasmtime, folder, files, keep };
}
