/**
 * The last guard before anything is written to a raw device: it must be a whole disk that nothing
 * uses and that carries nothing.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import { UsageProblem } from "../../problem.ts";

/** What a user must see before a device is overwritten. */
export interface ExpendableDevice {
  readonly path: string;
  readonly model: string;
  readonly sizeBytes: number;
}

/** What was read about a device. */
export interface DeviceReadings {
  /** `lsblk --json --bytes` of the device: it and whatever stands on it. */
  readonly lsblk: CommandResult;
  /** `wipefs --no-act`: one line for each signature. */
  readonly wipefs: CommandResult;
  /** `/proc/swaps`. */
  readonly swaps: string | null;
  /** A loop device's `/sys/block/loopN/loop/dio`; null for any other. */
  readonly loopDirect: string | null;
}

interface BlockDevice {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly model: string | null;
  readonly fstype: string | null;
  readonly pttype: string | null;
  readonly mountpoint: string | null;
  readonly ro: boolean;
  readonly children: readonly unknown[];
}

/**
 * Describes `path` if it may be overwritten: a whole disk or loop device, writable, not mounted, not
 * swap, without partitions, holders or any signature.
 *
 * @throws {UsageProblem} naming the objection
 */
export async function expendableDevice(host: Host, path: string): Promise<ExpendableDevice> {
  const columns = "PATH,TYPE,SIZE,MODEL,FSTYPE,PTTYPE,MOUNTPOINT,RO";
  const readings: DeviceReadings = {
    lsblk: await host.run({
      argv: ["lsblk", "--json", "--bytes", "--output", columns, "--", path],
      timeoutSeconds: 30,
    }),
    wipefs: await host.run({ argv: ["wipefs", "--no-act", "--", path], timeoutSeconds: 30 }),
    swaps: await host.readText("/proc/swaps"),
    loopDirect: await host.readText(`/sys/block/${path.split("/").at(-1)}/loop/dio`),
  };
  const device = deviceOf(readings.lsblk);
  const objection = objectionTo(path, readings);
  if (objection !== null || device === null) {
    throw new UsageProblem({
      action: `use the device ${path}`,
      condition: objection ?? "lsblk does not describe it",
      cure: "Name a whole disk that carries nothing. No device that holds data is ever written to.",
    });
  }
  return { path, model: device.model ?? "unknown model", sizeBytes: device.size };
}

/** Why the device must not be overwritten; null only when every reading speaks for it. */
export function objectionTo(path: string, readings: DeviceReadings): string | null {
  const { lsblk, wipefs, swaps, loopDirect } = readings;
  const device = deviceOf(lsblk);
  if (device === null) return `lsblk does not describe it: ${lsblk.stderr.trim()}`;
  if (device.path !== path) return `lsblk calls it ${device.path}`;
  if (!["disk", "loop"].includes(device.type)) return `it is a ${device.type}, not a whole disk`;
  if (/^\/dev\/(zram|ram)\d/.test(path)) return "it is memory";
  if (device.type === "loop" && loopDirect?.trim() !== "1") {
    return "it is a loop device that caches: make it with losetup --direct-io=on";
  }
  if (device.ro) return "it is read-only";
  if (device.mountpoint !== null) return `it is mounted on ${device.mountpoint}`;
  if (device.children.length > 0) return "it has partitions or something else stands on it";
  if (device.pttype !== null) return `it carries a partition table (${device.pttype})`;
  if (device.fstype !== null) return `it carries a signature (${device.fstype})`;
  if (swaps === null) return "/proc/swaps cannot be read";
  if (swaps.split("\n").some((line) => line.split(/\s/)[0] === path)) return "it is swap";
  if (wipefs.ended !== "exited" || wipefs.status !== 0) {
    return `wipefs could not look for signatures: ${wipefs.stderr.trim() || wipefs.ended}`;
  }
  return wipefs.stdout.trim() === "" ? null : `it carries a signature: ${wipefs.stdout.trim()}`;
}

function deviceOf({ ended, status, stdout }: CommandResult): BlockDevice | null {
  if (ended !== "exited" || status !== 0) return null;
  try {
    const { blockdevices } = JSON.parse(stdout) as { blockdevices?: unknown };
    const [only, ...others] = Array.isArray(blockdevices) ? blockdevices : [];
    return others.length === 0 ? parseDevice(only) : null;
  } catch {
    return null;
  }
}

function parseDevice(value: unknown): BlockDevice | null {
  if (typeof value !== "object" || value === null) return null;
  const { path, type, size, model, fstype, pttype, mountpoint, ro, children } = value as Record<
    string,
    unknown
  >;
  if (typeof path !== "string" || typeof type !== "string" || typeof size !== "number") return null;
  const text = (field: unknown): string | null => typeof field === "string" ? field.trim() : null;
  return {
    path,
    type,
    size,
    model: text(model),
    fstype: text(fstype),
    pttype: text(pttype),
    mountpoint: text(mountpoint),
    ro: ro === true || ro === "1" || ro === 1,
    children: Array.isArray(children) ? children : [],
  };
}
