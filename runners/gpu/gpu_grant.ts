/**
 * How a container is given GPUs: through the NVIDIA Container Toolkit, through a CDI specification, or
 * as plain device nodes.
 *
 * @module
 */

/**
 * How containers are given GPUs, the best first: `nvidia-container-toolkit` (`docker run --gpus`), `cdi`
 * (`--device nvidia.com/gpu=UUID`), `devices` (plain device nodes; the driver's libraries are in the
 * image).
 */
export type GpuGrant = "nvidia-container-toolkit" | "cdi" | "devices";

/** A GPU, or a MIG instance of one, that a container is given. */
export interface GrantedGpu {
  /** `GPU-…` or `MIG-…`, as `nvidia-smi -L` prints it. */
  readonly uuid: string;
  /** The number in `/dev/nvidiaMINOR` of the GPU, also for a MIG instance; null where unknown. */
  readonly minor: number | null;
  /** For a MIG instance the nodes `/dev/nvidia-caps/nvidia-capN` of its GPU and compute instance. */
  readonly capabilityNodes: readonly string[];
}

/** Each way as a reader knows it. */
export const GRANT_IN_WORDS: Readonly<Record<GpuGrant, string>> = {
  "nvidia-container-toolkit": "the NVIDIA Container Toolkit",
  "cdi": "the Container Device Interface (CDI)",
  "devices": "plain device nodes",
};

/** What every CUDA program opens beside its GPU, where the driver has made it. */
const COMMON_NODES = ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"];

/** The nodes that all GPUs share, as the names in `/dev` show them. */
export function commonNodes(devNames: readonly string[]): string[] {
  return COMMON_NODES.filter((name) => devNames.includes(name)).map((name) => `/dev/${name}`);
}

/** The device nodes that give a container these GPUs and no other; none for no GPUs. */
export function gpuNodes(gpus: readonly GrantedGpu[], common: readonly string[]): string[] {
  if (gpus.length === 0) return [];
  const own = gpus.flatMap(({ minor, capabilityNodes }) => [
    ...(minor === null ? [] : [`/dev/nvidia${minor}`]),
    ...capabilityNodes,
  ]);
  return [...new Set([...common, ...own])];
}

/**
 * The value of `docker run --gpus`: a record of CSV, whose fields hold commas themselves. What the
 * toolkit brings into the container is what CUDA and nvidia-smi need.
 */
export function gpusOption(gpus: readonly GrantedGpu[]): string {
  return `"device=${gpus.map(({ uuid }) => uuid).join(",")}","capabilities=compute,utility"`;
}

/** The names of GPUs in a CDI specification that has them by UUID. */
export function cdiNames(gpus: readonly GrantedGpu[]): string[] {
  return gpus.map(({ uuid }) => `nvidia.com/gpu=${uuid}`);
}
