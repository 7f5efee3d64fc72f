/**
 * deviceQuery: what CUDA tells of each device, as typed records in base units.
 *
 * Source: the CUDA samples' `1_Utilities/deviceQuery/deviceQuery.cpp`, versions 8 to 13.
 *
 * @module
 */
import {
  type CudaRun,
  positiveOrNull,
  refuseCudaFailure,
  unreadable,
  wholeLines,
} from "./cuda_run.ts";

/** The sample is older than the device, and takes the cores of the newest architecture it knows. */
const GUESSED_CORES = "MapSMtoCores for SM";
const MULTIPROCESSORS =
  /^ *\( *(\d+)\) Multiprocessors, \( *(\d+)\) CUDA Cores\/MP: +\d+ CUDA Cores$/m;

/** One device. */
export interface CudaDevice {
  readonly index: number;
  readonly name: string;
  readonly computeCapability: { readonly major: number; readonly minor: number };
  readonly globalMemoryBytes: number;
  readonly multiprocessors: number;
  /** Of single precision; null where the sample does not know the architecture, and guesses. */
  readonly coresPerMultiprocessor: number | null;
  /** The highest clock of the multiprocessors, not the present one. */
  readonly clockHertz: number | null;
  /** Of the command clock: two transfers are made in each turn. */
  readonly memoryClockHertz: number | null;
  readonly memoryBusBits: number | null;
  readonly l2CacheBytes: number | null;
  readonly constantMemoryBytes: number;
  readonly sharedMemoryPerBlockBytes: number;
  /** Null where the sample is too old to tell. */
  readonly sharedMemoryPerMultiprocessorBytes: number | null;
  readonly registersPerBlock: number;
  readonly warpSize: number;
  readonly maxThreadsPerBlock: number;
  readonly maxThreadsPerMultiprocessor: number;
  readonly maxThreadsDim: readonly [number, number, number];
  readonly copyEngines: number | null;
  readonly canMapHostMemory: boolean | null;
  readonly unifiedAddressing: boolean | null;
  readonly pci: PciLocation | null;
  /** The sample's own words, such as "Default (multiple host threads can use …)". */
  readonly computeMode: string | null;
}

/** Where a device sits, in numbers as CUDA counts them (decimal in the text). */
export interface PciLocation {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
}

/** Whether the device `from` can read and write the memory of the device `to`. */
export interface PeerAccess {
  readonly from: number;
  readonly to: number;
  readonly access: boolean;
}

/** A whole output that ended with "Result = PASS". */
export interface DeviceQueryRecord {
  /** The newest CUDA that the driver serves: "12.8". */
  readonly driverVersion: string;
  readonly runtimeVersion: string;
  /** At least one. */
  readonly devices: readonly CudaDevice[];
  /** Empty for one device. */
  readonly peerAccess: readonly PeerAccess[];
}

/**
 * The most bytes per second that the device's memory can carry: two transfers per clock over the
 * whole width. Null where the device does not tell.
 */
export function memoryBandwidthCeiling(device: CudaDevice): number | null {
  const { memoryClockHertz, memoryBusBits } = device;
  if (memoryClockHertz === null || memoryBusBits === null) return null;
  return 2 * memoryClockHertz * memoryBusBits / 8;
}

/**
 * The most operations per second in single precision: each core does one multiplication and one
 * addition per clock. Tensor cores are another matter. Null where the device does not tell.
 */
export function arithmeticCeiling(device: CudaDevice): number | null {
  const { multiprocessors, coresPerMultiprocessor, clockHertz } = device;
  if (coresPerMultiprocessor === null || clockHertz === null) return null;
  return 2 * multiprocessors * coresPerMultiprocessor * clockHertz;
}

/**
 * Reads the output of one run.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where the output is not whole, or does not end with a pass
 */
export function parseDeviceQuery(run: CudaRun): DeviceQueryRecord {
  refuseCudaFailure("deviceQuery", run);
  const text = wholeLines(run);
  const summary =
    /^deviceQuery, CUDA Driver = CUDART, CUDA Driver Version = (\d+\.\d+), CUDA Runtime Version = (\d+\.\d+), NumDevs = (\d+)/m
      .exec(text);
  if (run.status !== 0 || summary === null || !/^Result = PASS$/m.test(text)) {
    throw unreadable("deviceQuery", 'it does not end with "Result = PASS"', run);
  }
  const [, driverVersion = "", runtimeVersion = "", count] = summary;
  const devices = deviceSections(text).map((section) => deviceOf(section, run));
  if (devices.length === 0 || devices.length !== Number(count)) {
    throw unreadable("deviceQuery", `it tells of ${devices.length} of ${count} devices`, run);
  }
  return { driverVersion, runtimeVersion, devices, peerAccess: parsePeerAccess(text) };
}

/** Reads the lines "> Peer access from NAME (GPU0) -> NAME (GPU1) : Yes". */
export function parsePeerAccess(text: string): PeerAccess[] {
  const lines = text.matchAll(/^> Peer access from .*\(GPU(\d+)\) -> .*\(GPU(\d+)\) : (Yes|No)$/gm);
  return [...lines].map(([, from, to, access]) => ({
    from: Number(from),
    to: Number(to),
    access: access === "Yes",
  }));
}

/** The text of each device, from its heading on. */
function deviceSections(text: string): string[] {
  return text.split(/^(?=Device \d+: ")/m).slice(1);
}

function deviceOf(section: string, run: CudaRun): CudaDevice {
  const [, index, name = ""] = /^Device (\d+): "(.*)"$/m.exec(section) ?? [];
  const fields = fieldsOf(section);
  const must = (label: string): number => {
    const value = leadingNumber(fields.get(label));
    if (value !== null) return value;
    throw unreadable("deviceQuery", `device ${index} has no "${label}"`, run);
  };
  return {
    index: Number(index),
    name,
    computeCapability: computeCapability(fields, run),
    globalMemoryBytes: globalMemoryBytes(fields, run),
    ...multiprocessorsOf(section, run),
    ...clocksOf(fields),
    l2CacheBytes: leadingNumber(fields.get("L2 Cache Size")),
    constantMemoryBytes: must("Total amount of constant memory"),
    sharedMemoryPerBlockBytes: must("Total amount of shared memory per block"),
    sharedMemoryPerMultiprocessorBytes: leadingNumber(
      fields.get("Total shared memory per multiprocessor"),
    ),
    registersPerBlock: must("Total number of registers available per block"),
    warpSize: must("Warp size"),
    maxThreadsPerBlock: must("Maximum number of threads per block"),
    maxThreadsPerMultiprocessor: must("Maximum number of threads per multiprocessor"),
    maxThreadsDim: maxThreadsDim(fields, run),
    copyEngines: copyEngines(fields),
    canMapHostMemory: yesOrNo(fields.get("Support host page-locked memory mapping")),
    unifiedAddressing: yesOrNo(fields.get("Device supports Unified Addressing (UVA)")),
    pci: pciOf(fields),
    computeMode: /^ *Compute Mode:\n *< (.*) >$/m.exec(section)?.[1] ?? null,
  };
}

/** Every line "LABEL:   VALUE" of a device. */
function fieldsOf(section: string): ReadonlyMap<string, string> {
  const lines = section.matchAll(/^ +([A-Z].*?): +(\S.*)$/gm);
  return new Map([...lines].map(([, label = "", value = ""]) => [label, value]));
}

function computeCapability(fields: ReadonlyMap<string, string>, run: CudaRun) {
  const text = fields.get("CUDA Capability Major/Minor version number") ?? "";
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? [];
  if (major !== undefined) return { major: Number(major), minor: Number(minor) };
  throw unreadable("deviceQuery", "a device has no compute capability", run);
}

function globalMemoryBytes(fields: ReadonlyMap<string, string>, run: CudaRun): number {
  const bytes = /\((\d+) bytes\)$/.exec(fields.get("Total amount of global memory") ?? "")?.[1];
  if (bytes !== undefined) return Number(bytes);
  throw unreadable("deviceQuery", "a device has no global memory", run);
}

function multiprocessorsOf(section: string, run: CudaRun) {
  const [, count, cores] = MULTIPROCESSORS.exec(section) ?? [];
  if (count === undefined) throw unreadable("deviceQuery", "a device has no multiprocessors", run);
  const guessed = `${run.stdout}\n${run.stderr}`.includes(GUESSED_CORES);
  return {
    multiprocessors: Number(count),
    coresPerMultiprocessor: guessed ? null : positiveOrNull(cores),
  };
}

function clocksOf(fields: ReadonlyMap<string, string>) {
  const clock = /^(\d+) MHz/i.exec(fields.get("GPU Max Clock rate") ?? "")?.[1];
  const memoryClock = /^(\d+) MHz/i.exec(fields.get("Memory Clock rate") ?? "")?.[1];
  const width = /^(\d+)-bit/.exec(fields.get("Memory Bus Width") ?? "")?.[1];
  return {
    clockHertz: positiveOrNull(clock, 1e6),
    memoryClockHertz: positiveOrNull(memoryClock, 1e6),
    memoryBusBits: positiveOrNull(width),
  };
}

function maxThreadsDim(
  fields: ReadonlyMap<string, string>,
  run: CudaRun,
): CudaDevice["maxThreadsDim"] {
  const text = fields.get("Max dimension size of a thread block (x,y,z)") ?? "";
  const [, x, y, z] = /^\((\d+), (\d+), (\d+)\)$/.exec(text) ?? [];
  if (x !== undefined) return [Number(x), Number(y), Number(z)];
  throw unreadable("deviceQuery", "a device has no dimensions of a thread block", run);
}

/** "Yes with 2 copy engine(s)"; a device that copies only while nothing runs has none for it. */
function copyEngines(fields: ReadonlyMap<string, string>): number | null {
  const text = fields.get("Concurrent copy and kernel execution") ??
    fields.get("Concurrent copy and execution");
  const [, overlaps, engines] = /^(Yes|No) with (\d+) copy engine/.exec(text ?? "") ?? [];
  if (overlaps === undefined) return null;
  return overlaps === "Yes" ? Number(engines) : 0;
}

function pciOf(fields: ReadonlyMap<string, string>): PciLocation | null {
  const whole = fields.get("Device PCI Domain ID / Bus ID / location ID");
  const [, domain, bus, device] = /^(\d+) \/ (\d+) \/ (\d+)$/.exec(whole ?? "") ?? [];
  if (domain === undefined) return null;
  return { domain: Number(domain), bus: Number(bus), device: Number(device) };
}

function leadingNumber(text: string | undefined): number | null {
  return positiveOrNull(/^\d+(?= bytes$|$)/.exec(text ?? "")?.[0]);
}

function yesOrNo(text: string | undefined): boolean | null {
  return text === "Yes" ? true : text === "No" ? false : null;
}
