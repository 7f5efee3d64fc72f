/**
 * Devices: whether a module reaches them without a preopened /dev, through one, and by ioctl.
 *
 * @module
 */
import {
  type DeviceReading,
  readDevices,
  readNatively,
} from "../../runners/devices/readable_devices.ts";
import {
  attemptFiles,
  type FileAttempt,
  type FileOutcome,
} from "../../runners/sandbox/wasi_files.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { Sandbox } from "./sandbox.ts";

const DEV = { "/dev": "/dev" };
const NO_SUCH_DEVICE = "cellproof-no-such-device";
const UP = "../".repeat(16);

/** The kernel makes up what it gives: it serves as a control, and is no device of the machine. */
const MADE_UP = "/dev/zero";

/** A device as the host reads it, before and after a module with a preopened /dev does. */
export interface Reading {
  readonly native: DeviceReading;
  readonly inside: FileOutcome;
  readonly nativeAfter: DeviceReading;
}

export interface DeviceReadings {
  readonly readings: readonly Reading[];
  readonly written: FileOutcome;
  readonly missing: FileOutcome;
  /** With nothing given, and with a folder given that is not /dev. */
  readonly withoutDev: readonly FileOutcome[];
}

/** Observes whether devices open without and with a preopened /dev. */
export async function observeDevices(sandbox: Sandbox): Promise<Observation[]> {
  const devices = await readBothWays(sandbox);
  sandbox.keep("sandbox-devices.json", devices);
  return [noDeviceWithoutPreopen(devices), deviceThroughPreopen(devices)];
}

async function readBothWays(sandbox: Sandbox): Promise<DeviceReadings> {
  const native = await readDevices(sandbox.host);
  const reads = native.map(({ path, asked }) => read(path.slice("/dev/".length), asked));
  const [written, missing, ...inside] = await open(sandbox, DEV, [
    { action: "write", bytes: 4, path: "null" },
    read(NO_SUCH_DEVICE, 1),
    ...reads,
  ]);
  const paths = [...native.map(({ path }) => path), "/dev/null"];
  const after = await readNatively(
    sandbox.host,
    native.map(({ asked, path }) => [asked, path] as const),
  );
  const bare = await open(sandbox, {}, paths.flatMap((path) => [read(path), read(path.slice(1))]));
  const folder = { "/in": `${sandbox.folder}/inside` };
  const out = [...paths, ...paths.map((path) => `${UP}${path.slice(1)}`), "device-link"];
  const beside = await open(sandbox, folder, out.map((path) => read(path)));
  if (!written || !missing) throw new TypeError("sandbox-view: an attempt without an outcome");
  const readings = native.flatMap((reading, at) => {
    const [outcome, nativeAfter] = [inside[at], after[at]];
    if (outcome === undefined || nativeAfter === undefined) return [];
    return [{ native: reading, inside: outcome, nativeAfter }];
  });
  return { readings, written, missing, withoutDev: [...bare, ...beside] };
}

function read(path: string, bytes = 1): FileAttempt {
  return { action: "read", bytes, path };
}

async function open(
  { host, wasmtime, files }: Sandbox,
  folders: Record<string, string>,
  attempts: readonly FileAttempt[],
): Promise<FileOutcome[]> {
  return await attemptFiles(host, { wasmtime, module: await files(), folders }, attempts);
}

function noDeviceWithoutPreopen(devices: DeviceReadings): Observation {
  const { withoutDev, written } = devices;
  const opened = withoutDev.filter((outcome) => outcome.opened);
  const tried = new Set(devices.readings.map(({ native }) => native.path));
  return observed("sandbox-view/no-device-without-preopen", {
    value: opened.length === 0,
    seen: `Of ${withoutDev.length} attempts on ${[...tried, "/dev/null"].join(", ")} without a ` +
      `preopened /dev (by name, by .. and by a link in a preopened folder) ${opened.length} ` +
      `opened: ${counted(withoutDev)}.`,
    controls: [
      positive(
        "the same module opens a device when /dev is preopened",
        written.opened && written.type === "character device",
        `/dev/null: ${written.errno}, ${written.type}`,
      ),
      hostReads(devices.readings),
      missingNodeFails(devices),
    ],
  });
}

/** The observation of reading a device of the machine through a preopened /dev. */
export function deviceThroughPreopen(devices: DeviceReadings): Observation {
  const name = "sandbox-view/device-through-preopen";
  const { readings, written, withoutDev } = devices;
  const closed = withoutDev.every((outcome) => !outcome.opened);
  const ofMachine = readings.filter(({ native }) => native.path !== MADE_UP);
  const told = ofMachine.map(describe).join("; ");
  if (!ofMachine.some(isComparable)) {
    const isForbidden = ofMachine.some(({ native }) => native.refusal === "Permission denied");
    const because = `The host itself reads no device of the machine here (${told}).`;
    return lacking(name, because, isForbidden ? "root" : "bare-metal");
  }
  return observed(name, {
    value: ofMachine.some(wasRead),
    seen: `Through a preopened /dev: ${told}.`,
    controls: [
      hostReads(ofMachine),
      positive(
        "the module opens the preopened /dev/null and writes to it",
        written.moved > 0,
        `${written.errno}, ${written.moved} bytes`,
      ),
      missingNodeFails(devices),
      negative(
        "the same devices do not open without it",
        closed,
        counted(withoutDev),
      ),
    ],
  });
}

/** A device, not a copy of one: opened as a device, and with the bytes that the host reads. */
function wasRead(reading: Reading): boolean {
  const { native, inside } = reading;
  const isDevice = inside.type === "block device" || inside.type === "character device";
  return isDevice && inside.moved > 0 && native.bytes > 0 && (isRandom(native) || same(reading));
}

function isRandom({ path }: DeviceReading): boolean {
  return path === "/dev/hwrng";
}

/** A disk in use may change between two readings: either of the host's will do. */
function same({ native, inside, nativeAfter }: Reading): boolean {
  return [native, nativeAfter].some(({ bytes, checksum }) =>
    bytes === inside.moved && checksum === inside.checksum
  );
}

/** Whether a module's reading can be held against the host's, or has come out like it. */
function isComparable(reading: Reading): boolean {
  const { native, nativeAfter } = reading;
  const isStable = native.bytes === nativeAfter.bytes && native.checksum === nativeAfter.checksum;
  return native.bytes > 0 && (isRandom(native) || isStable || same(reading));
}

function describe(reading: Reading): string {
  const { native, inside } = reading;
  const name = `${native.path} (${native.numbers ?? "no such node"})`;
  if (!inside.opened) {
    const refusal = native.refusal === null ? "" : `, and natively refused too (${native.refusal})`;
    return `${name} refused (${inside.errno})${refusal}`;
  }
  if (inside.moved === 0) return `${name} opened, and gave nothing (${inside.transfer})`;
  const compared = isRandom(native)
    ? "random numbers of the hardware"
    : same(reading)
    ? "the bytes that the host reads"
    : "other bytes than the host reads";
  return `${name} gave ${inside.moved} bytes as a ${inside.type}, ${compared}`;
}

function hostReads(readings: readonly Reading[]): Control {
  const read = readings.filter(({ native }) => native.bytes > 0).map(({ native }) => native.path);
  return positive("the host reads a device natively", read.length > 0, read.join(", ") || "none");
}

function missingNodeFails({ missing }: DeviceReadings): Control {
  const what = "a device that does not exist does not open, with /dev preopened";
  return negative(what, missing.errno === "ENOENT", missing.errno);
}

/** How often each answer came: "12 EBADF, 3 EPERM". */
function counted(outcomes: readonly FileOutcome[]): string {
  const counts = new Map<string, number>();
  for (const { errno } of outcomes) counts.set(errno, (counts.get(errno) ?? 0) + 1);
  return [...counts].map(([errno, count]) => `${count} ${errno}`).join(", ");
}
