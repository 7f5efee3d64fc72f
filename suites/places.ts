/**
 * The places that evidence comes from, beside the host itself: a container, a guest and a sandbox.
 * Each is opened once, when it is first asked for, and shared by every probe and experiment.
 *
 * @module
 */
import { MissingTool, shorten } from "../problem.ts";
import { type Docker, openDocker } from "../runners/docker/docker.ts";
import {
  buildGuest,
  findGuestKernel,
  type Guest,
  type GuestKernel,
} from "../runners/guest/guest_image.ts";
import type { Host } from "../runners/host.ts";
import { gatherPayload, type Payload } from "../runners/payload.ts";
import { type Accelerator, openAccelerator, probeAccelerator } from "../runners/guest/qemu.ts";
import { parsePciAddress, type PciAddress } from "../runners/pci/pci_address.ts";
import type { ChangeLog } from "../runners/settings/change.ts";
import { HostChanges } from "../runners/settings/host_changes.ts";
import type { HostSetting } from "../runners/settings/setting.ts";
import type { ToolReport } from "../runners/setup/tools.ts";
import { describePlan, type PassthroughPlan, planPassthrough } from "../runners/vfio/plan.ts";
import { Allowance, type PassthroughRequest } from "./passthrough/allowance.ts";
import type { Baseline } from "./result.ts";
import { buildToolsImage, fioVersionInImage } from "../runners/docker/tools_image.ts";

/** The host's programs that run in containers and guests, where the host has them. */
const PROGRAMS = ["fio", "iperf3", "ping"] as const;

/** Undoes one thing that was opened for the run. */
export type Cleanup = () => Promise<void>;

/** A Docker daemon, and an image with the host's own programs in it. */
export interface ContainerPlace {
  readonly docker: Docker;
  readonly image: string;
}

/** The same, for fio: the image may be the user's own. */
export interface FioContainerPlace extends ContainerPlace {
  /** The version of fio in the image, such as "fio-3.33". */
  readonly fioVersion: string;
}

/** A guest that can be booted, and how QEMU runs it. */
export interface GuestPlace {
  readonly guest: Guest;
  readonly accelerator: Accelerator;
  /** Why its figures say nothing of virtualization; null where they do. */
  readonly degraded: string | null;
}

export interface PlacesOptions {
  readonly host: Host;
  readonly tools: readonly ToolReport[];
  readonly cacheFolder: string;
  /** A folder on the file system to measure. */
  readonly target: string;
  /** A container image of the user's own that holds fio; null for the same one as for the rest. */
  readonly image: string | null;
  readonly bootId: string;
  readonly cpuModel: string;
  /** What runs natively here: "bare metal", "inside a KVM guest (Firecracker)". */
  readonly environment: string;
  readonly bareMetal: boolean;
  /** A folder with CUDA programs; null for the usual places. */
  readonly cudaSamples?: string | null;
  /** Whether MIG instances may be made for the run. */
  readonly mig?: boolean;
  /** The run on bare metal that a guest is compared with. */
  readonly baseline?: Baseline | null;
  /** What may be given away; nothing when absent. */
  readonly passthrough?: PassthroughRequest;
  /** Where changes of the host are noted before they are made; where absent, none is made. */
  readonly journal?: ChangeLog;
  readonly say: (text: string) => void;
}

/** What may be given away, as it was found, and what makes the changes for it. */
export interface PassthroughPlace {
  readonly plan: PassthroughPlan;
  readonly groupMates: readonly [PciAddress, PciAddress] | null;
  readonly changes: HostChanges;
  readonly allowance: Allowance;
}

export class Places {
  readonly options: PlacesOptions;
  readonly host: Host;
  readonly #cleanups: Cleanup[] = [];
  readonly #opened = new Map<string, Promise<unknown>>();

  constructor(options: PlacesOptions) {
    this.options = options;
    this.host = options.host;
  }

  /** The path of a tool that is here and new enough. */
  tool(name: string): string {
    const path = this.pathOf(name);
    if (path !== null) return path;
    const report = this.options.tools.find((tool) => tool.name === name);
    throw new MissingTool({
      action: `use ${name}`,
      condition: report?.tooOld
        ? `version ${report.version} is older than ${report.minimum}`
        : "it is missing or does not start",
      cure: `${report?.cure ?? ""} Or run: deno task bench --setup`.trim(),
    });
  }

  /** The path of a tool; null where it is missing or too old. */
  pathOf(name: string): string | null {
    const report = this.options.tools.find((tool) => tool.name === name);
    return report === undefined || report.tooOld ? null : report.path;
  }

  /** The host's own programs, with their libraries; gathered once. */
  payload(): Promise<Payload> {
    return this.once("payload", () => {
      const programs = PROGRAMS.flatMap((name) => {
        const path = this.pathOf(name);
        return path === null ? [] : [{ name, path }];
      });
      return gatherPayload(this.host, programs);
    });
  }

  /** Docker, and an image of the host's own programs; opened once. */
  container(): Promise<ContainerPlace> {
    return this.once("container", () => this.#openContainer());
  }

  /** Docker, and the image whose fio is measured; opened once. */
  fioContainer(): Promise<FioContainerPlace> {
    return this.once("fio", async () => {
      const { docker, image: own } = await this.container();
      const image = this.options.image ?? own;
      return { docker, image, fioVersion: await fioVersionInImage(this.host, docker, image) };
    });
  }

  /** A guest without the host's programs, which boots soonest; built and probed once. */
  bareGuest(): Promise<GuestPlace> {
    return this.once("bare guest", () => this.#openBareGuest());
  }

  /** The same guest with the host's programs; built once. */
  guest(): Promise<GuestPlace> {
    return this.once("guest", async () => {
      const { guest: { kernel }, ...place } = await this.bareGuest();
      return { ...place, guest: await this.#buildGuest(kernel, await this.payload()) };
    });
  }

  /**
   * The devices that may be given away, looked at once; null where the user named none.
   *
   * @throws {UsageProblem} where one of them must not be given away
   */
  passthrough(): Promise<PassthroughPlace | null> {
    return this.once("passthrough", () => this.#openPassthrough());
  }

  /** Has `cleanup` run when the places are closed, before what was opened earlier. */
  atClose(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup);
  }

  /** Ends everything that was opened, the last first. */
  async close(cleanUp: (cleanup: Cleanup) => Promise<void>): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanUp(cleanup);
    this.#opened.clear();
  }

  /** What `open` gives, opened when it is first asked for under this name. */
  once<Place>(name: string, open: () => Promise<Place>): Promise<Place> {
    const place = this.#opened.get(name) ?? open();
    this.#opened.set(name, place);
    return place as Promise<Place>;
  }

  async #openContainer(): Promise<ContainerPlace> {
    const { host, options: { say } } = this;
    say("preparing the container");
    const folder = await host.temporaryFolder();
    const docker = await openDocker(host, folder);
    this.#cleanups.push(() => docker.close());
    const payload = await this.payload();
    const image = await buildToolsImage(host, docker, { payload, folder });
    return { docker, image };
  }

  async #buildGuest(kernel: GuestKernel, payload: Payload): Promise<Guest> {
    const folder = await this.host.temporaryFolder();
    return await buildGuest(this.host, { kernel, payload, folder });
  }

  async #openBareGuest(): Promise<GuestPlace> {
    const { host, options: { say, cacheFolder } } = this;
    say("preparing the guest");
    const kernel = await findGuestKernel(host, cacheFolder);
    if (kernel === null) {
      throw new MissingTool({
        action: "boot a guest",
        condition: "there is no guest kernel in the project's cache",
        cure: "Run: deno task bench --setup",
      });
    }
    const guest = await this.#buildGuest(kernel, { programs: [], libraries: [] });
    const { cpuModel } = this.options;
    const accelerator = EMULATED_PROCESSOR.test(cpuModel)
      ? await openAccelerator(host)
      : await probeAccelerator(host, guest);
    return { guest, accelerator, degraded: whyDegraded(accelerator, cpuModel) };
  }

  async #openPassthrough(): Promise<PassthroughPlace | null> {
    const { host, options: { passthrough: request, journal, say } } = this;
    if (request === undefined || journal === undefined || request.devices.length === 0) return null;
    const plan = await planPassthrough(host, request.devices, request);
    say(describePlan(plan));
    const [first, second] = request.groupMates.flatMap((text) => parsePciAddress(text) ?? []);
    const groupMates = first && second ? [first, second] as const : null;
    const given = plan.devices.map(({ address }) => address);
    const allowance = new Allowance([...given, ...groupMates ?? []]);
    const allows = (setting: HostSetting) => allowance.allows(setting);
    const changes = new HostChanges({ host, journal, allows });
    this.#cleanups.push(() => changes.undoTo(0));
    return { plan, groupMates, changes, allowance };
  }
}

/** So QEMU names the processor that it plays itself, unless it is told another name. */
const EMULATED_PROCESSOR = /^QEMU TCG CPU/;

/** Why the figures of a guest do not stand for virtualization; null where they do. */
export function whyDegraded(accelerator: Accelerator, cpuModel: string): string | null {
  if (accelerator.name === "tcg") {
    const why = shorten(accelerator.why ?? "", 160);
    return "the guest ran under TCG, which emulates the processor, so its speed says nothing of " +
      `virtualization: ${why}`;
  }
  return EMULATED_PROCESSOR.test(cpuModel)
    ? `this host's own processor is emulated (${cpuModel}), so speed here says nothing of hardware`
    : null;
}
