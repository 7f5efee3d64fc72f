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
  "webgpu": "a WebGPU adapter",
} as const;
export type Requirement = keyof typeof REQUIREMENTS;
