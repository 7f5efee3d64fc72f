/**
 * Three containers at once: two that a device is granted to, and one that it is not. All three see the
 * same nodes and try the same things.
 *
 * @module
 */
import type { Docker } from "../../runners/docker/docker.ts";
import { containerProcess } from "../../runners/docker/docker_session.ts";
import type { Host } from "../../runners/host.ts";
import { Attempting, type Attempts, natively } from "./attempts.ts";
import type { Subject } from "./subject.ts";

/** What was seen in one container. */
export interface Seen {
  readonly attempt: Attempts;
  readonly make: Attempts;
}

/** Everything that was seen, from before the containers held the disk until after. */
export interface Scene {
  readonly native: { readonly attempt: Attempts; readonly stat: Attempts };
  /** Checksums of the disk's blocks as the host reads them. */
  readonly hostReads: Readonly<Record<"before" | "while" | "after", Attempts>>;
  /** How many bytes the driven device gave the host alone, and while a container held it to each. */
  readonly draws: Readonly<Record<"alone" | "host" | "container", number>>;
  /** The devices from the driven one up that have a driver, each with its driver. */
  readonly hostDrivers: Readonly<Record<"before" | "while", readonly string[]>>;
  /** The same of a device without a driver. */
  readonly noDrivers: readonly string[];
  readonly a: Seen & { readonly stat: Attempts; readonly reads: Attempts };
  readonly b: { readonly reads: Attempts };
  /** What each of the two got when it opened the disk, which it held until both had read. */
  readonly held: readonly string[];
  /** The kind and number of what the first one holds open by the host's list of processes. */
  readonly holds: Readonly<Record<"disk" | "driven", string | null>>;
  /** The container that nothing is granted to, while the others hold the disk. */
  readonly refused: Seen;
}

/**
 * Prints each device from `$1` up that has a driver, with the driver; for an NVMe disk with several
 * ways to it, which hangs on a subsystem without a driver, also from each of its controllers up.
 */
const ASCEND = `for at in "$1" "$1"/device/nvme*/device; do
  at=$(realpath -e -- "$at" 2>/dev/null)
  while [ "\${at#/sys/devices/}" != "$at" ]; do
    [ ! -e "$at/driver" ] || echo "$at $(basename "$(readlink -f "$at/driver")")"
    at=\${at%/*}
  done
done | sort -ru`;
/** Made by the kernel itself: no driver is bound to it. */
const DRIVERLESS = "/sys/devices/virtual/mem/null";
/** What the script opens the disk and the driven device as. */
const DESCRIPTORS = [3, 4] as const;

interface Trio {
  readonly a: Attempting;
  readonly b: Attempting;
  readonly c: Attempting;
}

/** Plays the scene; no container is left, whatever happens. */
export async function playScene(
  host: Host,
  place: { readonly docker: Docker; readonly image: string },
  subject: Subject,
): Promise<Scene> {
  const started: Attempting[] = [];
  const start = async (name: string, granted: boolean): Promise<Attempting> => {
    const one = await Attempting.start(host, place, { name, subject, granted });
    started.push(one);
    return one;
  };
  try {
    const trio = {
      a: await start("granted", true),
      b: await start("granted-too", true),
      c: await start("refused", false),
    };
    return await play(host, { docker: place.docker, subject, trio });
  } finally {
    for (const one of started) await one.stop();
  }
}

async function play(
  host: Host,
  { docker, subject, trio: { a, b, c } }: { docker: Docker; subject: Subject; trio: Trio },
): Promise<Scene> {
  const path = subject.driven?.path ?? "";
  const commands = ["attempt", "stat", "read", "draw"];
  const [attempt, stat, before, alone] = await natively(host, subject, commands);
  const driversBefore = await ascend(host, path);
  const holding = [await a.carryOut("hold"), await b.carryOut("hold")];
  const [heldDisk, heldDriven] = await descriptorsOf(host, docker, a.name);
  await a.ask("read");
  await b.ask("read");
  const reads = [await a.answer(), await b.answer()] as const;
  const refused = { attempt: await c.carryOut("attempt"), make: await c.carryOut("make") };
  const driversWhile = await ascend(host, path);
  const [during, drawn] = await natively(host, subject, ["read", "draw"]);
  const draw = await a.carryOut("draw");
  await a.carryOut("release");
  await b.carryOut("release");
  const [after] = await natively(host, subject, ["read"]);
  const none: Attempts = new Map();
  return {
    native: { attempt: attempt ?? none, stat: stat ?? none },
    hostReads: { before: before ?? none, while: during ?? none, after: after ?? none },
    draws: { alone: drawnBytes(alone), host: drawnBytes(drawn), container: drawnBytes(draw) },
    hostDrivers: { before: driversBefore, while: driversWhile },
    noDrivers: await ascend(host, DRIVERLESS),
    a: {
      attempt: await a.carryOut("attempt"),
      make: await a.carryOut("make"),
      stat: await a.carryOut("stat"),
      reads: reads[0],
    },
    b: { reads: reads[1] },
    held: holding.map((answer) => answer.get(subject.disk.path) ?? "no answer"),
    holds: { disk: heldDisk ?? null, driven: heldDriven ?? null },
    refused,
  };
}

async function ascend(host: Host, path: string): Promise<string[]> {
  const argv = ["bash", "-c", ASCEND, "ascend", path] as const;
  const { stdout } = await host.run({ argv, timeoutSeconds: 10 });
  return stdout.split("\n").filter((line) => line !== "");
}

function drawnBytes(answer: Attempts | undefined): number {
  return Number([...answer?.values() ?? []][0] ?? 0);
}

/** A descriptor's path would be that of the container; the node behind it is the host's too. */
async function descriptorsOf(host: Host, docker: Docker, name: string): Promise<string[]> {
  const pid = await containerProcess(host, docker, name);
  const paths = DESCRIPTORS.map((number) => `/proc/${pid}/fd/${number}`);
  const argv = ["stat", "-L", "-c", "%F %t:%T", ...paths] as const;
  const { status, stdout } = await host.run({ argv, timeoutSeconds: 10 });
  return status === 0 ? stdout.trim().split("\n") : [];
}
