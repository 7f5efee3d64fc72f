/**
 * Checksums of a disk's blocks, read by the host and by containers, and what they say of sharing.
 *
 * @module
 */
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import type { Attempts } from "./attempts.ts";
import type { Scene } from "./scene.ts";
import type { Subject } from "./subject.ts";

/** One reading of a disk's blocks. */
interface Reads {
  /** Checksum by block number; the unreadable ones are left out. */
  readonly sums: ReadonlyMap<string, string>;
  readonly readable: number;
  /** The checksum of a block of zeros, which proves nothing. */
  readonly zeros: string | undefined;
}

/** Reads the script's answer to `read`. */
export function readsOf(answer: Attempts): Reads {
  const [empty, zeros] = [answer.get("empty"), answer.get("zeros")];
  const sums = new Map(
    [...answer].filter(([block, sum]) => /^\d+$/.test(block) && sum !== empty),
  );
  return { sums, readable: empty === undefined ? 0 : sums.size, zeros };
}

/** The blocks that hold something, and that the host reads alike before, meanwhile and after. */
export function steadyBlocks({ hostReads }: Pick<Scene, "hostReads">): ReadonlyMap<string, string> {
  const [before, during, after] = [hostReads.before, hostReads.while, hostReads.after].map(readsOf);
  return new Map(
    [...before?.sums ?? []].filter(([block, sum]) =>
      sum !== before?.zeros && during?.sums.get(block) === sum && after?.sums.get(block) === sum
    ),
  );
}

/** Two containers that hold one disk at one time read the same from it, which the host reads too. */
export function observeSharing(scene: Scene, { disk }: Subject): Observation {
  const name = "container-view/two-share";
  const steady = steadyBlocks(scene);
  const missing = unreadable(scene, steady);
  if (missing !== null) return lacking(name, missing, readsRoot(scene));
  const alike = (reads: Attempts): number => {
    const { sums } = readsOf(reads);
    return [...steady].filter(([block, sum]) => sums.get(block) === sum).length;
  };
  const [a, b] = [alike(scene.a.reads), alike(scene.b.reads)];
  const [block, sum] = [...steady][0] ?? ["", ""];
  const refused = scene.refused.attempt.get(disk.path) ?? "no answer";
  return observed(name, {
    value: scene.held.every((one) => one === "opened") && a === steady.size && b === steady.size,
    seen: `When two containers opened ${disk.path} to hold it at once, they got: ` +
      `${scene.held.join(", ")}; they read ${a} and ${b} of ${steady.size} blocks as the host ` +
      `does; block ${block} has SHA-256 ${sum}.`,
    controls: [
      positive(
        "the host reads the same blocks alike before, meanwhile and after",
        steady.size > 0,
        `${steady.size} blocks that are not zeros`,
      ),
      // A daemon that remaps users grants devices that their owner's rights then refuse.
      positive(
        "one container alone, which the disk is granted to, opens it",
        scene.a.attempt.get(disk.path) === "opened",
        scene.a.attempt.get(disk.path) ?? "no answer",
      ),
      negative(
        "a third container, which the disk is not granted to, does not open it at that time",
        refused !== "opened" && refused !== "no answer",
        refused,
      ),
    ],
  });
}

/** The host keeps its driver and its access while a container holds the device. */
export function observeHostDriver(scene: Scene, { driven }: Subject): Observation {
  const name = "container-view/host-driver-stays";
  const { draws, holds, native, noDrivers } = scene;
  const { before, while: during } = scene.hostDrivers;
  if (driven === null || before.length === 0) {
    return lacking(name, `No device that can be read has a driver in sysfs.`, "bare-metal");
  }
  const { path } = driven.node;
  if (native.attempt.get(path) !== "opened") {
    return lacking(name, `The host may not open ${path}.`, "root");
  }
  const own = native.stat.get(path);
  return observed(name, {
    value: before.join() === during.join() && draws.host > 0,
    seen: `While a container that ${path} is granted to read ${draws.container} bytes of it, the ` +
      `host's driver was ${during.join(", ")} (before: ${before.join(", ")}), and the host read ` +
      `${draws.host} bytes.`,
    controls: [
      positive(
        "the host's list of processes has the container's process with the device open",
        holds.driven !== null && holds.driven === own && draws.container > 0,
        `it holds ${holds.driven ?? "nothing that this user may see"}, the device is ${own}`,
      ),
      positive(
        "the host alone reads it by the same command",
        draws.alone > 0,
        `${draws.alone} bytes`,
      ),
      negative(
        "a device without a driver (/dev/null) is told to have none",
        noDrivers.length === 0,
        noDrivers.join(", ") || "none",
      ),
    ],
  });
}

function unreadable(scene: Scene, steady: ReadonlyMap<string, string>): string | null {
  if (steady.size > 0) return null;
  if (readsOf(scene.hostReads.before).readable === 0) return "The host could not read the disk.";
  return "Every block that was read is zeros, or changed meanwhile.";
}

function readsRoot({ native, hostReads }: Scene): "root" | null {
  const refused = [...native.attempt.values()].includes("Permission denied");
  return refused && readsOf(hostReads.before).readable === 0 ? "root" : null;
}
