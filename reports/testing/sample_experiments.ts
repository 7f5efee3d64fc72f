/** Made-up experiments of {@linkcode sampleResult}. @module */
import type { Arm, Experiment, Ratio, Sample, Workload } from "../../suites/result.ts";

const TCG = "No hardware virtualization: the guest ran under TCG.";

function arm(name: string, title: string, degraded: string | null = null): Arm {
  const lacks = degraded === null ? null : "kvm";
  return { name, title, missing: null, lacks, broken: null, degraded };
}

const SEQUENTIAL: readonly Workload[] = [
  { name: "seq-read", title: "Sequential read, 1 MiB", unit: "B/s", better: "larger" },
  { name: "seq-write", title: "Sequential write, 1 MiB", unit: "B/s", better: "larger" },
];

const RANDOM: readonly Workload[] = [
  { name: "rand-read", title: "Random read, 4 KiB, depth 32", unit: "1/s", better: "larger" },
  { name: "rand-write", title: "Random write, 4 KiB, depth 32", unit: "1/s", better: "larger" },
];

const LATENCY: Workload = {
  name: "rand-read-latency",
  title: "Random read, 4 KiB, depth 1",
  unit: "s",
  better: "smaller",
};

const STORAGE_ARMS: readonly (readonly [Arm, number])[] = [
  [arm("native", "Native"), 1],
  [arm("native-again", "Native again"), 1],
  [arm("container", "Docker container"), 0.99],
  [arm("vm-virtio", "QEMU guest, virtio-blk", TCG), 0.22],
  [arm("vm-nvme", "QEMU guest, emulated NVMe", TCG), 0.17],
  [arm("vm-ahci", "QEMU guest, emulated AHCI", TCG), 0.07],
  [
    {
      ...arm("vm-passthrough", "QEMU guest, VFIO"),
      missing: "The host has no IOMMU.",
      lacks: "iommu",
    },
    0,
  ],
];

const N_BODY: Workload = { name: "n-body", title: "n-body", unit: "1/s", better: "larger" };

const CONTENTION_ARMS: readonly (readonly [Arm, number])[] = [
  [arm("native", "Alone"), 1],
  [arm("native-again", "Alone again"), 1],
  [arm("container-beside", "In a container, beside another"), 0.49],
];

const SANDBOX_ARMS: readonly (readonly [Arm, number])[] = [
  [arm("native", "Native"), 1],
  [arm("native-again", "Native again"), 1],
  [arm("sandbox", "Wasmtime"), 0.87],
];

/** Three experiments as a small virtual machine might measure them. */
export const SAMPLE_EXPERIMENTS: readonly Experiment[] = [
  experiment(
    { name: "storage", title: "Storage", workloads: [...SEQUENTIAL, ...RANDOM, LATENCY] },
    STORAGE_ARMS,
    12,
  ),
  experiment(
    {
      name: "sandbox-storage",
      title: "Sandbox storage",
      workloads: [...SEQUENTIAL.slice(0, 1), ...RANDOM.slice(0, 1)],
    },
    SANDBOX_ARMS,
    10,
  ),
  throttledOnce(
    experiment(
      { name: "contention", title: "Contention", workloads: [N_BODY] },
      CONTENTION_ARMS,
      20,
    ),
  ),
];

function throttledOnce(made: Experiment): Experiment {
  const samples = made.samples.map((sample) =>
    sample.block === 3 && sample.arm === "container-beside"
      ? { ...sample, setAside: "the GPU was throttled (hw-thermal-slowdown)" }
      : sample
  );
  return { ...made, samples };
}

function experiment(
  named: Pick<Experiment, "name" | "title" | "workloads">,
  arms: readonly (readonly [Arm, number])[],
  blocks: number,
): Experiment {
  const ran = arms.filter(([{ missing }]) => missing === null);
  const samples = Array.from(
    { length: blocks },
    (_, block) =>
      named.workloads.flatMap((workload) =>
        ran.map(([{ name }, speed]) => ({ workload, name, speed, block }))
      ),
  ).flat().map(sample);
  return {
    ...named,
    reference: "native",
    control: "native-again",
    arms: arms.map(([one]) => one),
    samples,
    ratios: named.workloads.flatMap((workload) =>
      ran.slice(1).map(([{ name }, speed]) => ratio(workload, name, speed))
    ),
    stopped: "decided",
  };
}

function sample(
  { workload, name, speed, block }: {
    workload: Workload;
    name: string;
    speed: number;
    block: number;
  },
  order: number,
): Sample {
  const failed = order % 97 === 96;
  const native = workload === N_BODY
    ? 1.9e13
    : { "B/s": 9.3e8, "1/s": 52_000, "s": 9.1e-5 }[workload.unit];
  const figure = workload.better === "larger" ? native * speed : native / speed;
  return {
    workload: workload.name,
    arm: name,
    block,
    order,
    argv: [
      "fio",
      `--name=${workload.name}`,
      "--filename=/var/tmp/it's a test",
      "--output-format=json",
    ],
    status: failed ? 1 : 0,
    startedAt: new Date(Date.UTC(2025, 0, 2, 3, 4, 5 + order)).toISOString(),
    durationSeconds: 1.25,
    value: failed ? null : figure * (1 + 0.06 * Math.sin(order * 12.9898)),
    details: { cpuSeconds: 0.5 },
    failure: failed ? "fio exited with status 1" : null,
    load: 0.25,
  };
}

function ratio({ name }: Workload, armName: string, speed: number): Ratio {
  const middle = speed * (1 + 0.02 * Math.sin(name.length * speed));
  return {
    workload: name,
    arm: armName,
    n: 12,
    ratio: middle,
    low: middle * 0.96,
    high: middle * 1.03,
    blocks: [middle],
  };
}
