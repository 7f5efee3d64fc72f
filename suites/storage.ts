/**
 * The storage experiment: the same fio jobs on the same file natively, in a container and in guests.
 *
 * @module
 */
import { openDocker } from "../runners/docker.ts";
import { buildFioImage, fioVersionInImage } from "../runners/fio_image.ts";
import { buildGuest, findGuestKernel, type Guest } from "../runners/guest_image.ts";
import type { Host } from "../runners/host.ts";
import { MissingTool } from "../problem.ts";
import { type Accelerator, probeAccelerator } from "../runners/qemu.ts";
import { type ArmNeeds, type Cleanup, prepareArms } from "./arms.ts";
import type { ArmDriver, PairedPlan } from "./paired.ts";
import type { Arm } from "./result.ts";
import { containerArm, guestArm, nativeArm } from "./storage_arms.ts";
import { STORAGE_ARMS, STORAGE_WORKLOADS, type StorageArm } from "./storage_cases.ts";
import { prepareSubject, type StorageSubject } from "./storage_subject.ts";

export interface StorageOptions {
  /** The arms and workloads that claims ask for. */
  readonly needs: ArmNeeds;
  readonly fioPath: string;
  readonly cacheFolder: string;
  readonly target: string;
  readonly destructive: string | null;
  /** A container image of the user's own that holds fio; null to make one. */
  readonly image: string | null;
  readonly mostBlocks: number;
  readonly say: (text: string) => void;
}

/** Prepares the experiment: the file, the image, the guest. `cleanups` undo what was opened. */
export async function prepareStorage(
  host: Host,
  options: StorageOptions,
  cleanups: Cleanup[],
): Promise<PairedPlan> {
  const { needs, say } = options;
  say("storage: preparing the test file");
  const subject = await prepareSubject(host, options);
  const shop = new Workshop(host, options, { subject, cleanups });
  const cases = STORAGE_ARMS.filter(({ name }) => needs.arms.has(name));
  const { drivers, unavailable } = await prepareArms(cases, (arm, spec) => shop.build(arm, spec));
  return {
    name: "storage",
    title: `fio on ${subject.description}`,
    reference: "native",
    control: "native-again",
    workloads: STORAGE_WORKLOADS.filter(({ name }) => needs.workloads.has(name)),
    drivers,
    unavailable,
    judged: [...needs.judged],
    mostBlocks: options.mostBlocks,
  };
}

/** Builds arms, and once what several of them share. */
class Workshop {
  readonly #host: Host;
  readonly #options: StorageOptions;
  readonly #subject: StorageSubject;
  readonly #cleanups: Cleanup[];
  #guest: Promise<{ guest: Guest; accelerator: Accelerator }> | null = null;

  constructor(
    host: Host,
    options: StorageOptions,
    { subject, cleanups }: { subject: StorageSubject; cleanups: Cleanup[] },
  ) {
    this.#host = host;
    this.#options = options;
    this.#subject = subject;
    this.#cleanups = cleanups;
  }

  async build(arm: Arm, spec: StorageArm): Promise<ArmDriver> {
    const place = { host: this.#host, subject: this.#subject };
    switch (spec.place) {
      case "native":
        return nativeArm(arm, { ...place, fioPath: this.#options.fioPath });
      case "container":
        return containerArm(arm, { ...place, ...await this.#openContainer() });
      case "guest": {
        this.#guest ??= this.#openGuest();
        const { guest, accelerator } = await this.#guest;
        const degraded = accelerator.name === "kvm" ? null : accelerator.why;
        return guestArm({ ...arm, degraded }, { ...place, guest, accelerator, model: spec.model });
      }
    }
  }

  async #openContainer() {
    const { say, image: own, fioPath } = this.#options;
    say("storage: preparing the container");
    const folder = await this.#host.temporaryFolder();
    const docker = await openDocker(this.#host, folder);
    this.#cleanups.push(() => docker.close());
    const image = own ?? await buildFioImage(this.#host, docker, { fioPath, folder });
    await fioVersionInImage(this.#host, docker, image);
    return { docker, image };
  }

  async #openGuest(): Promise<{ guest: Guest; accelerator: Accelerator }> {
    const { say, cacheFolder, fioPath } = this.#options;
    say("storage: preparing the guest");
    const kernel = await findGuestKernel(this.#host, cacheFolder);
    if (kernel === null) {
      throw new MissingTool({
        action: "boot a guest",
        condition: "there is no guest kernel in the project's cache",
        cure: "Run: deno task bench --setup",
      });
    }
    const folder = await this.#host.temporaryFolder();
    const guest = await buildGuest(this.#host, { kernel, fioPath, folder });
    return { guest, accelerator: await probeAccelerator(this.#host, guest) };
  }
}
