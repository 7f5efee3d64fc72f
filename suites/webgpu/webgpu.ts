/**
 * The `webgpu` probe: what a program without any permission can do through Deno's WebGPU.
 *
 * @module
 */
import type { CommandResult, Host } from "../../runners/host.ts";
import {
  type DeviceNode,
  type Inventory,
  readInventory,
} from "../../runners/inventory/inventory.ts";
import { lookAtRuntime, type RuntimeFiles } from "../../runners/webgpu/runtime_files.ts";
import { printedBy, runWebgpuView } from "../../runners/webgpu/webgpu.ts";
import {
  parseWebgpuInterface,
  runWebgpuInterface,
  type WebgpuInterface,
} from "../../runners/webgpu/webgpu_interface.ts";
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
import {
  parseWebgpuWork,
  runWebgpuWork,
  type WebgpuWorkRecord,
  type WebgpuWorkRequest,
  WORK_SECONDS,
} from "../../runners/webgpu/webgpu_work.ts";
import { memoryOf } from "../host_description.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { Places } from "../places.ts";
import { attempt, type CollectProbe, lacking, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import {
  type DisplayController,
  hardwareAdapter,
  isSoftware,
  nameOf,
  oneAdapter,
} from "./adapter.ts";
import { buffersOnly, computes, oneQueue } from "./device.ts";
import { type Attempts, noDeviceFile } from "./files.ts";
import { gpuFacts } from "./gpu_facts.ts";
import { gpuNodesAmong } from "./gpu_nodes.ts";
import { limitsBelowDeviceMemory, limitsBelowMemory, withinDeviceLimits } from "./limits.ts";
import { noLink } from "./link.ts";
import { inHostList, runtimeOpensDevice } from "./runtime_nodes.ts";
import { copies, COPY, matrixProduct, PRODUCT } from "./work.ts";

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
  readonly facts: HostFacts;
}

/** What the host itself tells, beside WebGPU. */
interface HostFacts {
  readonly displays: readonly DisplayController[];
  readonly memoryBytes: number | null;
}

type Maker = readonly [ObservationName, () => Observation | Promise<Observation>];

/** One run of the probe: what is read is kept as evidence. */
class WebgpuProbe {
  readonly readings: Record<string, unknown> = {};
  readonly #places: Places;
  readonly #host: Host;
  #interface: Promise<WebgpuInterface> | null = null;
  #runtime: Promise<RuntimeFiles> | null = null;

  constructor(places: Places) {
    this.#places = places;
    this.#host = places.host;
  }

  async observe(): Promise<readonly Observation[]> {
    const host = this.#host;
    const { inventory } = await readInventory(host);
    const devices = gpuNodes(inventory.nodes);
    const request = { mode: "view", permissions: "none", devices } as const;
    const confined = await runWebgpuView(host, request);
    this.#keep("without-permission", confined);
    const allowed = await runWebgpuView(host, { ...request, mode: "attempts", permissions: "all" });
    this.#keep("with-all-permissions", allowed);
    const memoryBytes = memoryOf(await host.readText("/proc/meminfo"));
    return await this.#all({ confined, allowed }, { displays: displaysOf(inventory), memoryBytes });
  }

  async #all({ confined, allowed }: Runs, facts: HostFacts): Promise<readonly Observation[]> {
    const { deno, webgpu, attempts } = parseWebgpuView(printedBy(confined));
    if (webgpu === null) return nothing(`Deno ${deno} has no WebGPU (navigator.gpu)`);
    const adapter = readAdapter(webgpu);
    if (adapter === null) return nothing(`WebGPU has no adapter here. ${CURE}`);
    const withAll = parseWebgpuView(printedBy(allowed)).attempts;
    const seen = { adapter, webgpu, facts, attempts: { confined: attempts, allowed: withAll } };
    const makers = [...makersOf(seen), ...this.#workers(), ...this.#hardware(seen)];
    const observations: Observation[] = [];
    for (const [name, make] of makers) {
      observations.push(...await attempt([name], async () => [await make()]));
    }
    return observations;
  }

  #workers(): readonly Maker[] {
    return [
      ["webgpu/matrix-product", async () => matrixProduct(await this.#work(PRODUCT))],
      ["webgpu/copies", async () => copies(await this.#work(COPY))],
      ["webgpu/no-link", async () => noLink(await this.#askInterface())],
    ];
  }

  /** What a processor that plays a GPU says nothing of, beside its memory. */
  #hardware({ adapter, webgpu, attempts, facts }: Seen): readonly Maker[] {
    if (isSoftware(adapter)) {
      const none = (name: ObservationName): Maker => [
        name,
        () => lacking(name, `${nameOf(adapter)} is the processor itself`, "gpu"),
      ];
      const largest = () =>
        limitsBelowMemory(adapter, readLargestBuffer(webgpu), facts.memoryBytes);
      return [
        ["webgpu/limits-below-memory", largest],
        none("webgpu/runtime-opens-device"),
        none("webgpu/in-host-list"),
        none("webgpu/within-device-limits"),
      ];
    }
    const refused = () => noDeviceFile(attempts, computes(adapter, readCompute(webgpu)));
    return [
      [
        "webgpu/limits-below-memory",
        async () =>
          limitsBelowDeviceMemory(await this.#askInterface(), await gpuFacts(this.#places)),
      ],
      [
        "webgpu/runtime-opens-device",
        async () => runtimeOpensDevice(await this.#lookAtRuntime(), refused()),
      ],
      ["webgpu/in-host-list", async () => inHostList(await this.#lookAtRuntime())],
      [
        "webgpu/within-device-limits",
        async () => withinDeviceLimits(await this.#askInterface(), await gpuFacts(this.#places)),
      ],
    ];
  }

  async #work(request: WebgpuWorkRequest): Promise<WebgpuWorkRecord> {
    const result = await runWebgpuWork(this.#host, request);
    this.#keep(request.operation, result);
    return parseWebgpuWork(printedBy(result, WORK_SECONDS));
  }

  #askInterface(): Promise<WebgpuInterface> {
    this.#interface ??= runWebgpuInterface(this.#host).then((result) => {
      this.#keep("interface", result);
      return parseWebgpuInterface(printedBy(result));
    });
    return this.#interface;
  }

  #lookAtRuntime(): Promise<RuntimeFiles> {
    this.#runtime ??= lookAtRuntime(this.#host).then((seen) => {
      this.readings["runtime-files.txt"] = seen.text;
      return seen;
    });
    return this.#runtime;
  }

  #keep(name: string, { stdout, stderr }: CommandResult): void {
    this.readings[`${name}.json`] = stdout;
    if (stderr !== "") this.readings[`${name}-errors.txt`] = stderr;
  }
}

export const collectWebgpu: CollectProbe = async (places: Places): Promise<Probed> => {
  const probe = new WebgpuProbe(places);
  const observations = await attempt(observationsOf("webgpu"), () => probe.observe());
  return { observations, readings: probe.readings };
};

/** The observations that one document gives. */
function makersOf({ adapter, webgpu, attempts, facts: { displays } }: Seen): readonly Maker[] {
  const computed = () => computes(adapter, readCompute(webgpu));
  return [
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
  ];
}

function nothing(because: string): readonly Observation[] {
  return observationsOf("webgpu").map((name) => lacking(name, because, "webgpu"));
}

function gpuNodes(nodes: readonly DeviceNode[]): readonly string[] {
  return gpuNodesAmong(nodes.map(({ path }) => path)).slice(0, MOST_NODES);
}

function displaysOf({ pci }: Inventory): readonly DisplayController[] {
  return pci.flatMap(({ address, classCode, vendor, device }) => {
    const isDisplay = classCode?.startsWith(DISPLAY_CLASS) ?? false;
    return isDisplay && vendor !== null && device !== null ? [{ address, vendor, device }] : [];
  });
}
