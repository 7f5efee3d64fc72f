/**
 * The libraries of NVIDIA's driver that programs load only while they run (`dlopen`), so that `ldd`
 * names none of them.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { MissingTool } from "../../problem.ts";

/**
 * CUDA's driver, NVML, and what those load in turn: the compilers of PTX and of NVVM, and since driver
 * 535 the part that they share, whose name holds the driver's version.
 */
const LIBRARY =
  /^lib(?:cuda\.so\.1|nvidia-ml\.so\.1|nvidia-ptxjitcompiler\.so\.1|nvidia-nvvm\.so\.4|nvidia-gpucomp\.so\.\d[\d.]*)$/;

/** CUDA for 64 bits is all that programs of today use; `ldconfig(8)` marks the others otherwise. */
const CACHE_LINE = /^\s+(\S+) \(libc6,(?:x86-64|AArch64)[^)]*\) => (\/.+)$/gm;

/**
 * The driver's libraries, each at the path where the dynamic loader looks for it (often a link: copied
 * to the same path, it is found there too).
 *
 * @throws {MissingTool} where the loader knows of no CUDA driver
 */
export async function findDriverLibraries(host: Host): Promise<readonly string[]> {
  const cache = await host.run({ argv: ["/sbin/ldconfig", "-p"], timeoutSeconds: 10 });
  const libraries = parseDriverLibraries(cache.stdout);
  if (libraries.some((path) => path.endsWith("/libcuda.so.1"))) return libraries;
  const folders = (await librarySearchPath(host))?.split(":").filter((path) => path !== "") ?? [];
  const further = await Promise.all(folders.map((folder) => driverLibrariesIn(host, folder)));
  const all = [...new Set([...libraries, ...further.flat()])];
  if (all.some((path) => path.endsWith("/libcuda.so.1"))) return all;
  throw new MissingTool({
    action: "find the libraries of NVIDIA's driver",
    condition: "the dynamic loader knows no libcuda.so.1",
    cure: "Install NVIDIA's driver, and run: ldconfig",
  }, "gpu");
}

/** The driver's libraries in what `ldconfig -p` prints, each path once. */
export function parseDriverLibraries(stdout: string): string[] {
  const entries = [...stdout.matchAll(CACHE_LINE)];
  const paths = entries.flatMap(([, name = "", path = ""]) => LIBRARY.test(name) ? [path] : []);
  return [...new Set(paths)];
}

/** The folders in which the loader looks first, with colons between; null where it is told none. */
export async function librarySearchPath(host: Host): Promise<string | null> {
  const argv = ["printenv", "LD_LIBRARY_PATH"] as const;
  const { status, stdout } = await host.run({ argv, timeoutSeconds: 10 });
  const path = stdout.trim();
  return status === 0 && path !== "" ? path : null;
}

async function driverLibrariesIn(host: Host, folder: string): Promise<string[]> {
  const names = await host.readFolder(folder) ?? [];
  return names.filter((name) => LIBRARY.test(name)).map((name) => `${folder}/${name}`);
}
