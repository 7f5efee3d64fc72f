/**
 * What a host lacks that claims about GPUs need, each with the cure.
 *
 * @module
 */
import type { CudaProgram } from "../runners/cuda/cuda_programs.ts";
import type { NeedName } from "./doctor_needs.ts";
import { isGuest, isInContainer } from "./host_description.ts";
import type { GpuDescription, HostDescription } from "./result.ts";

/** The CUDA programs that checks run; where there are others, they serve a person. */
const USED: readonly CudaProgram[] = [
  "deviceQuery",
  "vectorAdd",
  "matrixMul",
  "nbody",
  "simpleStreams",
  "concurrentKernels",
  "simpleP2P",
  "asyncAPI",
  "nvbandwidth",
];

/** What was found of GPUs beside what the driver describes. */
export interface GpuFindings {
  /** GPUs that have a node in `/dev`: what is known where the driver does not answer. */
  readonly nodes: number;
  readonly cudaPrograms: readonly CudaProgram[];
}

/** What is not here, each with the cure. */
export function gpuCures(
  { gpus, environment }: Pick<HostDescription, "gpus" | "environment">,
  { nodes, cudaPrograms }: GpuFindings,
): [NeedName, string][] {
  const present = (gpus ?? []).filter(({ lost }) => lost === null);
  const count = gpus === null ? nodes : present.length;
  const inGuest = isGuest(environment) && !isInContainer(environment);
  const known: [is: boolean, name: NeedName, cure: string][] = [
    [count > 0, "gpu", noGpu(gpus)],
    [count > 1, "gpus", `This host has ${count === 1 ? "one NVIDIA GPU" : "no NVIDIA GPU"}.`],
    [missingPrograms(cudaPrograms).length === 0, "cuda", noCuda(cudaPrograms)],
    [present.some(({ mig }) => mig === true), "mig", noMig(present)],
    [present.some(isVgpu), "vgpu", "No GPU here is a vGPU, or a host's that makes them."],
    [inGuest && count > 0, "gpu-guest", noGuest(environment)],
    [false, "baseline", "Run cellproof on the same GPU on bare metal, then in the guest with it."],
  ];
  return known.filter(([is]) => !is).map(([, name, cure]) => [name, cure]);
}

function noGpu(gpus: readonly GpuDescription[] | null): string {
  if (gpus === null) return "nvidia-smi does not answer, and there is no /dev/nvidia0.";
  const lost = gpus.flatMap((gpu) => gpu.lost ?? []);
  return lost.length === 0
    ? "NVIDIA's driver shows no GPU (nvidia-smi)."
    : `The driver has lost its GPU (${lost.join("; ")}): reset it, or reboot.`;
}

function missingPrograms(found: readonly CudaProgram[]): CudaProgram[] {
  return USED.filter((name) => !found.includes(name));
}

function noCuda(found: readonly CudaProgram[]): string {
  return `Missing: ${missingPrograms(found).join(", ")}.\n` +
    "deno task bench --setup builds them where nvcc is; --cuda-samples DIR names your own.";
}

function noMig(present: readonly GpuDescription[]): string {
  return present.some(({ mig }) => mig === false)
    ? "MIG is off: sudo nvidia-smi -i 0 -mig 1 (an administrator's choice), then bench --mig."
    : "No GPU of this host can be divided by MIG.";
}

function isVgpu({ virtualizationMode }: GpuDescription): boolean {
  return virtualizationMode === "vgpu" || virtualizationMode === "host-vgpu";
}

function noGuest(environment: string): string {
  return `What is native here runs ${environment}: ` +
    "give a guest the GPU, and run cellproof in that guest.";
}
