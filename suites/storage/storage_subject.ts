/**
 * What the storage experiment reads and writes: a file on the file system that the user names, or a
 * blank device that the user gives up.
 *
 * @module
 */
import { expendableDevice } from "../../runners/devices/expendable_device.ts";
import { fioLayoutArguments, parseFio } from "../../runners/fio.ts";
import type { Host } from "../../runners/host.ts";
import { Problem, UsageProblem } from "../../problem.ts";
import { FILE_SIZE_BYTES } from "./storage_cases.ts";

/** The one thing that every arm uses. */
export interface StorageSubject {
  readonly kind: "file" | "device";
  readonly path: string;
  /** The folder that a file lies in; null for a device. */
  readonly folder: string | null;
  /** E.g. `a 1024 MiB file on ext4 (/dev/vda1)`. */
  readonly description: string;
}

/** What the user names. */
export interface SubjectChoice {
  /** A folder on the file system to measure. */
  readonly target: string;
  /** A device to overwrite instead. */
  readonly destructive: string | null;
}

export interface SubjectOptions extends SubjectChoice {
  readonly fioPath: string;
  /** Tells the user something before it happens. */
  readonly say: (text: string) => void;
}

/** File systems that keep files in memory: they say nothing about a device. */
const MEMORY_FILE_SYSTEMS = ["tmpfs", "ramfs"];

/** File systems that may answer direct IO from a cache, or from another machine's. */
const CACHING_FILE_SYSTEMS = /^(zfs|9p|virtiofs|fuse.*|nfs.*|cifs|smb.*)$/;
/** Block devices in memory. */
const MEMORY_DEVICES = /^\/dev\/(zram|ram)\d/;

const LAYOUT_TIMEOUT_SECONDS = 300;
const MIB = 1024 * 1024;

/**
 * Says what would be measured, or refuses it; touches nothing.
 *
 * @throws {UsageProblem} for a file system in memory, too little room, or a device that holds data
 */
export async function describeSubject(host: Host, choice: SubjectChoice): Promise<string> {
  const { target, destructive } = choice;
  if (destructive !== null) return await describeDevice(host, destructive);
  return `a ${FILE_SIZE_BYTES / MIB} MiB file on ${await fileSystemOf(host, target)}`;
}

/**
 * Makes the test file, or overwrites the device, after the same look.
 *
 * @throws {UsageProblem} as {@linkcode describeSubject}
 * @throws {Problem} where the data cannot be written
 */
export async function prepareSubject(host: Host, options: SubjectOptions): Promise<StorageSubject> {
  const { fioPath, target, destructive, say } = options;
  const description = await describeSubject(host, options);
  if (destructive === null) {
    const folder = await host.temporaryFolder(target);
    const path = `${folder}/storage.dat`;
    await layOut(host, fioPath, path);
    return { kind: "file", path, folder, description };
  }
  say(`Overwriting the first ${FILE_SIZE_BYTES / MIB} MiB of ${description}.`);
  await layOut(host, fioPath, destructive);
  return { kind: "device", path: destructive, folder: null, description };
}

async function describeDevice(host: Host, device: string): Promise<string> {
  const { path, model, sizeBytes } = await expendableDevice(host, device);
  const description = `the device ${path} (${model}, ${Math.floor(sizeBytes / MIB)} MiB)`;
  if (sizeBytes >= FILE_SIZE_BYTES) return description;
  throw new UsageProblem({
    action: `use ${description}`,
    condition: `it is smaller than the ${FILE_SIZE_BYTES / MIB} MiB that are needed`,
  });
}

async function fileSystemOf(host: Host, target: string): Promise<string> {
  const columns = "FSTYPE,AVAIL,SOURCE";
  const found = await host.run({
    argv: ["findmnt", "--noheadings", "--raw", "--bytes", "--output", columns, "--target", target],
    timeoutSeconds: 10,
  });
  const objection = found.status === 0
    ? objectionToFileSystem(found.stdout)
    : found.stderr.trim() ||
      "findmnt finds no file system there: no such folder, or a chroot that is no mount point";
  if (objection !== null) {
    throw new UsageProblem({
      action: `measure storage in ${target}`,
      condition: objection,
      cure: "Name a folder on a disk with --target.",
    });
  }
  const [type, , source] = topmost(found.stdout);
  return `${type} (${source})`;
}

/** The fields of the last line: where mounts lie upon each other, `findmnt` lists the lowest first. */
function topmost(lines: string): string[] {
  return (lines.trim().split("\n").at(-1) ?? "").split(" ");
}

/** Why a file system cannot be measured, from `findmnt`'s lines `FSTYPE AVAIL SOURCE`; else null. */
export function objectionToFileSystem(lines: string): string | null {
  const [type = "", available = "", source = ""] = topmost(lines);
  if (type === "") return "findmnt does not know its file system";
  if (MEMORY_FILE_SYSTEMS.includes(type)) {
    return `it lies on ${type}, which is memory and says nothing about a device`;
  }
  if (MEMORY_DEVICES.test(source)) return `it lies on ${source}, which is memory`;
  if (CACHING_FILE_SYSTEMS.test(type)) {
    return `it lies on ${type}, which may answer direct IO from a cache`;
  }
  const needed = FILE_SIZE_BYTES * 1.1;
  if (/^\d+$/.test(available) && Number(available) < needed) {
    const free = Math.floor(Number(available) / MIB);
    return `${free} MiB are free, and ${Math.ceil(needed / MIB)} MiB are needed`;
  }
  return null;
}

/** Writes the whole subject once, so that no arm reads blocks that were never written. */
async function layOut(host: Host, fioPath: string, path: string): Promise<void> {
  const result = await host.run({
    argv: [fioPath, ...fioLayoutArguments(path, FILE_SIZE_BYTES)],
    timeoutSeconds: LAYOUT_TIMEOUT_SECONDS,
  });
  const failed = result.ended !== "exited" || result.status !== 0;
  if (!failed && parseFio(result.stdout).bytes === FILE_SIZE_BYTES) return;
  throw new Problem({
    action: `write the test data to ${path}`,
    condition: result.ended === "exited"
      ? `fio exited with status ${result.status}`
      : `fio ended: ${result.ended}`,
    seen: result.stderr || result.stdout,
    cure: `It needs ${FILE_SIZE_BYTES / MIB} MiB on a file system with direct IO; see --target.`,
  });
}
