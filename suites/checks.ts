/**
 * The checks: experiments and probes that evidence comes from, each collected once and feeding many
 * claims.
 *
 * @module
 */
/** What each check gathers. */
export const CHECKS = {
  "host-inventory":
    "PCI, USB, block and net devices, links, drivers, IOMMU groups and interrupts of the host",
  "sandbox-view": "what a WASI module under Wasmtime can open, reach and import",
  "webgpu": "Deno's WebGPU: its adapter, what computes through it, and what it offers",
  "container-view": "the inventory from inside a Docker container, and what it is refused",
  "guest-view": "the inventory from inside a QEMU guest, with hot add and remove",
  "device-path": "which process, kernel and driver carry each read",
  "escape-battery": "a fixed list of attempts to get out of each paradigm",
  "attack-surface": "how many host-kernel system calls each paradigm can reach",
  "passthrough": "PCI devices and virtual functions bound to vfio-pci and given to guests",
  "network": "iperf3 throughput and round trips natively, in a container and in a guest",
  "sandbox-storage": "one C program's buffered reads, natively and under Wasmtime",
  "passthrough-storage": "fio natively, and in guests by virtio and by VFIO, on the same device",
  "storage": "fio natively, in a container and in guests, on the same file",
  "gpu-inventory": "nvidia-smi: GPUs, their links, nodes, topology, partitions and vGPUs",
  "gpu-samples": "CUDA samples natively: what the GPU is, and what runs on it at once",
  "gpu-container": "the same GPU in containers: who sees it, who computes, who is refused",
  "gpu-guest": "the GPU that this guest has: whose it is, and what computes on it",
  "gpu-partitions": "two MIG instances or vGPUs of one GPU that compute at once",
  "gpu-transfer": "nvbandwidth natively and in a container: copies between host, device and peers",
  "gpu-compute": "a matrix product and n-body (CUDA samples) natively and in a container",
  "gpu-latency": "GPU launches and reads of host memory, natively and in a container",
  "webgpu-performance": "copies, a matrix product and launches through WebGPU, beside CUDA",
  "contention": "one process on a GPU alone and beside another, natively and in containers",
  "mig-contention": "one process on a MIG instance alone, and beside another on a second one",
  "fleet": "the merged results of many hosts",
} as const;
export type Check = keyof typeof CHECKS;

/** The probes, in the order in which they are run: what needs nothing else first. */
export const PROBES = [
  "host-inventory",
  "gpu-inventory",
  "sandbox-view",
  "webgpu",
  "gpu-samples",
  "gpu-guest",
  "container-view",
  "gpu-container",
  "gpu-partitions",
  "guest-view",
  "device-path",
  "escape-battery",
  "attack-surface",
  "passthrough",
] as const satisfies readonly Check[];
export type ProbeName = typeof PROBES[number];

/** The paired experiments, in the order in which they are run: what decides most in its time first. */
export const EXPERIMENTS = [
  "contention",
  "mig-contention",
  "gpu-transfer",
  "gpu-compute",
  "gpu-latency",
  "webgpu-performance",
  "network",
  "sandbox-storage",
  "passthrough-storage",
  "storage",
] as const satisfies readonly Check[];
export type ExperimentName = typeof EXPERIMENTS[number];

/** The check that an observation belongs to: its name begins with it. */
export function checkOf(observation: `${Check}/${string}`): Check {
  return observation.slice(0, observation.indexOf("/")) as Check;
}

/** The check that no host makes alone: its observations are made where results are merged. */
export const FLEET_CHECK = "fleet" satisfies Check;

/** The checks that need an NVIDIA GPU. */
export const GPU_CHECKS = [
  "gpu-inventory",
  "gpu-samples",
  "gpu-container",
  "gpu-guest",
  "gpu-partitions",
  "gpu-latency",
  "gpu-transfer",
  "gpu-compute",
  "contention",
  "mig-contention",
  "webgpu-performance",
] as const satisfies readonly Check[];
