import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import script from "./cuda_build.sh" with { type: "text" };
import {
  buildCudaPrograms,
  type CudaBuild,
  describeCudaBuild,
  planCudaBuild,
} from "./cuda_build.ts";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { runStep } from "../run_step.ts";
import { Problem } from "../../problem.ts";

const PLACES = { samplesFolder: null, cacheFolder: "/cache" };
const BUILD: CudaBuild = {
  nvcc: "/usr/local/cuda/bin/nvcc",
  toolkitVersion: "13.0",
  programs: ["matrixMul", "concurrentKernels", "nvbandwidth"],
  packages: [],
};

/** What the compiler's probe prints for a release. */
function probed(release: string, lacks: readonly string[] = []): string {
  return `nvcc /usr/local/cuda/bin/nvcc
nvcc: NVIDIA (R) Cuda compiler driver
Cuda compilation tools, release ${release}, V${release}.93
${lacks.map((probe) => `lacks ${probe}\n`).join("")}`;
}

/** A host that answers each command by the name that its script is given. */
function answering(answers: Readonly<Record<string, Partial<CommandResult>>>) {
  const requests: CommandRequest[] = [];
  const run = (request: CommandRequest): Promise<CommandResult> => {
    requests.push(request);
    const ended = { ended: "exited", status: 0, stdout: "", stderr: "" } as const;
    const times = { startedAt: "2025-01-01T00:00:00.000Z", durationSeconds: 0 };
    return Promise.resolve({ ...ended, ...times, ...answers[request.argv[3] ?? ""] });
  };
  const temporaryFolder = () => Promise.resolve("/tmp/x");
  const parts: Pick<Host, "run" | "temporaryFolder"> = { run, temporaryFolder };
  return { host: parts as Host, requests };
}

Deno.test("planCudaBuild() plans what is missing, and the packages that it needs", async () => {
  const { host } = answering({
    "cellproof-nvcc": { stdout: probed("12.8", ["boost/program_options.hpp", "GL/glx.h"]) },
    "cellproof-cuda": { stdout: "nbody /opt/nbody\ndeviceQuery /opt/deviceQuery\n" },
  });
  const build = await planCudaBuild(host, PLACES);
  assertEquals([build?.nvcc, build?.toolkitVersion], ["/usr/local/cuda/bin/nvcc", "12.8"]);
  assertEquals(build?.programs.includes("nbody"), false);
  assertEquals(build?.programs.length, 8);
  assertEquals(build?.packages, ["libboost-program-options-dev"]);
});

Deno.test("planCudaBuild() plans nothing without a compiler, a driver, or something missing", async () => {
  const all = "deviceQuery vectorAdd matrixMul nbody simpleStreams concurrentKernels simpleP2P " +
    "p2pBandwidthLatencyTest asyncAPI nvbandwidth";
  const paths = all.split(" ").map((name) => `${name} /opt/${name}\n`).join("");
  const hosts = [
    answering({ "cellproof-nvcc": { status: 3 } }),
    answering({ "cellproof-nvcc": { stdout: probed("10.2") } }),
    answering({ "cellproof-nvcc": { stdout: "nvcc /usr/bin/nvcc\nsome wrapper\n" } }),
    answering({
      "cellproof-nvcc": { stdout: probed("12.8") },
      "cellproof-cuda": { stdout: paths },
    }),
  ];
  for (const { host } of hosts) assertEquals(await planCudaBuild(host, PLACES), null);
});

Deno.test("describeCudaBuild() tells what is built from which sources", () => {
  const cases = [["13.0", "v13.0, cuda-samples v12.5"], ["12.9", "v12.8, cuda-samples v12.5"]];
  cases.push(["12.2", "v12.5, nvbandwidth v0.6"], ["11.8", "v11.8, nvbandwidth v0.6"]);
  for (const [toolkitVersion = "", sources = ""] of cases) {
    const text = describeCudaBuild({ ...BUILD, toolkitVersion }, "/cache");
    assertStringIncludes(text, `cuda-samples ${sources}`);
    assertStringIncludes(text, "matrixMul, concurrentKernels, nvbandwidth into /cache/cuda");
  }
});

Deno.test("buildCudaPrograms() names what could not be built", async () => {
  const stdout = "built matrixMul\nfailed nvbandwidth fatal: no network\n";
  const { host, requests } = answering({ "cellproof-cuda": { stdout } });
  const problem = await assertRejects(() => buildCudaPrograms(host, BUILD, "/cache"), Problem);
  assertStringIncludes(problem.message, "Cannot build concurrentKernels, nvbandwidth:");
  assertStringIncludes(problem.message, "fatal: no network");
  const lines = requests[0]?.stdin?.split("\n") ?? [];
  assertEquals(lines.filter((line) => line.startsWith("repository ")).length, 3);
  assert(lines.includes("sample matrixMul 0_Introduction cuda-samples/v13.0 matrixMul.cu"));
  const old = "sample concurrentKernels 0_Introduction cuda-samples/v12.5 concurrentKernels.cu";
  assert(lines.includes(old));
});

Deno.test("buildCudaPrograms() is content where all is built", async () => {
  const stdout = BUILD.programs.map((program) => `built ${program}\n`).join("");
  const { host } = answering({ "cellproof-cuda": { stdout } });
  await buildCudaPrograms(host, BUILD, "/cache");
});

const HISTORY = `set -e
git init -q -b main "$1/origin"
cd "$1/origin"
mkdir -p Common Samples/0_Introduction/{matrixMul,vectorAdd} Samples/other
echo good >Samples/0_Introduction/matrixMul/matrixMul.cu
echo bad >Samples/0_Introduction/vectorAdd/vectorAdd.cu
git add .
git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m a
git -c tag.gpgsign=false tag v1
mkdir "$1/bin"
cat >"$1/bin/nvcc" <<'END'
#!/bin/bash
for word; do
  [ "$before" != -o ] || output=$word
  case $word in *.cu) source=$word ;; esac
  before=$word
done
grep -q good "$source" || { echo "$source(1): error: bad"; exit 1; }
printf '#!/bin/sh\\n' >"$output" && chmod +x "$output"
END
chmod +x "$1/bin/nvcc"
git rev-parse HEAD`;

/** Runs the build's script with a compiler and an origin of its own; `COMMIT` is the origin's. */
async function scripted(instructions: string): Promise<string> {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    const step = { timeoutSeconds: 60, action: "build", cure: "" };
    const argv = ["bash", "-c", HISTORY, "x", folder] as const;
    const commit = (await runStep(host, { ...step, argv })).trim();
    const stdout = await runStep(host, {
      ...step,
      argv: ["bash", "-c", script, "x", `${folder}/cuda`, `${folder}/bin/nvcc`, `${folder}/work`],
      env: {
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: `url.file://${folder}/origin.insteadOf`,
        GIT_CONFIG_VALUE_0: "https://github.com/NVIDIA/cuda-samples.git",
      },
      stdin: instructions.replace("COMMIT", commit),
    });
    const left = await host.readFolder(`${folder}/work`);
    return `${stdout}left: ${left?.join(" ")}; built: ${await host.readFolder(`${folder}/cuda`)}`;
  } finally {
    await host.close();
  }
}

const INSTRUCTIONS = `repository cuda-samples v1 COMMIT
sample matrixMul 0_Introduction cuda-samples/v1 matrixMul.cu
sample vectorAdd 0_Introduction cuda-samples/v1 vectorAdd.cu
`;

Deno.test("the build's script builds what it can, says what it cannot, and leaves nothing", async () => {
  const said = await scripted(INSTRUCTIONS);
  assertStringIncludes(said, "built matrixMul\nfailed vectorAdd ");
  assertStringIncludes(said, "error: bad\nleft: ; built: matrixMul");
});

Deno.test("the build's script builds nothing from another commit than the pinned one", async () => {
  const said = await scripted(INSTRUCTIONS.replace("COMMIT", "0".repeat(40)));
  assertStringIncludes(said, "failed cuda-samples error: v1 is not the commit 000");
  assertStringIncludes(said, "failed matrixMul");
  assertStringIncludes(said, "left: ; built: ");
  assertEquals(said.endsWith("built: "), true);
});
