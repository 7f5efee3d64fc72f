/**
 * Building the CUDA programs that are missing, from pinned sources of NVIDIA's, where a CUDA compiler and
 * an NVIDIA driver are. The compiler is called directly: the samples' own builds are for every GPU there
 * is, and differ from release to release.
 *
 * @module
 */
import script from "./cuda_build.sh" with { type: "text" };
import {
  cudaFolder,
  type CudaPlaces,
  type CudaProgram,
  findCudaPrograms,
} from "./cuda_programs.ts";
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { atLeast } from "../version.ts";

/** What would be built. */
export interface CudaBuild {
  /** The compiler's path. */
  readonly nvcc: string;
  /** The compiler's release: "12.8". */
  readonly toolkitVersion: string;
  readonly programs: readonly CudaProgram[];
  /** Packages of Debian and Ubuntu that the build needs and that are not here. */
  readonly packages: readonly string[];
}

/** A release of NVIDIA's that must be the very commit that it was when it was chosen. */
interface Pinned {
  readonly repository: "cuda-samples" | "nvbandwidth";
  readonly tag: string;
  readonly commit: string;
}

const SAMPLES_12_5: Pinned = {
  repository: "cuda-samples",
  tag: "v12.5",
  commit: "9c688d7ff78455ed42e345124d1495aad6bf66de",
};
/** The newest nvbandwidth that a compiler builds, by the oldest compiler that does; newest first. */
const NVBANDWIDTH: readonly (readonly [string, Pinned])[] = [
  ["12.3", {
    repository: "nvbandwidth",
    tag: "v0.8",
    commit: "66746a3bef61c8c2e12ab34955310da70b9e38cb",
  }],
  ["11.0", {
    repository: "nvbandwidth",
    tag: "v0.6",
    commit: "445d8aef742e8a48a69779a939996f9e8863df9d",
  }],
];

/** The newest samples that a compiler builds, by the oldest compiler that does; newest first. */
const SAMPLES: readonly (readonly [string, Pinned])[] = [
  ["13.0", {
    repository: "cuda-samples",
    tag: "v13.0",
    commit: "3f1c50965017932fc81e6d94a3fc9e04c105b312",
  }],
  ["12.8", {
    repository: "cuda-samples",
    tag: "v12.8",
    commit: "db3eea23946bca2e90a75eca2b5b3e07158a9e11",
  }],
  ["12.0", SAMPLES_12_5],
  ["11.0", {
    repository: "cuda-samples",
    tag: "v11.8",
    commit: "81992093d2b8c33cab22dbf6852c070c330f1715",
  }],
];

interface Recipe {
  readonly program: CudaProgram;
  /** The samples' folder, and the files in it. */
  readonly sources: readonly [string, ...string[]];
}

/** All but bandwidthTest, which nvbandwidth replaces. */
const RECIPES: readonly Recipe[] = [
  { program: "deviceQuery", sources: ["1_Utilities", "deviceQuery.cpp"] },
  { program: "vectorAdd", sources: ["0_Introduction", "vectorAdd.cu"] },
  { program: "matrixMul", sources: ["0_Introduction", "matrixMul.cu"] },
  {
    program: "nbody",
    sources: ["5_Domain_Specific", "bodysystemcuda.cu", "render_particles.cpp", "nbody.cpp"],
  },
  { program: "simpleStreams", sources: ["0_Introduction", "simpleStreams.cu"] },
  { program: "concurrentKernels", sources: ["0_Introduction", "concurrentKernels.cu"] },
  { program: "simpleP2P", sources: ["0_Introduction", "simpleP2P.cu"] },
  {
    program: "p2pBandwidthLatencyTest",
    sources: ["5_Domain_Specific", "p2pBandwidthLatencyTest.cu"],
  },
  { program: "asyncAPI", sources: ["0_Introduction", "asyncAPI.cu"] },
];

/** A package, how its absence shows, and the programs that need it. */
const PACKAGES: readonly { name: string; probe: string; for: readonly CudaProgram[] | null }[] = [
  { name: "git", probe: "command:git", for: null },
  { name: "g++", probe: "command:g++", for: null },
  {
    name: "libboost-program-options-dev",
    probe: "boost/program_options.hpp",
    for: ["nvbandwidth"],
  },
  { name: "libgl-dev", probe: "GL/glx.h", for: ["nbody"] },
  { name: "libglu1-mesa-dev", probe: "GL/glu.h", for: ["nbody"] },
];

/** Tells the compiler's path, what it says of itself, and each of `$@` that is not here. */
const PROBE = `type -P nvidia-smi >/dev/null || exit 3
nvcc=$(type -P nvcc || ls -d /usr/local/cuda/bin/nvcc /opt/cuda/bin/nvcc 2>/dev/null | head -n 1)
[ -x "$nvcc" ] || exit 3
echo "nvcc $nvcc"
"$nvcc" --version
for probe; do
  case $probe in
    command:*) type -P "\${probe#*:}" >/dev/null ;;
    *) echo "#include <$probe>" | c++ -E -x c++ - >/dev/null 2>&1 ;;
  esac || echo "lacks $probe"
done`;
const PROBE_SECONDS = 30;
const BUILD_SECONDS = 1800;

/**
 * What there is to build; null where nothing is missing, and where there is no compiler or no NVIDIA
 * driver to build for.
 */
export async function planCudaBuild(host: Host, places: CudaPlaces): Promise<CudaBuild | null> {
  const { status, stdout } = await host.run({
    argv: ["bash", "-c", PROBE, "cellproof-nvcc", ...PACKAGES.map(({ probe }) => probe)],
    timeoutSeconds: PROBE_SECONDS,
  });
  const nvcc = /^nvcc (.+)$/m.exec(stdout)?.[1];
  const toolkitVersion = /, release (\d+\.\d+)/.exec(stdout)?.[1];
  if (status !== 0 || nvcc === undefined || toolkitVersion === undefined) return null;
  if (newestFor(SAMPLES, toolkitVersion) === null) return null;
  const found = await findCudaPrograms(host, places);
  const wanted: readonly CudaProgram[] = [...RECIPES.map(({ program }) => program), "nvbandwidth"];
  const programs = wanted.filter((program) => !found.has(program));
  if (programs.length === 0) return null;
  const lacking = PACKAGES.filter(({ probe, for: users }) =>
    stdout.includes(`lacks ${probe}\n`) &&
    (users === null || users.some((program) => programs.includes(program)))
  );
  return { nvcc, toolkitVersion, programs, packages: lacking.map(({ name }) => name) };
}

/** The build as a sentence for the user. */
export function describeCudaBuild(build: CudaBuild, cacheFolder: string): string {
  const sources = pinnedFor(build).map(({ repository, tag }) => `${repository} ${tag}`).join(", ");
  return `Build ${build.programs.join(", ")} into ${cudaFolder(cacheFolder)} with ${build.nvcc} ` +
    `(CUDA ${build.toolkitVersion}), from NVIDIA's sources (${sources}; some minutes)`;
}

/**
 * Builds what the plan says.
 *
 * @throws {Problem} naming the programs that could not be built; the others are there
 */
export async function buildCudaPrograms(
  host: Host,
  build: CudaBuild,
  cacheFolder: string,
): Promise<void> {
  const folder = await host.temporaryFolder();
  const { stdout, ended } = await host.run({
    argv: ["bash", "-c", script, "cellproof-cuda", cudaFolder(cacheFolder), build.nvcc, folder],
    stdin: instructions(build),
    timeoutSeconds: BUILD_SECONDS,
  });
  const lines = stdout.split("\n");
  const missing = build.programs.filter((program) => !lines.includes(`built ${program}`));
  if (missing.length === 0) return;
  const failures = lines.filter((line) => line.startsWith("failed ")).map((line) => line.slice(7));
  throw new Problem({
    action: `build ${missing.join(", ")}`,
    condition: ended === "exited"
      ? "the sources or the compiler failed"
      : `it was ended (${ended})`,
    seen: failures.length === 0 ? "nothing" : failures.join(" / "),
    cure: "Check that https://github.com can be reached, or build NVIDIA's cuda-samples and " +
      "nvbandwidth elsewhere and name their folder with --cuda-samples.",
  });
}

/** concurrentKernels was taken out of the samples after 12.5. */
function sourceOf(program: CudaProgram, toolkitVersion: string): Pinned | null {
  if (program === "nvbandwidth") return newestFor(NVBANDWIDTH, toolkitVersion);
  const kept = program === "concurrentKernels" && atLeast(toolkitVersion, "12.0");
  return kept ? SAMPLES_12_5 : newestFor(SAMPLES, toolkitVersion);
}

function newestFor(table: typeof SAMPLES, toolkitVersion: string): Pinned | null {
  return table.find(([oldest]) => atLeast(toolkitVersion, oldest))?.[1] ?? null;
}

function pinnedFor({ programs, toolkitVersion }: CudaBuild): Pinned[] {
  const sources = programs.map((program) => sourceOf(program, toolkitVersion));
  return [...new Set(sources.filter((source) => source !== null))];
}

/** The lines that the script reads. */
function instructions(build: CudaBuild): string {
  const repositories = pinnedFor(build).map(({ repository, tag, commit }) =>
    `repository ${repository} ${tag} ${commit}`
  );
  const programs = build.programs.map((program) => {
    const source = sourceOf(program, build.toolkitVersion);
    const tree = `${source?.repository}/${source?.tag}`;
    const recipe = RECIPES.find((each) => each.program === program);
    if (recipe === undefined) return `nvbandwidth ${program} ${tree}`;
    const [kind, ...files] = recipe.sources;
    return `sample ${program} ${kind} ${tree} ${files.join(" ")}`;
  });
  return [...repositories, ...programs, ""].join("\n");
}
