/**
 * Where the CUDA programs are: in a folder that the user names, in the cache, on PATH, or where NVIDIA
 * installs demonstrations.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { UsageProblem } from "../../problem.ts";

/** The CUDA samples that are used, and nvbandwidth. */
export const CUDA_PROGRAMS = [
  "deviceQuery",
  "vectorAdd",
  "matrixMul",
  "nbody",
  "simpleStreams",
  "concurrentKernels",
  "simpleP2P",
  "p2pBandwidthLatencyTest",
  "asyncAPI",
  "bandwidthTest",
  "nvbandwidth",
] as const;
export type CudaProgram = typeof CUDA_PROGRAMS[number];

export interface CudaPlaces {
  /** `--cuda-samples`: the programs themselves, or a tree of the CUDA samples that was built. */
  readonly samplesFolder: string | null;
  readonly cacheFolder: string;
}

const FIND_SECONDS = 30;
/** Where the cache folder has the programs that the set-up built. */
export function cudaFolder(cacheFolder: string): string {
  return `${cacheFolder}/cuda`;
}

/**
 * `$1` is the user's folder or empty, `$2` the cache's, `$3` and on the programs. A tree of samples has
 * sources beside programs, hence the folders that builds fill: CMake's `build/Samples/KIND/NAME/NAME`,
 * the makefiles' `Samples/KIND/NAME/NAME` and `bin/MACHINE/linux/release/NAME`.
 */
const FIND = `shopt -s nullglob
own=\${1:+$(cd -- "$1" && pwd)} cache=$2
shift 2
for program; do
  places=()
  if [ -n "$own" ]; then
    places+=("$own/$program" "$own"/{,build/}{Samples/,Samples/*/,}"$program/$program")
    places+=("$own"/bin/*/linux/release/"$program" "$own"/build/"$program")
  fi
  places+=("$cache/$program" "$(type -P -- "$program")")
  places+=(/usr/local/cuda{,-*}/extras/demo_suite/"$program" /opt/cuda/extras/demo_suite/"$program")
  for path in "\${places[@]}"; do
    [ -f "$path" ] && [ -x "$path" ] || continue
    printf '%s %s\\n' "$program" "$path"
    break
  done
done`;

/**
 * Paths by program, absent where not found: the user's folder first, then the cache, PATH and NVIDIA's
 * own places.
 *
 * @throws {UsageProblem} where the user's folder is none
 */
export async function findCudaPrograms(
  host: Host,
  { samplesFolder, cacheFolder }: CudaPlaces,
): Promise<ReadonlyMap<CudaProgram, string>> {
  if (samplesFolder !== null && await host.readFolder(samplesFolder) === null) {
    throw new UsageProblem({
      action: `look for CUDA programs in ${samplesFolder}`,
      condition: "there is no such folder, or it cannot be read",
      cure:
        "Give --cuda-samples the folder with deviceQuery and the others, or the CUDA samples' tree.",
    });
  }
  const folders = [samplesFolder ?? "", cudaFolder(cacheFolder)];
  const { stdout } = await host.run({
    argv: ["bash", "-c", FIND, "cellproof-cuda", ...folders, ...CUDA_PROGRAMS],
    timeoutSeconds: FIND_SECONDS,
  });
  return parsePaths(stdout);
}

/** Reads lines of a program's name and its path. */
function parsePaths(stdout: string): ReadonlyMap<CudaProgram, string> {
  const found = new Map<CudaProgram, string>();
  for (const line of stdout.split("\n")) {
    const space = line.indexOf(" ");
    const program = CUDA_PROGRAMS.find((name) => name === line.slice(0, space));
    if (program !== undefined) found.set(program, line.slice(space + 1));
  }
  return found;
}
