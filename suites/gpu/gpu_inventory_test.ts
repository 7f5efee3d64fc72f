import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { playedHost } from "../../fixtures/synthesis/gpu_host.ts";
import { machineNamed } from "../../fixtures/synthesis/machines.ts";
import type { CommandRequest, CommandResult, Host } from "../../runners/host.ts";
import { observationsOf } from "../observations.ts";
import type { Observation } from "../result.ts";
import { gpuPlaces } from "../testing/scripted_gpu.ts";
import { askAll, collectGpuInventory } from "./gpu_inventory.ts";
import { gpuAt, readingOf } from "./sample_reading.ts";

type Intercept = (request: CommandRequest) => Partial<CommandResult> | null;

/** What the probe observes on a played machine, some of whose answers are others. */
async function observe(machine: string, intercept: Intercept = () => null) {
  const played = playedHost(machineNamed(machine));
  const run = async (request: CommandRequest) => (
    { ...await played.run(request), ...intercept(request) }
  );
  const host = { run, readText: (path: string) => played.readText(path) } as Host;
  const { observations } = await collectGpuInventory(gpuPlaces(host));
  assertEquals(new Set(observations.map(({ name }) => name)), NAMES);
  return observations;
}

const NAMES = new Set(observationsOf("gpu-inventory"));

/** The observations that decide, each with its value. */
function decided(observations: readonly Observation[]): Record<string, unknown> {
  const sound = observations.filter(({ value, controls }) => {
    const kinds = new Set(controls.map(({ kind }) => kind));
    return value !== null && kinds.size === 2 && controls.every(({ held }) => held);
  });
  return Object.fromEntries(sound.map(({ name, value }) => [name.split("/")[1] ?? "", value]));
}

const NODES = { "device-node": true, "control-node": true, "physical-gpu": true };
const ALONE = { "one-gpu": true, "no-gpu-peer": true };
const GEN4 = { "pcie-3-or-4-x16": true, "pcie-16-to-32-gb": true };
const LARGE = { "memory-8-to-24-gb": false };

Deno.test("collectGpuInventory() decides what each played machine shows, and no more", async () => {
  const expected: Record<string, Record<string, unknown>> = {
    "one-gpu": {
      ...{ ...ALONE, ...NODES, ...LARGE, "opencl-device": true },
      ...{ "pcie-3-or-4-x16": false, "pcie-16-to-32-gb": false },
    },
    "eight-gpus": {
      ...{ ...GEN4, ...NODES, ...LARGE, "opencl-device": true, "two-to-eight-gpus": true },
      ...{ "nvlink-peers": true, "infiniband-active": true, "nvlink-300-to-600-gb": true },
    },
    "mig": { ...ALONE, ...GEN4, ...NODES, ...LARGE, "partitioned": true },
    "lost-gpu": { "control-node": true },
    "idle-vgpu": { ...ALONE, ...GEN4, ...NODES, ...LARGE },
    "busy-vgpu": {
      ...{ ...ALONE, ...GEN4, ...NODES, ...LARGE, "vgpu-given": true, "vgpu-scheduled": true },
    },
    "vgpu-guest": {
      ...{ ...ALONE, "device-node": true, "control-node": true },
      ...{ "vgpu-given": true, "opencl-device": true },
    },
  };
  for (const [machine, values] of Object.entries(expected)) {
    assertEquals(decided(await observe(machine)), values, machine);
  }
});

Deno.test("collectGpuInventory() decides nothing where the driver tells of GPUs that are not there", async () => {
  const observations = await observe(
    "one-gpu",
    ({ argv: [program, ...args] }) =>
      program === "nvidia-smi" && args.includes("-i")
        ? { status: 0, stdout: "<gpu id='x'>" }
        : null,
  );
  assertEquals(decided(observations), { "opencl-device": true });
});

Deno.test("collectGpuInventory() decides nothing where sysfs shows none of the GPUs", async () => {
  const observations = await observe(
    "one-gpu",
    ({ argv }) => argv[0] === "bash" ? { stdout: INVENTORY_OF_NOTHING } : null,
  );
  const held = decided(observations);
  assertEquals(Object.keys(held).filter((name) => name !== "opencl-device"), []);
});

const INVENTORY_OF_NOTHING = "== system\n== end\n";

Deno.test("collectGpuInventory() says of each observation that nvidia-smi does not answer", async () => {
  const observations = await observe(
    "one-gpu",
    ({ argv: [program] }) =>
      program === "nvidia-smi" ? { ended: "timed-out", status: null, stdout: "" } : null,
  );
  for (const { absence } of observations) {
    assertEquals(absence?.verdict, "error");
    assertStringIncludes(absence?.because ?? "", "did not answer within 60 s");
  }
});

Deno.test("collectGpuInventory() leaves all untested on a host without a GPU", async () => {
  const observations = await observe(
    "one-gpu",
    ({ argv: [program] }) =>
      program === "nvidia-smi" ? { ended: "not-found", status: null, stdout: "" } : null,
  );
  for (const { absence } of observations) assertEquals(absence?.lacks, "gpu");
});

Deno.test("askAll() finds nothing of the kernel's where the kernel shows nothing", () => {
  const observations = askAll(readingOf([gpuAt(1)]), []);
  const ofKernel = observations.filter(({ controls }) => controls.length > 0);
  assertEquals(ofKernel.map(({ name }) => name.split("/")[1]), [
    "device-node",
    "control-node",
    "physical-gpu",
  ]);
  for (const { controls } of ofKernel) assert(controls.every(({ held }) => held));
});
