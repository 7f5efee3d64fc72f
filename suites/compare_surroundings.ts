/**
 * What differs around two runs: the hosts, their software, how the runs were made. Pure.
 *
 * @module
 */
import { machineOf } from "./machine_identity.ts";
import type {
  GpuDescription,
  HostDescription,
  PciDescription,
  Result,
  RunDescription,
} from "./result.ts";
import type { Side } from "./statistics/two_runs.ts";

export interface Surroundings {
  /** Whether both are of one machine, with the same hardware. */
  readonly sameHost: boolean;
  /** Whether both are of one run on it, however far it had come, and however it was judged. */
  readonly sameRun: boolean;
  /** What is not the same, in the order of {@linkcode ASPECTS}. */
  readonly differences: readonly Difference[];
}

/** What is looked at, in the order in which it is listed. */
export const ASPECTS = [
  "thresholds",
  "version",
  "selection",
  "budget",
  "hostname",
  "environment",
  "cpu",
  "memory",
  "firmware",
  "os",
  "kernel",
  "governor",
  "gpu-driver",
  "gpus",
  "pci",
  "tool",
] as const;
export type Aspect = typeof ASPECTS[number];

/** One aspect that is not the same; null where the host does not tell, or has none. */
export interface Difference extends Readonly<Record<Side, Value>> {
  readonly aspect: Aspect;
  /** Which tool; null for every other aspect. */
  readonly tool: string | null;
}

/** A text or a number, or what one side alone has of a list. */
export type Value = string | number | readonly string[] | null;

type Described = Pick<Result, "host" | "run">;

/** Looks at each aspect of both. */
export function surroundingsOf(a: Described, b: Described): Surroundings {
  const [ours, theirs] = [valuesOf(a), valuesOf(b)];
  const differences = ASPECTS.flatMap((aspect): Difference[] => {
    if (aspect === "tool") return toolDifferences(a.host.tools, b.host.tools);
    const pair = differing(ours[aspect], theirs[aspect]);
    return pair === null ? [] : [{ aspect, tool: null, ...pair }];
  });
  const sameHost = machineOf(a.host).key === machineOf(b.host).key;
  return { sameHost, sameRun: sameHost && isSameRun(a.run, b.run), differences };
}

/** A replay has its original's times, and is another run. */
function isSameRun(a: RunDescription, b: RunDescription): boolean {
  return a.startedAt === b.startedAt && a.dryRun?.fixture === b.dryRun?.fixture;
}

// What the kernel keeps of the memory for itself differs from boot to boot.
const MEMORY_STEP_BYTES = 2 ** 28;

function roundedMemory(bytes: number): number {
  return Math.round(bytes / MEMORY_STEP_BYTES) * MEMORY_STEP_BYTES;
}

type Values = Readonly<Record<Exclude<Aspect, "tool">, Value>>;

function valuesOf({ host, run }: Described): Values {
  const { high, medium } = run.thresholds;
  return {
    thresholds: `high=${high},medium=${medium}`,
    version: run.version,
    selection: run.selection,
    budget: run.budgetSeconds,
    hostname: host.hostname,
    environment: host.environment,
    cpu: `${host.cpuModel} × ${host.cpuCount}`,
    memory: host.memoryBytes === null ? null : roundedMemory(host.memoryBytes),
    firmware: host.firmware,
    os: host.os,
    kernel: host.kernel,
    governor: host.cpuGovernor,
    "gpu-driver": host.gpuDriver,
    gpus: host.gpus?.map(gpuInWords) ?? null,
    pci: host.pci?.map(pciInWords) ?? null,
  };
}

function gpuInWords({ name, uuid, mig, lost }: GpuDescription): string {
  return [
    name ?? "a GPU of unknown name",
    ...(uuid === null ? [] : [uuid]),
    ...(mig === true ? ["divided by MIG"] : []),
    ...(lost === null ? [] : ["lost"]),
  ].join(", ");
}

function pciInWords({ address, ids, driver }: PciDescription): string {
  return [address, ids ?? "unknown", ...(driver === null ? [] : [driver])].join(" ");
}

/** Both values; null where they are the same. Of two lists, what each alone has. */
function differing(a: Value, b: Value): Record<Side, Value> | null {
  if (isList(a) && isList(b)) {
    const only = { a: without(a, b), b: without(b, a) };
    return only.a.length + only.b.length === 0 ? null : only;
  }
  return a === b ? null : { a, b };
}

/** What is left of a list when each of `others` has taken one of its like away. */
function without(list: readonly string[], others: readonly string[]): string[] {
  const rest = [...list];
  for (const other of others) {
    const index = rest.indexOf(other);
    if (index >= 0) rest.splice(index, 1);
  }
  return rest;
}

function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

function toolDifferences(
  a: HostDescription["tools"],
  b: HostDescription["tools"],
): Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.flatMap((tool): Difference[] => {
    const pair = differing(a[tool] ?? null, b[tool] ?? null);
    return pair === null ? [] : [{ aspect: "tool", tool, ...pair }];
  });
}
