/**
 * Opens the places beside the host itself: a container with fio in it, and a guest with fio in it.
 *
 * @module
 */
import { MissingTool } from "../problem.ts";
import { openDocker } from "../runners/docker.ts";
import { buildFioImage, fioVersionInImage } from "../runners/fio_image.ts";
import { buildGuest, findGuestKernel } from "../runners/guest_image.ts";
import type { Host } from "../runners/host.ts";
import { probeAccelerator } from "../runners/qemu.ts";
import type { Cleanup } from "./arms.ts";
import type { OpenedContainer, OpenedGuest } from "./storage_arms.ts";

export interface PlaceOptions {
  readonly fioPath: string;
  readonly cacheFolder: string;
  /** A container image of the user's own that holds fio; null to make one. */
  readonly image: string | null;
  /** Gets what undoes whatever is opened. */
  readonly cleanups: Cleanup[];
  readonly say: (text: string) => void;
}

/** Opens Docker, and makes the image, or checks the user's own. */
export async function openContainer(host: Host, options: PlaceOptions): Promise<OpenedContainer> {
  const { say, image: own, fioPath, cleanups } = options;
  say("storage: preparing the container");
  const folder = await host.temporaryFolder();
  const docker = await openDocker(host, folder);
  cleanups.push(() => docker.close());
  const image = own ?? await buildFioImage(host, docker, { fioPath, folder });
  return { docker, image, fioVersion: await fioVersionInImage(host, docker, image) };
}

/** Builds the guest and finds out how QEMU can run it. */
export async function openGuest(host: Host, options: PlaceOptions): Promise<OpenedGuest> {
  const { say, cacheFolder, fioPath } = options;
  say("storage: preparing the guest");
  const kernel = await findGuestKernel(host, cacheFolder);
  if (kernel === null) {
    throw new MissingTool({
      action: "boot a guest",
      condition: "there is no guest kernel in the project's cache",
      cure: "Run: deno task bench --setup",
    });
  }
  const folder = await host.temporaryFolder();
  const guest = await buildGuest(host, { kernel, fioPath, folder });
  return { guest, accelerator: await probeAccelerator(host, guest) };
}
