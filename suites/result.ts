/**
 * The result of a run: plain data, written to `result.json` and read by every report. The published
 * JSON Schema is `reports/result.schema.json`; both change together with {@linkcode SCHEMA_VERSION}.
 *
 * @module
 */

import type { ProbeName } from "./checks.ts";
import type { ObservationName } from "./observations.ts";
import type { Requirement } from "../requirements.ts";

/** Version of the shape below; a reader refuses a newer one. */
export const SCHEMA_VERSION = 5;

/** See the README for what each verdict means. */
export const VERDICTS = [
  "confirmed",
  "refuted",
  "inconclusive",
  "untested",
  "error",
  "editorial",
] as const;
export type Verdict = typeof VERDICTS[number];

/** Whether a verdict decides its claim; null for none. */
export function isDecided(verdict: Verdict | null): verdict is "confirmed" | "refuted" {
  return verdict === "confirmed" || verdict === "refuted";
}

export interface Result {
  readonly schema: number;
  readonly host: HostDescription;
  readonly run: RunDescription;
  /** The run on bare metal that this one, made in a guest, is compared with; null for none. */
  readonly baseline: Baseline | null;
  readonly probes: readonly Probe[];
  readonly experiments: readonly Experiment[];
  /** Why an experiment or a probe that claims need gave nothing, by its name. */
  readonly absent: Readonly<Record<string, Absence>>;
  readonly claims: readonly ClaimVerdict[];
  readonly contradictions: readonly Contradiction[];
  readonly coverage: Coverage;
}

/** A broken tool (`error`), a missing one (`untested`), or a run that ended before (`inconclusive`). */
export interface Absence {
  readonly verdict: "untested" | "error" | "inconclusive";
  readonly because: string;
  /** What would get it, where that is one known thing. */
  readonly lacks: Requirement | null;
}

/** What one probe observed. */
export interface Probe {
  readonly name: ProbeName;
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly observations: readonly Observation[];
}

/** One statement about the host that a probe found true or false, or a count. */
export interface Observation {
  readonly name: ObservationName;
  /** What was found; null where it could not be observed. */
  readonly value: boolean | number | null;
  /** The readings that it rests on, as a sentence that tells what is true here. */
  readonly seen: string;
  /** A value without a positive and a negative control that held decides nothing. */
  readonly controls: readonly Control[];
  /** Why there is no value; null where there is one. */
  readonly absence: Absence | null;
}

/** The same probing where its answer is known beforehand. */
export interface Control {
  /** `positive`: it must succeed there; `negative`: it must fail there. */
  readonly kind: "positive" | "negative";
  /** What was tried, as a clause: "the granted device opens". */
  readonly what: string;
  /** Whether it came out as it must. */
  readonly held: boolean;
  readonly seen: string;
}

/** The machine, from readings that do not change between boots except `bootId`. */
export interface HostDescription {
  readonly hostname: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number | null;
  readonly kernel: string;
  readonly os: string;
  readonly bootId: string;
  /** What runs natively here: "bare metal", or "inside a kvm guest (firecracker)". */
  readonly environment: string;
  /** True when `environment` is bare metal. */
  readonly bareMetal: boolean;
  /** CPU frequency governor; null when the kernel offers none. */
  readonly cpuGovernor: string | null;
  /** Vendor, version and date of the firmware (DMI); null where the machine does not say. */
  readonly firmware: string | null;
  /** Version of the loaded NVIDIA driver; null where none is. */
  readonly gpuDriver: string | null;
  /** The PCI functions; null where they could not be listed. */
  readonly pci: readonly PciDescription[] | null;
  /** The ports of InfiniBand and RDMA adapters; null where they could not be listed. */
  readonly infiniband: readonly InfinibandDescription[] | null;
  /** NVIDIA's GPUs, as the driver numbers them; null where the driver could not tell. */
  readonly gpus: readonly GpuDescription[] | null;
  /** Version by tool name; null when the tool is missing. */
  readonly tools: Readonly<Record<string, string | null>>;
}

/** One PCI function. */
export interface PciDescription {
  /** Such as "0000:01:00.0". */
  readonly address: string;
  /** Vendor and device, such as "10de:2331"; null where sysfs does not say. */
  readonly ids: string | null;
  /** Six hexadecimal digits: class, subclass, interface. */
  readonly classCode: string | null;
  readonly driver: string | null;
  readonly iommuGroup: string | null;
  /** The address of the bridge or port just above it; null at the root. */
  readonly above: string | null;
  /** The address of the function that this one is a virtual function of (SR-IOV); else null. */
  readonly physicalFunction: string | null;
}

/** One port of an InfiniBand adapter, or of one that does RDMA over Ethernet. */
export interface InfinibandDescription {
  /** Such as "mlx5_0". */
  readonly adapter: string;
  /** Its number, from "1". */
  readonly port: string;
  /** "InfiniBand" or "Ethernet"; null where the kernel does not say. */
  readonly linkLayer: string | null;
  readonly active: boolean;
  /** The rate that the link was trained to; null where the kernel does not say. */
  readonly bitsPerSecond: number | null;
}

/** One GPU, by what its driver tells of it; null where it does not. */
export interface GpuDescription {
  readonly name: string | null;
  readonly uuid: string | null;
  /** Vendor and device as PCI has them, such as "10de:2331". */
  readonly pciIds: string | null;
  /** Generation and lanes of the PCIe link that the device and its slot can have. */
  readonly linkGeneration: number | null;
  readonly linkWidth: number | null;
  readonly memoryBytes: number | null;
  /** As the driver calls it: "none", "pass-through", "vgpu" or "host-vgpu". */
  readonly virtualizationMode: string | null;
  /** Whether it is divided into MIG instances. */
  readonly mig: boolean | null;
  /** The driver's words where it has lost the device; else null. */
  readonly lost: string | null;
  /** Null where the driver tells nothing of a fabric. */
  readonly fabric: FabricDescription | null;
}

/** The NVLink fabric that a GPU is registered with, in the driver's words; null for "N/A". */
export interface FabricDescription {
  /** "Completed", "In Progress" or "Not Started"; "N/A" for a GPU that is on no fabric. */
  readonly state: string;
  /** How a registration that is completed came out: "Success", or an error. */
  readonly status: string | null;
  /** All zeros where no NVLink leads to another host. */
  readonly clusterUuid: string | null;
  /** The part of that cluster within which GPUs reach each other. */
  readonly cliqueId: number | null;
}

/** What is kept of another run to compare with: its native figures, and where they come from. */
export interface Baseline {
  /** The folder or file of that run's result. */
  readonly source: string;
  readonly startedAt: string;
  readonly hostname: string;
  readonly cpuModel: string;
  readonly environment: string;
  readonly bareMetal: boolean;
  readonly gpus: readonly GpuDescription[];
  /** True where its answers come from a hand-made fixture. */
  readonly synthetic: boolean;
  /** The experiments on GPUs, with the samples of the reference and its control alone. */
  readonly experiments: readonly Experiment[];
}

export interface RunDescription {
  /** Version of cellproof. */
  readonly version: string;
  readonly startedAt: string;
  /** Null while the run goes on, or when it was killed. */
  readonly endedAt: string | null;
  /** What it took; of a run that was resumed, in all its parts, without the time between them. */
  readonly durationSeconds: number;
  /** Seed of every random order. */
  readonly seed: number;
  /** The ids or prefixes that the user selected; empty for all. */
  readonly selection: readonly string[];
  readonly budgetSeconds: number | null;
  readonly thresholds: Thresholds;
  /** Present when the result comes from a fixture: nothing was executed. */
  readonly dryRun: DryRun | null;
  /** Sentences that a reader of the result must know. */
  readonly notes: readonly string[];
}

/** What a dry run replayed. */
export interface DryRun {
  readonly fixture: string;
  readonly recordedAt: string;
  readonly recordedOn: string;
  /** True for a hand-made fixture: no machine ever gave these answers. */
  readonly synthetic: boolean;
}

/** Lower ends of the bands `high` and `medium`, as ratios to native. */
export interface Thresholds {
  readonly high: number;
  readonly medium: number;
}

export type Band = "high" | "medium" | "low";

/** A paired, interleaved experiment: every block runs every arm once on every workload. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** The arm that ratios are taken to, and the arm that repeats it as the A/A control. */
  readonly reference: string;
  readonly control: string;
  readonly workloads: readonly Workload[];
  readonly arms: readonly Arm[];
  readonly samples: readonly Sample[];
  /** Derived from `samples`; can be computed again. One for each workload and arm but the reference. */
  readonly ratios: readonly Ratio[];
  /** Why no further blocks were run: "decided", "budget", "most blocks reached", … */
  readonly stopped: string;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** What `Sample.value` is, in base SI units. */
  readonly unit: "B/s" | "1/s" | "s";
  /** Whether a larger or a smaller value is the better one; ratios are always "larger is better". */
  readonly better: "larger" | "smaller";
}

export interface Arm {
  readonly name: string;
  readonly title: string;
  /** Why the arm could not run here, and how to get it; null when it ran. */
  readonly missing: string | null;
  /** What would let it run, or would make its figures stand for the paradigm; null where unknown. */
  readonly lacks: Requirement | null;
  /** Why its preparation failed although nothing was missing; null when it did not. */
  readonly broken: string | null;
  /** Why its figures cannot stand for the paradigm (no hardware virtualization, say); else null. */
  readonly degraded: string | null;
}

/** One independent process or boot. */
export interface Sample {
  readonly workload: string;
  readonly arm: string;
  readonly block: number;
  /** Position in the order of the whole experiment, from 0. */
  readonly order: number;
  readonly argv: readonly string[];
  readonly status: number | null;
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** The figure that is compared, in the workload's unit; null when the measurement failed. */
  readonly value: number | null;
  /** Further figures of the same process, in base SI units. */
  readonly details: Readonly<Record<string, number>>;
  /** Why `value` is null; else null. */
  readonly failure: string | null;
  /** One-minute load average just before. */
  readonly load: number | null;
  /** Why nothing of the sample's block is used although it was measured; absent where it is. */
  readonly setAside?: string;
}

/** The ratio of an arm to the reference ("larger is better"), with its confidence interval. */
export interface Ratio {
  readonly workload: string;
  readonly arm: string;
  /** Number of blocks in which both have a value. */
  readonly n: number;
  /** Median over blocks; null when n is 0. */
  readonly ratio: number | null;
  /** Confidence interval for the median; null where n is too small for a bound. */
  readonly low: number | null;
  readonly high: number | null;
  /** The ratio of each block, in block order. */
  readonly blocks: readonly number[];
}

export interface ClaimVerdict {
  readonly id: string;
  readonly verdict: Verdict;
  /** One sentence with the figures. */
  readonly because: string;
  /** How the rule reads the claim. */
  readonly reading: string;
  /** Names of the experiments and probes that it rests on. */
  readonly evidence: readonly string[];
  /** For performance claims: the deciding workload's ratio and interval. */
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
  /** The judgement of each workload or part, for claims that have several. */
  readonly parts?: readonly ClaimPart[];
  /** Over which thresholds the verdict stays; absent where no threshold moves it. */
  readonly holds?: VerdictRange;
}

/** The values of each threshold, the other one unmoved, over which a verdict stays the same. */
export type VerdictRange = Readonly<Record<keyof Thresholds, ThresholdRange>>;

/** The values of one threshold from and up to which a verdict stays; null where nothing bounds it. */
export interface ThresholdRange {
  /** The threshold must be greater than this. */
  readonly above: number | null;
  /** The threshold may be at most this. */
  readonly atMost: number | null;
}

export interface ClaimPart {
  readonly name: string;
  readonly verdict: Verdict;
  readonly because: string;
  /** What would decide it, where it is open and that is one known thing. */
  readonly lacks?: Requirement;
  /** Over which thresholds its verdict stays; absent where no threshold moves it. */
  readonly holds?: VerdictRange;
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
}

/** Two claims that cannot both hold on one measurement. */
export interface Contradiction {
  readonly ids: readonly [string, string];
  readonly because: string;
  /** The id that the evidence took; null when it took neither or could not tell. */
  readonly evidenceTook: string | null;
}

/** How much of the document was decided, and what open claims need. */
export interface Coverage {
  readonly matrices: readonly MatrixCoverage[];
  readonly missing: readonly MissingThing[];
}

/** The claims of one matrix (or the facts) that were judged. */
export interface MatrixCoverage {
  /** Such as "11.3", or "facts". */
  readonly matrix: string;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Confirmed or refuted. */
  readonly decided: number;
  readonly total: number;
}

/** One thing that open claims lack. */
export interface MissingThing {
  readonly requirement: Requirement;
  /** Open claims that lack nothing else. */
  readonly decides: number;
  /** Open claims that lack it, among other things. */
  readonly needed: number;
}
