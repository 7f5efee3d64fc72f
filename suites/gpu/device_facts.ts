/**
 * What deviceQuery tells of a device, beside what the document says.
 *
 * @module
 */
import type { CudaDevice } from "../../runners/cuda/device_query.ts";
import type { ObservationName } from "../observations.ts";
import { observed } from "../probe.ts";
import type { Control, Observation } from "../result.ts";

const KIB = 1024;
const CLAIMED_SMS = 8;
const CLAIMED_SHARED_BYTES = 48 * KIB;
const CLAIMED_REGISTERS = 65_536;
/** A register has 32 bits. */
const REGISTER_BYTES = 4;
/** From this compute capability on, blocks of a cluster reach one another's shared memory. */
const FIRST_WITH_CLUSTERS = 9;

/** Registers of a thread at most (CUDA programming guide, "Technical specifications per compute capability"). */
function registersOfThread({ computeCapability: { major, minor } }: CudaDevice): number {
  if (major > 3 || (major === 3 && minor >= 2)) return 255;
  return major >= 2 ? 63 : 124;
}

/** What was found, as a sentence. */
interface Fact {
  readonly value: boolean;
  readonly seen: string;
}

const FACTS = {
  "gpu-samples/eight-sms": ({ name, multiprocessors }: CudaDevice): Fact => ({
    value: multiprocessors === CLAIMED_SMS,
    seen: `${name} has ${multiprocessors} SMs`,
  }),
  "gpu-samples/registers-65536-per-thread": (device: CudaDevice): Fact => ({
    value: registersOfThread(device) >= CLAIMED_REGISTERS,
    seen:
      `of ${device.name} deviceQuery tells ${device.registersPerBlock} registers for a block, ` +
      `of up to ${device.maxThreadsPerBlock} threads; compute capability ${capability(device)} ` +
      `allows a thread ${registersOfThread(device)}`,
  }),
  "gpu-samples/capacity-falls": (device: CudaDevice): Fact => {
    const capacities = [
      device.globalMemoryBytes,
      device.sharedMemoryPerBlockBytes,
      device.registersPerBlock * REGISTER_BYTES,
      device.constantMemoryBytes,
    ];
    return {
      value: capacities.some((bytes, index) => bytes < (capacities[index - 1] ?? 0)),
      seen: `of ${device.name} the capacities are, down the list, ${capacities.join(", ")} bytes ` +
        "(shared memory and registers of a block)",
    };
  },
} as const satisfies Partial<Record<ObservationName, (device: CudaDevice) => Fact>>;

/** The observations that every version of deviceQuery can answer. */
export function deviceFacts(device: CudaDevice, controls: readonly Control[]): Observation[] {
  return Object.entries(FACTS).map(([name, fact]) =>
    observed(name as keyof typeof FACTS, { ...fact(device), controls })
  );
}

/** "an SM has 48 KB of shared memory"; null where the sample is too old to tell of an SM. */
export function sharedMemory48(device: CudaDevice): Fact | null {
  const bytes = device.sharedMemoryPerMultiprocessorBytes;
  if (bytes === null) return null;
  const seen =
    `an SM of ${device.name} has ${bytes / KIB} KiB of shared memory, of which a block ` +
    `gets ${device.sharedMemoryPerBlockBytes / KIB} KiB without asking`;
  return { value: bytes === CLAIMED_SHARED_BYTES, seen };
}

/** "shared memory is shared within one SM alone"; null where the sample is too old to tell. */
export function sharedWithinSm(device: CudaDevice): Fact | null {
  const bytes = device.sharedMemoryPerMultiprocessorBytes;
  if (bytes === null) return null;
  const hasClusters = device.computeCapability.major >= FIRST_WITH_CLUSTERS;
  const clusters = hasClusters
    ? "blocks of a cluster reach one another's, across SMs (distributed shared memory)"
    : "no block reaches that of another SM";
  return {
    value: !hasClusters,
    seen:
      `${device.name} has ${bytes} bytes of shared memory for each SM; with compute capability ` +
      `${capability(device)}, ${clusters}`,
  };
}

function capability({ computeCapability: { major, minor } }: CudaDevice): string {
  return `${major}.${minor}`;
}
