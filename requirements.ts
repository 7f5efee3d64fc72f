/**
 * What a host can lack: one purchase, setting or installation each.
 *
 * @module
 */
/** Each thing that claims can need, as a reader would go and get it. */
export const REQUIREMENTS = {
  "tools": "the tools that `deno task bench --setup` installs",
  "root": "to be run by root",
  "docker": "a Docker daemon that works",
  "kvm": "hardware virtualization (a KVM that guests boot with)",
  "bare-metal": "physical devices (bare metal)",
  "pcie": "a PCIe link that sysfs describes",
  "usb": "a USB controller with a device",
  "network-port": "a network port that tells its speed",
  "iommu": "an IOMMU, and an NVMe device to give away",
  "gpu": "an NVIDIA GPU",
  "gpus": "a second NVIDIA GPU",
  "cuda":
    "the CUDA samples and nvbandwidth (--cuda-samples DIR; --setup builds them where nvcc is)",
  "mig": "two MIG instances of one GPU (those that are there, or --mig)",
  "vgpu": "an NVIDIA vGPU that a guest has",
  "gpu-guest": "a guest that has the GPU, and cellproof run in it",
  "baseline": "the result of the same GPU on bare metal (--baseline RESULT)",
  "infiniband": "an InfiniBand adapter",
  "fleet": "the results of many hosts, merged",
  "gpu-hosts": "two hosts with GPUs on bare metal",
  "gpu-cluster": "20 or more GPUs on bare metal in one cluster",
  "webgpu": "a WebGPU adapter",
} as const;
export type Requirement = keyof typeof REQUIREMENTS;
