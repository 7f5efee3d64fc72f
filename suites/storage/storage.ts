/**
 * The storage experiment: the same fio jobs on the same file natively, in a container and in guests.
 *
 * @module
 */
import { type ArmNeeds, prepareArms } from "../arms.ts";
import type { ArmDriver, PairedPlan } from "../paired.ts";
import type { GuestPlace, Places } from "../places.ts";
import type { Arm } from "../result.ts";
import { containerArm, guestArm, nativeArm, type Setting } from "./storage_arms.ts";
import {
  RUNTIME_SECONDS,
  STORAGE_ARMS,
  STORAGE_WORKLOADS,
  type StorageArm,
} from "./storage_cases.ts";
import { prepareSubject } from "./storage_subject.ts";

export interface StorageOptions {
  /** The arms and workloads that claims ask for. */
  readonly needs: ArmNeeds;
  /** A device to overwrite instead of a file on the target; null for none. */
  readonly destructive: string | null;
  readonly mostBlocks: number;
}

/** Prepares the experiment: the file, the image, the guest. */
export async function prepareStorage(places: Places, options: StorageOptions): Promise<PairedPlan> {
  const { host, options: { say, target } } = places;
  const { needs, destructive, mostBlocks } = options;
  const fioPath = places.tool("fio");
  say("storage: preparing the test file");
  const subject = await prepareSubject(host, { fioPath, target, destructive, say });
  const setting = { host, subject, runtimeSeconds: RUNTIME_SECONDS };
  const cases = STORAGE_ARMS.filter(({ name }) => needs.arms.has(name));
  const { drivers, unavailable } = await prepareArms(
    cases,
    (arm, spec) => build(arm, spec, { places, setting }),
  );
  return {
    name: "storage",
    title: `fio on ${subject.description}`,
    reference: "native",
    control: "native-again",
    workloads: STORAGE_WORKLOADS.filter(({ name }) => needs.workloads.has(name)),
    drivers,
    unavailable,
    judged: [...needs.judged],
    mostBlocks,
  };
}

/** Where the arms run. */
interface Workshop {
  readonly places: Places;
  readonly setting: Setting;
}

async function build(
  arm: Arm,
  spec: StorageArm,
  { places, setting }: Workshop,
): Promise<ArmDriver> {
  switch (spec.place) {
    case "native":
      return nativeArm(arm, { ...setting, fioPath: places.tool("fio") });
    case "container":
      return await buildContainer(arm, { places, setting });
    case "guest": {
      const place = await places.guest();
      return guestArm(guestArmOf(arm, place), { ...setting, ...place, model: spec.model });
    }
  }
}

/** A guest's arm: its figures may not stand for virtualization. */
export function guestArmOf(arm: Arm, { degraded }: Pick<GuestPlace, "degraded">): Arm {
  return degraded === null ? arm : { ...arm, degraded, lacks: "kvm" };
}

/** The image may be the user's own: its fio is named, for it may be another. */
async function buildContainer(arm: Arm, { places, setting }: Workshop): Promise<ArmDriver> {
  const container = await places.fioContainer();
  const title = `${arm.title} (${container.fioVersion} in ${container.image})`;
  const degraded = places.options.image === null ? null : await otherFio(places, container);
  return containerArm({ ...arm, title, degraded }, { ...setting, ...container });
}

/** Why another fio in the image measures more than the container; null for the host's own one. */
async function otherFio(
  places: Places,
  { fioVersion }: { readonly fioVersion: string },
): Promise<string | null> {
  const argv = [places.tool("fio"), "--version"] as const;
  const own = (await places.host.run({ argv, timeoutSeconds: 10 })).stdout.trim();
  return own === fioVersion ? null : `the image has ${fioVersion}, and the host has ${own}`;
}
