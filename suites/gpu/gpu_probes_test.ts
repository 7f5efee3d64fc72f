import { assertEquals } from "@std/assert";
import { observationsOf } from "../observations.ts";
import type { CollectProbe } from "../probe.ts";
import type { Baseline, GpuDescription } from "../result.ts";
import { type Instead, playedPlaces, runs } from "../testing/played_gpu.ts";
import { commandResult, gpuPlaces } from "../testing/scripted_gpu.ts";
import { standingOf } from "../testing/standing.ts";
import { collectGpuContainer } from "./gpu_container.ts";
import { collectGpuGuest } from "./gpu_guest.ts";
import { collectGpuPartitions } from "./gpu_partitions.ts";
import { collectGpuSamples } from "./gpu_samples.ts";

/** What each of some observations comes to on a played machine. */
async function standings(
  collect: CollectProbe,
  machine: string,
  { names, instead, baseline = null }: {
    readonly names: readonly string[];
    readonly instead?: Instead;
    readonly baseline?: Baseline | null;
  },
): Promise<readonly string[]> {
  const played = await playedPlaces(machine, instead === undefined ? {} : { instead });
  const places = gpuPlaces(played.host, { ...played.options, baseline });
  const { observations } = await collect(places);
  return names.map((name) => standingOf(observations, name));
}

const asksForProcesses: (argv: readonly string[]) => boolean = (argv) =>
  argv.some((word) => word.startsWith("--query-compute-apps"));

Deno.test("the GPU's probes tell of each of their observations, whatever the host", async () => {
  const probes = [
    [collectGpuSamples, "gpu-samples"],
    [collectGpuContainer, "gpu-container"],
    [collectGpuGuest, "gpu-guest"],
    [collectGpuPartitions, "gpu-partitions"],
  ] as const;
  for (const machine of ["one-gpu", "mig", "lost-gpu", "idle-vgpu", "busy-vgpu"]) {
    const places = await playedPlaces(machine);
    for (const [collect, probe] of probes) {
      const { observations } = await collect(places);
      const names = observations.map(({ name }) => name).sort();
      assertEquals(names, observationsOf(probe).toSorted(), `${probe} on ${machine}`);
      assertEquals(observations.filter(({ absence }) => absence?.verdict === "error"), []);
    }
  }
});

Deno.test("gpu-samples and gpu-container hold on bare metal with a GPU", async () => {
  const samples = ["computes", "streams-overlap", "kernels-overlap", "memory-paths", "alone"];
  const names = [...samples, "two-processes-compute"].map((name) => `gpu-samples/${name}`);
  const found = await standings(collectGpuSamples, "one-gpu", { names });
  assertEquals(new Set(found), new Set(["holds"]));
  const inside = observationsOf("gpu-container");
  assertEquals(
    new Set(await standings(collectGpuContainer, "eight-gpus", { names: inside })),
    new Set(["holds"]),
  );
});

/** What draws a display: `--query-compute-apps` never lists it. */
const XORG = "<process_info><pid>77</pid><type>G</type>" +
  "<process_name>/usr/lib/xorg/Xorg</process_name><used_memory>512 MiB</used_memory>" +
  "</process_info>";

Deno.test("gpu-samples are open where others are on the GPU, not refuted", async () => {
  const instead: Instead = ({ argv }, played) =>
    argv.join(" ").startsWith("nvidia-smi -q -x -i")
      ? played().then((run) => ({
        ...run,
        stdout: run.stdout.replace("</processes>", `${XORG}</processes>`),
      }))
      : null;
  const names = ["gpu-samples/alone", "gpu-samples/two-processes-compute"];
  assertEquals(await standings(collectGpuSamples, "one-gpu", { names, instead }), [
    "untested",
    "holds",
  ]);
});

Deno.test("gpu-samples say nothing of one or two processes on a part of a GPU", async () => {
  const names = ["gpu-samples/alone", "gpu-samples/two-processes-compute"];
  for (const machine of ["mig", "vgpu-guest"]) {
    assertEquals(await standings(collectGpuSamples, machine, { names }), ["untested", "untested"]);
  }
});

Deno.test("what rests on a process's memory is open where the driver does not tell it", async () => {
  const instead: Instead = ({ argv }, played) =>
    asksForProcesses(argv)
      ? played().then((run) => ({ ...run, stdout: run.stdout.replace(/, \d+/g, ", [N/A]") }))
      : null;
  const inside = ["gpu-container/in-host-list", "gpu-container/two-compute"];
  assertEquals(await standings(collectGpuContainer, "one-gpu", { names: inside, instead }), [
    "untested",
    "holds",
  ]);
  const own = ["gpu-guest/own-accounting"];
  const guest = await standings(collectGpuGuest, "passthrough-guest", { names: own, instead });
  assertEquals(guest, ["untested"]);
});

Deno.test("gpu-container shows nothing by the list of a driver that numbers processes otherwise", async () => {
  const instead: Instead = ({ argv }, played) =>
    asksForProcesses(argv)
      ? played().then((run) => ({ ...run, stdout: run.stdout.replace(/\d+, /g, "9, ") }))
      : null;
  const names = ["gpu-container/in-host-list"];
  const [found] = await standings(collectGpuContainer, "one-gpu", { names, instead });
  assertEquals(found, "control: that is the container's process on the host");
});

Deno.test("two that compute at once are an error where the neighbour was gone", async () => {
  let products = 0;
  const instead: Instead = (request) => {
    if (runs(request, "matrixMul")) products++;
    return asksForProcesses(request.argv) && products >= 3
      ? Promise.resolve(commandResult())
      : null;
  };
  const names = ["gpu-partitions/two-compute"];
  assertEquals(await standings(collectGpuPartitions, "mig", { names, instead }), ["error"]);
  assertEquals(await standings(collectGpuPartitions, "mig", { names }), ["holds"]);
});

Deno.test("gpu-partitions sees vGPUs that compute on one GPU, and is open where they do not", async () => {
  const names = ["gpu-partitions/two-compute"];
  assertEquals(await standings(collectGpuPartitions, "busy-vgpu", { names }), ["holds"]);
  assertEquals(await standings(collectGpuPartitions, "idle-vgpu", { names }), ["untested"]);
});

const GUEST_GPU = "GPU-5e7d0001-91c4-4a0e-b3f2-6d0a5c0001e8";
const ON_METAL: GpuDescription = {
  name: "NVIDIA H100 PCIe",
  uuid: GUEST_GPU,
  pciIds: "10de:2331",
  linkGeneration: 5,
  linkWidth: 16,
  memoryBytes: null,
  virtualizationMode: "none",
  mig: false,
  lost: null,
  fabric: null,
};

function baselineWith(change: Partial<GpuDescription>): Baseline {
  return {
    source: "results/metal",
    startedAt: "2026-01-02T03:04:05.000Z",
    hostname: "metal",
    cpuModel: "Example CPU",
    environment: "bare metal",
    bareMetal: true,
    gpus: [{ ...ON_METAL, ...change }],
    synthetic: true,
    experiments: [],
  };
}

Deno.test("gpu-guest compares with the same GPU on bare metal, and with no other", async () => {
  const names = ["gpu-guest/same-gpu", "gpu-guest/same-link"];
  const cases: readonly (readonly [Partial<GpuDescription>, readonly string[]])[] = [
    [{}, ["holds", "holds"]],
    [{ pciIds: "10de:26b9" }, ["does not hold", "holds"]],
    [{ linkGeneration: 4 }, ["holds", "untested"]],
    [{ linkGeneration: null }, ["holds", "untested"]],
    [{ uuid: "GPU-another" }, ["untested", "untested"]],
  ];
  for (const [change, expected] of cases) {
    const baseline = baselineWith(change);
    const found = await standings(collectGpuGuest, "passthrough-guest", { names, baseline });
    assertEquals(found, expected, JSON.stringify(change));
  }
});

Deno.test("gpu-guest takes a vGPU for none that was passed through", async () => {
  const names = ["gpu-guest/same-gpu", "gpu-guest/has-vgpu", "gpu-guest/two-gpus"];
  const baseline = baselineWith({});
  assertEquals(await standings(collectGpuGuest, "vgpu-guest", { names, baseline }), [
    "untested",
    "holds",
    "untested",
  ]);
});
