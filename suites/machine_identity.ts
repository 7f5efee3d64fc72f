/**
 * Which machine a result is of: what makes two results those of one machine, and what may change on
 * it from night to night.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { mayBeEnvironment } from "./environment.ts";
import type { HostDescription } from "./result.ts";

/** A machine's identity, and the state in which a run found it. */
export interface MachineIdentity {
  /** Sixteen hexadecimal digits of the SHA-256 of `hardware`. */
  readonly key: string;
  readonly hardware: Hardware;
  readonly configuration: Configuration;
}

/** What makes it the same machine: nothing that a boot, a night or an update changes. */
export interface Hardware {
  readonly hostname: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly environment: string;
  /**
   * Vendor and device of each PCI function, sorted; null where they could not be listed. Without
   * virtual functions (SR-IOV): a setting makes them, and as many as it says.
   */
  readonly pci: readonly string[] | null;
  /** SHA-256 of each GPU's UUID, sorted, since identities are published; null where unknown. */
  readonly gpus: readonly string[] | null;
}

/** What an update changes; the machine stays the same. */
export interface Configuration {
  readonly firmware: string | null;
  readonly gpuDriver: string | null;
  readonly kernel: string;
  readonly os: string;
}

const KEY_DIGITS = 16;

const UNKNOWN = "unknown";

/** How the PCI ids of NVIDIA's devices begin. */
const NVIDIA = "10de:";

/** How each part of a configuration is called in a sentence, in the order in which they are told. */
export const PART_NAMES: Readonly<Record<keyof Configuration, string>> = {
  firmware: "firmware",
  gpuDriver: "GPU driver",
  kernel: "kernel",
  os: "operating system",
};

/** The machine that a host description is of. */
export function machineOf(host: HostDescription): MachineIdentity {
  const hardware = hardwareOf(host);
  return {
    key: sha256(JSON.stringify(hardware)).slice(0, KEY_DIGITS),
    hardware,
    configuration: configurationOf(host),
  };
}

/** The part of a machine that a run may fail to tell. */
export type Devices = Pick<Hardware, "pci" | "gpus">;

/** Whether a run could tell all that makes its machine the same one. */
export function isWhole(devices: Devices): boolean {
  const gpus = knownGpus(devices);
  return devices.pci !== null && gpus !== null && !gpus.includes(UNKNOWN);
}

/** Results of earlier versions tell of no GPU where the driver was gone, and PCI listed it. */
function knownGpus({ pci, gpus }: Devices): Devices["gpus"] {
  return gpus?.length === 0 && pci?.some((ids) => ids.startsWith(NVIDIA)) ? null : gpus;
}

/**
 * Whether what a run could tell of its devices is so on a known machine. A GPU that does not tell its
 * UUID may be any, and one that its driver has lost may stand nowhere.
 */
export function mayBeOf(told: Devices, known: Devices): boolean {
  const [gpus, knownOnes] = [knownGpus(told), knownGpus(known)];
  return (told.pci === null || known.pci === null || isSameList(told.pci, known.pci)) &&
    (gpus === null || knownOnes === null || mayBeAmong(gpus, knownOnes));
}

/** What readings that fail can make look like another machine, but for the number of processors. */
export type Readings = Devices & Pick<Hardware, "environment">;

/**
 * Whether two machines of one name and processor may be one, of which a reading failed. The number of
 * processors does not count: those that are offline are not told.
 */
export function mayBeSame(told: Readings, known: Readings): boolean {
  // What is told in full is no machine of which less was ever known.
  return (isWhole(known) || !isWhole(told)) && mayBeOf(told, known) &&
    mayBeEnvironment(told.environment, known.environment);
}

/** Both lists are sorted. */
function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function mayBeAmong(told: readonly string[], known: readonly string[]): boolean {
  const missing = told.filter((gpu) => gpu !== UNKNOWN && !known.includes(gpu));
  const unknown = known.filter((gpu) => gpu === UNKNOWN);
  const fits = told.includes(UNKNOWN) ? told.length <= known.length : told.length === known.length;
  return fits && missing.length <= unknown.length;
}

/** What changed from one configuration to another, such as "kernel 6.1 -> 6.2"; empty for nothing. */
export function configurationChanges(before: Configuration, after: Configuration): string[] {
  const parts = Object.keys(PART_NAMES) as (keyof Configuration)[];
  return parts.filter((part) => before[part] !== after[part]).map((part) =>
    `${PART_NAMES[part]} ${before[part] ?? UNKNOWN} -> ${after[part] ?? UNKNOWN}`
  );
}

/** The properties stand in one fixed order, since the key is taken over their JSON. */
function hardwareOf(host: HostDescription): Hardware {
  const { hostname, cpuModel, cpuCount, environment, pci, gpus } = host;
  const functions = pci?.filter(({ physicalFunction }) => physicalFunction === null);
  return {
    hostname,
    cpuModel,
    cpuCount,
    environment,
    pci: functions?.map(({ ids }) => ids ?? UNKNOWN).sort() ?? null,
    gpus: gpus?.map(({ uuid }) => uuid === null ? UNKNOWN : sha256(uuid)).sort() ?? null,
  };
}

function configurationOf(host: HostDescription): Configuration {
  const { firmware, gpuDriver, kernel, os } = host;
  return { firmware, gpuDriver, kernel, os };
}

/** The SHA-256 of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
