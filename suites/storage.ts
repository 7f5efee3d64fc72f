/**
 * The storage experiment: the same fio jobs on the same file natively, in a container and in guests.
 *
 * @module
 */
import { shorten } from "../problem.ts";
import type { Host } from "../runners/host.ts";
import { type ArmNeeds, prepareArms } from "./arms.ts";
import type { ArmDriver, PairedPlan } from "./paired.ts";
import type { Arm } from "./result.ts";
import { containerArm, guestArm, nativeArm, type OpenedGuest, type Place } from "./storage_arms.ts";
import {
  RUNTIME_SECONDS,
  STORAGE_ARMS,
  STORAGE_WORKLOADS,
  type StorageArm,
} from "./storage_cases.ts";
import { openContainer, openGuest, type PlaceOptions } from "./storage_places.ts";
import { prepareSubject, type StorageSubject } from "./storage_subject.ts";

export interface StorageOptions extends PlaceOptions {
  /** The arms and workloads that claims ask for. */
  readonly needs: ArmNeeds;
  readonly target: string;
  readonly destructive: string | null;
  readonly mostBlocks: number;
}

const TCG_SAYS_NOTHING =
  "the guest ran under TCG, which emulates the processor, so its speed says nothing of virtualization";

/** Prepares the experiment: the file, the image, the guest. */
export async function prepareStorage(host: Host, options: StorageOptions): Promise<PairedPlan> {
  const { needs, say } = options;
  say("storage: preparing the test file");
  const subject = await prepareSubject(host, options);
  const shop = new Workshop(host, options, subject);
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
  #guest: Promise<OpenedGuest> | null = null;

  constructor(host: Host, options: StorageOptions, subject: StorageSubject) {
    this.#host = host;
    this.#options = options;
    this.#subject = subject;
  }

  async build(arm: Arm, spec: StorageArm): Promise<ArmDriver> {
    const place = {
      host: this.#host,
      subject: this.#subject,
      runtimeSeconds: RUNTIME_SECONDS,
    };
    switch (spec.place) {
      case "native":
        return nativeArm(arm, { ...place, fioPath: this.#options.fioPath });
      case "container":
        return await this.#container(arm, place);
      case "guest": {
        this.#guest ??= openGuest(this.#host, this.#options);
        const { guest, accelerator } = await this.#guest;
        const degraded = accelerator.name === "kvm"
          ? null
          : `${TCG_SAYS_NOTHING}: ${shorten(accelerator.why ?? "", 160)}`;
        return guestArm({ ...arm, degraded }, { ...place, guest, accelerator, model: spec.model });
      }
    }
  }

  /** The image may be the user's own: its fio is named, for it may be another. */
  async #container(arm: Arm, place: Place): Promise<ArmDriver> {
    const opened = await openContainer(this.#host, this.#options);
    const title = `${arm.title} (${opened.fioVersion} in ${opened.image})`;
    const degraded = this.#options.image === null ? null : await this.#otherFio(opened.fioVersion);
    return containerArm({ ...arm, title, degraded }, { ...place, ...opened });
  }

  /** Why another fio in the image measures more than the container; null for the host's own one. */
  async #otherFio(inImage: string): Promise<string | null> {
    const argv = [this.#options.fioPath, "--version"] as const;
    const own = (await this.#host.run({ argv, timeoutSeconds: 10 })).stdout.trim();
    return own === inImage ? null : `the image has ${inImage}, and the host has ${own}`;
  }
}
