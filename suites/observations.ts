/**
 * Everything that probes observe, as statements that turn out true or false (or as counts). A probe
 * reports every one of its observations, whatever the value; rules say what claims need of them. Those of
 * a fleet are made where the results of many hosts are merged.
 *
 * @module
 */
import type { FLEET_CHECK, ProbeName } from "./checks.ts";

/** Each observation's statement. */
export const OBSERVATIONS = {
  "host-inventory/pcie-point-to-point":
    "every PCIe link joins exactly one upstream port and one device",
  "host-inventory/pcie-high-and-at-most-32-gb/s":
    "the fastest PCIe link carries more than a USB port and at most 32 GB/s",
  "host-inventory/usb-tree": "USB devices form trees under root hubs",
  "host-inventory/usb-5-10-20-gbit/s": "the fastest USB bus runs at 5, 10 or 20 Gbit/s",
  "host-inventory/storage-transports":
    "every disk is attached directly (or as DAS), or comes from a NAS or a SAN",
  "host-inventory/network-links": "network devices have links, and neighbours behind them",
  "host-inventory/network-100-gbit/s": "a network port runs at 100 Gbit/s or more",
  "host-inventory/usb-shared-bandwidth":
    "two devices on one USB bus are slower together than each alone",
  "host-inventory/infiniband-200-gbit/s": "an InfiniBand port runs at 200 Gbit/s or more",
  "host-inventory/nic-device-node": "a network device has a node in /dev",
  "host-inventory/disk-between-usb-and-pcie":
    "the fastest disk delivers more than a USB port carries, and less than the fastest PCIe link",
  "host-inventory/latency-order":
    "small transfers take longest over USB, less on disks, and least over PCIe and the network",
  "host-inventory/sysfs-procfs": "device state is shown by sysfs and procfs",
  "host-inventory/interrupts-spread":
    "each device interrupt is routed to processors, and they are spread over several",

  "gpu-inventory/one-gpu": "the host has one GPU",
  "gpu-inventory/two-to-eight-gpus": "the host has 2 to 8 GPUs",
  "gpu-inventory/no-gpu-peer": "the GPU has no other GPU beside it",
  "gpu-inventory/nvlink-peers": "GPUs of the host are joined by NVLink",
  "gpu-inventory/infiniband-active": "an InfiniBand port beside the GPUs is active",
  "gpu-inventory/pcie-3-or-4-x16": "each GPU's host interface is PCIe 3.0 or 4.0 with 16 lanes",
  "gpu-inventory/pcie-16-to-32-gb/s": "each GPU's PCIe link carries 16 to 32 GB/s",
  "gpu-inventory/nvlink-300-to-600-gb/s":
    "a GPU's NVLinks carry 300 to 600 GB/s, both directions together",
  "gpu-inventory/memory-8-to-24-gb": "each GPU has 8 to 24 GB of memory",
  "gpu-inventory/device-node": "each GPU is a device node, such as /dev/nvidia0",
  "gpu-inventory/control-node": "/dev/nvidiactl is there, beside the GPUs' own nodes",
  "gpu-inventory/physical-gpu": "each GPU is a PCI device that NVIDIA's driver drives as a whole",
  "gpu-inventory/partitioned":
    "the processors and the memory of a GPU are divided among its MIG instances",
  "gpu-inventory/vgpu-given": "a guest has a vGPU",
  "gpu-inventory/vgpu-scheduled":
    "the hypervisor schedules vGPUs by its policy, and busy ones share the GPU as it says",
  "gpu-inventory/opencl-device": "the GPU is an OpenCL device",

  "gpu-samples/computes": "a CUDA program computes natively, and its results are right",
  "gpu-samples/cuda-properties": "CUDA gives each device a number and properties, and selects one",
  "gpu-samples/eight-sms": "the GPU has eight streaming multiprocessors (SMs)",
  "gpu-samples/shared-memory-48-kb": "an SM has 48 KB of shared memory",
  "gpu-samples/registers-65536-per-thread": "a thread has 65,536 registers",
  "gpu-samples/capacity-falls":
    "from global memory over shared memory and registers to constant memory, capacity falls somewhere",
  "gpu-samples/shared-memory-within-sm": "shared memory is shared within one SM alone",
  "gpu-samples/unified-addressing": "the GPU and the host share one address space",
  "gpu-samples/peers-mapped": "a GPU maps and reads the memory of another one over NVLink",
  "gpu-samples/streams-overlap": "copies and kernels of several CUDA streams overlap",
  "gpu-samples/kernels-overlap": "kernels of several command queues run at once",
  "gpu-samples/memory-paths":
    "host memory reaches the GPU by copy engines (DMA) and by kernels that read it mapped (zero copy)",
  "gpu-samples/cpu-free-while-copying": "the processor computes on while the GPU copies",
  "gpu-samples/alone": "a process that computes is the only one on the GPU, by the driver's list",
  "gpu-samples/two-processes-compute": "two native processes compute on one GPU at once",

  "gpu-container/same-gpu": "the container sees the host's GPU under the host's UUID",
  "gpu-container/same-node": "the GPU's node has the host's major and minor number inside",
  "gpu-container/same-driver": "the container runs on the host's kernel and the host's GPU driver",
  "gpu-container/same-link": "the container sees the host's PCIe link to the GPU",
  "gpu-container/computes": "a CUDA program computes in the container, and its results are right",
  "gpu-container/copies": "copies between host and GPU succeed in the container",
  "gpu-container/streams-overlap":
    "copies and kernels of several CUDA streams overlap in the container",
  "gpu-container/kernels-overlap": "kernels of several command queues run at once in the container",
  "gpu-container/in-host-list":
    "the host's GPU driver lists the container's process with the memory that it takes",
  "gpu-container/two-compute": "two containers compute on one GPU at once",
  "gpu-container/ungranted-refused": "a container that was granted no GPU reaches none",
  "gpu-container/subset-visible": "a container sees the GPU that it was granted and no other",

  "gpu-guest/has-gpu": "this guest has a GPU, passed through or as a vGPU",
  "gpu-guest/has-vgpu": "this guest has a vGPU",
  "gpu-guest/same-gpu": "the guest's GPU has the UUID and PCI ids that it has on bare metal",
  "gpu-guest/same-link": "the guest's PCIe link to the GPU is the one on bare metal",
  "gpu-guest/own-driver": "the guest's own kernel drives the GPU and has nodes of its own for it",
  "gpu-guest/two-levels": "a hypervisor and the guest's kernel lie on the way to the GPU",
  "gpu-guest/computes": "a CUDA program computes in the guest, and its results are right",
  "gpu-guest/copies": "copies between the guest's memory and the GPU succeed",
  "gpu-guest/streams-overlap": "copies and kernels of several CUDA streams overlap in the guest",
  "gpu-guest/kernels-overlap": "kernels of several command queues run at once in the guest",
  "gpu-guest/own-accounting":
    "the guest's own driver accounts for the memory that its processes take on the GPU",
  "gpu-guest/two-gpus": "the guest has two GPUs, and a CUDA program computes on each",

  "gpu-partitions/two-compute": "two MIG instances or vGPUs of one GPU compute at once",

  "sandbox-view/files-in-preopens": "a file in a preopened folder opens",
  "sandbox-view/outside-refused":
    "nothing outside the preopened folders opens, by .., an absolute path or a link",
  "sandbox-view/no-device-without-preopen": "no device node opens without a preopened /dev",
  "sandbox-view/device-through-preopen": "a device can be read through a preopened /dev",
  "sandbox-view/device-control": "a module can control a device (ioctl)",
  "sandbox-view/sockets-refused": "no socket can be used without permission",
  "sandbox-view/sockets-granted": "a socket that was granted can be used",
  "sandbox-view/environment-withheld": "the host's environment is not shown",
  "sandbox-view/clocks": "a module reads the host's clocks",
  "sandbox-view/only-wasi-imports":
    "what a module may import is WASI's own interface and nothing else",
  "sandbox-view/gpu-import-refused": "a module that imports a GPU interface is not instantiated",
  "sandbox-view/own-kernel": "a kernel of its own stands between the module and the host",
  "sandbox-view/runtime-process": "the module runs inside the runtime's process",

  "webgpu/computes": "a compute shader gives the right result through the interface",
  "webgpu/hardware-adapter": "the adapter is a GPU, not the processor that plays one",
  "webgpu/no-device-file": "the program that computes may open no file and no device",
  "webgpu/one-adapter": "a request gives one adapter, and adapters cannot be listed",
  "webgpu/one-queue": "a device has one queue, without priorities",
  "webgpu/buffers-only":
    "data passes through buffers that are copied or mapped; no memory is shared with the device",
  "webgpu/limits-below-memory":
    "the largest buffer that the interface allows is smaller than the device's memory",
  "webgpu/matrix-product": "a tiled matrix product through the interface is right to 1e-3",
  "webgpu/copies": "a buffer copied on the device arrives whole",
  "webgpu/no-link": "the interface tells nothing of the link to the device",
  "webgpu/runtime-opens-device":
    "the runtime's own process holds the GPU's device nodes, and the program none",
  "webgpu/in-host-list": "the host's GPU driver lists the runtime's process while it computes",
  "webgpu/within-device-limits":
    "the interface's limits are those of the device or lower, and it offers less",

  "container-view/same-kernel": "the container runs on the host's kernel",
  "container-view/same-devices": "the container sees the host's devices under the host's ids",
  "container-view/same-node": "a granted device has the host's major and minor number inside",
  "container-view/same-drivers": "the container's devices are bound to the host's drivers",
  "container-view/namespaces": "the container has namespaces of its own",
  "container-view/ungranted-refused":
    "a device that was not granted is refused, by its node and by mknod",
  "container-view/host-driver-stays":
    "a device that is given to a container stays bound to the host's driver, and the host still reads it",
  "container-view/two-share": "two containers read one device at once",
  "container-view/one-alone": "a device that is given to one container is refused to another",

  "guest-view/own-kernel": "the guest boots a kernel of its own",
  "guest-view/own-drivers": "the guest's devices are bound to the guest's own drivers",
  "guest-view/virtual-devices": "the guest's devices carry the ids of virtual devices",
  "guest-view/vnic": "the guest has a virtual network device",
  "guest-view/vdisk": "the guest has a virtual disk, which is an image file of the host",
  "guest-view/vusb": "the guest has a virtual USB device",
  "guest-view/hardware-assisted":
    "the processor itself keeps the guest apart (hardware virtualization)",
  "guest-view/hotplug-pcie": "a PCIe device is added to the running guest and removed",
  "guest-view/hotplug-network": "a network device is added to the running guest and removed",
  "guest-view/hotplug-usb": "a USB device is added to the running guest and removed",
  "guest-view/hotplug-virtio-disk": "a virtio disk is added to the running guest and removed",
  "guest-view/hotplug-ide-disk": "an IDE disk is added to the running guest and removed",
  "guest-view/two-share": "two guests read one backing device at once",
  "guest-view/one-alone": "a guest that writes to an image locks it against a second guest",
  "guest-view/interrupts-pinned": "an interrupt goes to the processor that it is pinned to",

  "device-path/native-kernels": "kernels between a native reader and the device",
  "device-path/native-drivers": "drivers between a native reader and the device",
  "device-path/native-reader-counted": "the native reader's own counter grows by what it reads",
  "device-path/container-kernels": "kernels between a reader in a container and the device",
  "device-path/container-drivers": "drivers between a reader in a container and the device",
  "device-path/container-reader-counted":
    "the counter of the reader in the container grows, in the host's own list of processes",
  "device-path/guest-kernels": "kernels between a reader in a guest and the device",
  "device-path/guest-drivers": "drivers between a reader in a guest and the device",
  "device-path/hypervisor-counted":
    "QEMU's counter grows by what is read in the guest: the hypervisor carries the request",
  "device-path/sandbox-kernels": "kernels between a reader in the sandbox and the device",
  "device-path/sandbox-drivers": "drivers between a reader in the sandbox and the device",
  "device-path/runtime-counted":
    "the runtime's counter grows by what is read in the sandbox: the runtime carries the request",
  "device-path/two-processes-share": "two native processes read one device at once",

  "escape-battery/container-all-refused": "every attempt from inside a container is refused",
  "escape-battery/container-devices-refused":
    "every attempt on devices from inside a container is refused",
  "escape-battery/guest-all-refused": "every attempt from inside a guest is refused",
  "escape-battery/guest-devices-refused": "every attempt on devices from inside a guest is refused",
  "escape-battery/sandbox-all-refused": "every attempt from inside a sandbox is refused",
  "escape-battery/sandbox-devices-refused":
    "every attempt on devices from inside a sandbox is refused",

  "attack-surface/container-calls": "host-kernel system calls that a container can reach",
  "attack-surface/guest-calls": "host-kernel system calls that a guest's QEMU process uses",
  "attack-surface/sandbox-calls": "functions of the runtime that a module can import",

  "passthrough/same-device":
    "a device that is passed through shows the guest the host's ids, serial number and data",
  "passthrough/guest-driver": "the guest's own driver drives the device that is passed through",
  "passthrough/host-lost":
    "the host's driver and nodes of a device that is passed through are gone from the host",
  "passthrough/one-alone": "a device that is passed through to one guest is refused to a second",
  "passthrough/group-isolated":
    "no other device shares the IOMMU group of the device that is passed through",
  "passthrough/dma-remapped":
    "the IOMMU lets the device write to memory that was mapped for it, and to no other",
  "passthrough/bypasses-hypervisor":
    "QEMU's counters stay flat while the guest reads the device that is passed through",
  "passthrough/virtual-functions": "one physical function offers several virtual functions",
  "passthrough/functions-shared":
    "two guests read one device at once, each through a virtual function of its own",
  "passthrough/functions-isolated":
    "a guest reaches the namespace of its own virtual function, and not the other's",

  "fleet/twenty-gpus-or-more": "the hosts of one cluster have 20 to 999 GPUs together",
  "fleet/no-memory-shared-between-hosts":
    "no NVLink domain, over which memory of another host can be mapped, spans two hosts",
  "fleet/infiniband-carries":
    "between two hosts with GPUs, InfiniBand carries at least half of its port's rate",
} as const satisfies Readonly<Record<`${ProbeName | typeof FLEET_CHECK}/${string}`, string>>;

export type ObservationName = keyof typeof OBSERVATIONS;

/** The observations that take the results of many hosts. */
export type FleetObservationName = Extract<ObservationName, `${typeof FLEET_CHECK}/${string}`>;

/** The observations of a probe. */
export function observationsOf(probe: ProbeName): ObservationName[] {
  return (Object.keys(OBSERVATIONS) as ObservationName[]).filter((name) =>
    name.startsWith(`${probe}/`)
  );
}
