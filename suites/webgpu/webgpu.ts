/**
 * The `webgpu` probe: what a program without any permission can do through Deno's WebGPU.
 *
 * @module
 */
import type { CommandResult } from "../../runners/host.ts";
import {
  type DeviceNode,
  type Inventory,
  readInventory,
} from "../../runners/inventory/inventory.ts";
import { printedBy, runWebgpuView } from "../../runners/webgpu/webgpu.ts";
import type { Section } from "../../runners/webgpu/webgpu_section.ts";
import {
  type AdapterInfo,
  parseWebgpuView,
  readAdapter,
  readAdapters,
  readCompute,
  readLargestBuffer,
  readMemory,
  readQueues,
} from "../../runners/webgpu/webgpu_view.ts";
import { memoryOf } from "../host_description.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type CollectProbe, lacking, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { type DisplayController, hardwareAdapter, oneAdapter } from "./adapter.ts";
import { buffersOnly, computes, oneQueue } from "./device.ts";
import { type Attempts, noDeviceFile } from "./files.ts";
import { limitsBelowMemory } from "./limits.ts";

/** The nodes that the drivers of GPUs make. */
const GPU_NODE = /^\/dev\/(dri\/(card|renderD)\d+|nvidia(\d+|ctl|-uvm)|kfd|dxg)$/;
const MOST_NODES = 16;
/** The first digits of the PCI class of display controllers. */
const DISPLAY_CLASS = "03";

const CURE =
  "Debian's mesa-vulkan-drivers brings one that the processor plays, a GPU's own driver " +
  "a real one. Or run: deno task bench --setup";

/** The program's own words, as it ended in both runs. */
interface Runs {
  readonly confined: CommandResult;
  readonly allowed: CommandResult;
}

/** What the observations are made of. */
interface Seen {
  readonly adapter: AdapterInfo;
  readonly webgpu: Section;
  readonly attempts: Attempts;
  readonly host: HostFacts;
}

/** What the host itself tells, beside WebGPU. */
interface HostFacts {
  readonly displays: readonly DisplayController[];
  readonly memoryBytes: number | null;
}

export const collectWebgpu: CollectProbe = async ({ host }: Places): Promise<Probed> => {
  const readings: Record<string, unknown> = {};
  const keep = (name: string, { stdout, stderr }: CommandResult) => {
    readings[`${name}.json`] = stdout;
    if (stderr !== "") readings[`${name}-errors.txt`] = stderr;
  };
  const observations = await attempt(observationsOf("webgpu"), async () => {
    const { inventory } = await readInventory(host);
    const devices = gpuNodes(inventory.nodes);
    const confined = await runWebgpuView(host, { mode: "view", permissions: "none", devices });
    keep("without-permission", confined);
    const allowed = await runWebgpuView(host, { mode: "attempts", permissions: "all", devices });
    keep("with-all-permissions", allowed);
    const memoryBytes = memoryOf(await host.readText("/proc/meminfo"));
    return await observe({ confined, allowed }, { displays: displaysOf(inventory), memoryBytes });
  });
  return { observations, readings };
};

async function observe(
  { confined, allowed }: Runs,
  host: HostFacts,
): Promise<readonly Observation[]> {
  const { deno, webgpu, attempts } = parseWebgpuView(printedBy(confined));
  if (webgpu === null) return nothing(`Deno ${deno} has no WebGPU (navigator.gpu)`);
  const adapter = readAdapter(webgpu);
  if (adapter === null) return nothing(`WebGPU has no adapter here. ${CURE}`);
  const withAll = parseWebgpuView(printedBy(allowed)).attempts;
  return await each({
    adapter,
    webgpu,
    host,
    attempts: { confined: attempts, allowed: withAll },
  });
}

/** Makes each observation by itself, so that one that fails leaves the others alone. */
async function each(
  { adapter, webgpu, attempts, host: { displays, memoryBytes } }: Seen,
): Promise<readonly Observation[]> {
  const computed = () => computes(adapter, readCompute(webgpu));
  const makers: readonly (readonly [ObservationName, () => Observation])[] = [
    ["webgpu/computes", computed],
    [
      "webgpu/hardware-adapter",
      () => hardwareAdapter(adapter, readAdapters(webgpu).software, displays),
    ],
    ["webgpu/no-device-file", () => noDeviceFile(attempts, computed())],
    ["webgpu/one-adapter", () => oneAdapter(adapter, readAdapters(webgpu))],
    ["webgpu/one-queue", () => oneQueue(adapter, readQueues(webgpu))],
    [
      "webgpu/buffers-only",
      () => buffersOnly(adapter, readMemory(webgpu), webgpu.names("deviceMembers")),
    ],
    [
      "webgpu/limits-below-memory",
      () => limitsBelowMemory(adapter, readLargestBuffer(webgpu), memoryBytes),
    ],
  ];
  const made = makers.map(([name, make]) => attempt([name], () => Promise.resolve([make()])));
  return (await Promise.all(made)).flat();
}

function nothing(because: string): readonly Observation[] {
  return observationsOf("webgpu").map((name) => lacking(name, because, "webgpu"));
}

function gpuNodes(nodes: readonly DeviceNode[]): readonly string[] {
  return nodes.map(({ path }) => path).filter((path) => GPU_NODE.test(path)).sort()
    .slice(0, MOST_NODES);
}

function displaysOf({ pci }: Inventory): readonly DisplayController[] {
  return pci.flatMap(({ address, classCode, vendor, device }) => {
    const isDisplay = classCode?.startsWith(DISPLAY_CLASS) ?? false;
    return isDisplay && vendor !== null && device !== null ? [{ address, vendor, device }] : [];
  });
}
