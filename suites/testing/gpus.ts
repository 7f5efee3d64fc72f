/** Made-up GPUs, and evidence of hosts that have them, for tests. @module */
import type { Evidence } from "../evidence.ts";
import type { Baseline, Experiment, GpuDescription } from "../result.ts";

/** A GPU as its driver might describe it on bare metal. */
export function sampleGpu(changes: Partial<GpuDescription> = {}): GpuDescription {
  return {
    name: "NVIDIA X9000",
    uuid: "GPU-00000000-0000-4000-8000-000000000001",
    pciIds: "10de:ffff",
    linkGeneration: 5,
    linkWidth: 16,
    memoryBytes: 80 * 2 ** 30,
    virtualizationMode: "none",
    mig: false,
    lost: null,
    fabric: null,
    ...changes,
  };
}

/** Bare metal with one GPU, unless changed. */
export function gpuEvidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    probes: [],
    experiments: [],
    bareMetal: true,
    cpuModel: "Example CPU",
    environment: "bare metal",
    gpus: [sampleGpu()],
    baseline: null,
    thresholds: { high: 0.95, medium: 0.5 },
    absent: {},
    ...changes,
  };
}

/** A guest that has the same GPU, passed through, beside that GPU's result on bare metal. */
export function guestEvidence(
  here: Experiment,
  there: Experiment,
  changes: Partial<Evidence> = {},
): Evidence {
  return gpuEvidence({
    bareMetal: false,
    environment: "inside a KVM guest (example)",
    gpus: [sampleGpu({ virtualizationMode: "pass-through" })],
    experiments: [here],
    baseline: sampleBaseline([there]),
    ...changes,
  });
}

/** A result of bare metal, as it is kept to compare with. */
export function sampleBaseline(experiments: readonly Experiment[]): Baseline {
  return {
    source: "results/metal",
    startedAt: "2026-01-01T00:00:00.000Z",
    hostname: "metal",
    cpuModel: "Example CPU",
    environment: "bare metal",
    bareMetal: true,
    gpus: [sampleGpu()],
    synthetic: false,
    experiments,
  };
}
