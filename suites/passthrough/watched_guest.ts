/**
 * A guest with a device that is passed through, and QEMU's counters while it reads.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { startGuest } from "../../runners/guest/running_guest.ts";
import type { Host } from "../../runners/host.ts";
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import {
  insideScript,
  type InsideView,
  parseInside,
  type Point,
  POINTS,
  TOLD_ALL,
} from "./inside_guest.ts";
import {
  type Attempt,
  BOOT_SECONDS,
  machineOf,
  passed,
  READ_MIB,
  type Scene,
  tryDevice,
} from "./scene.ts";

/** What the kernel has charged a process with (proc_pid_io(5)), in bytes. */
export interface Charged {
  /** What it asked to read, from wherever it came. */
  readonly rchar: number;
  /** What the block layer fetched for it. */
  readonly readBytes: number;
}

/** What was seen of the guest and of its QEMU. */
export interface WatchedGuest {
  readonly inside: InsideView;
  readonly charged: Readonly<Record<Point, Charged>>;
  /** What came of giving the device to a second guest while the first one has it. */
  readonly second: Attempt;
  /** Whether QEMU said after that attempt that the guest runs. */
  readonly stillRuns: boolean;
  /** The guest's own lines. */
  readonly lines: readonly string[];
}

const READ_SECONDS = 120;

/**
 * Boots a guest with the device and a virtual disk, and has it read both.
 *
 * @throws {Problem} where it does not boot, or does not read to the end
 */
export async function watchGuest(scene: Scene, address: PciAddress): Promise<WatchedGuest> {
  const { host, guest, virtualDisk } = scene;
  const pidFile = `${guest.folder}/watched.pid`;
  const running = await startGuest(host, guest, {
    ...machineOf(scene, "watched"),
    script: insideScript(READ_MIB),
    devices: [passed(address), { model: "virtio-blk", path: virtualDisk, readOnly: true }],
    pidFile,
  });
  try {
    const charged: Partial<Record<Point, Charged>> = {};
    for (const point of POINTS) {
      const within = point === "idle" ? BOOT_SECONDS : READ_SECONDS;
      await running.waitForLine(new RegExp(`^point ${point}$`), within);
      charged[point] = await chargedTo(host, pidFile);
    }
    await running.waitForLine(TOLD_ALL, READ_SECONDS);
    const second = await tryDevice(scene, address);
    const stillRuns = await running.isRunning();
    const { lines } = running;
    return { inside: parseInside(lines), charged: whole(charged), second, stillRuns, lines };
  } finally {
    await running.end();
  }
}

async function chargedTo(host: Host, pidFile: string): Promise<Charged> {
  const { stdout } = await host.run({
    argv: ["bash", "-c", 'cat "/proc/$(cat -- "$1")/io"', "cellproof-charged", pidFile],
    timeoutSeconds: 10,
  });
  return parseCharged(stdout);
}

/**
 * Reads `/proc/PID/io`.
 *
 * @throws {Problem} where it lacks a counter
 */
export function parseCharged(text: string): Charged {
  const counter = (name: string): number =>
    Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1] ?? NaN);
  const charged = { rchar: counter("rchar"), readBytes: counter("read_bytes") };
  if (Object.values(charged).every(Number.isSafeInteger)) return charged;
  throw new Problem({
    action: "read QEMU's counters",
    condition: "/proc shows none",
    ...(text === "" ? {} : { seen: text }),
  });
}

function whole(charged: Partial<Record<Point, Charged>>): Record<Point, Charged> {
  const { idle, start, passed: afterPassed, virtual } = charged;
  if (idle && start && afterPassed && virtual) {
    return { idle, start, passed: afterPassed, virtual };
  }
  throw new TypeError("passthrough: a point was not watched");
}
