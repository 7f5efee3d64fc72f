/**
 * The rules that read a claim as something that a probe observes, each named once and used by every
 * row that makes the same claim. The readings follow the Chinese text.
 *
 * @module
 */
import { measured, observes, observesPhysical, type Rule } from "./rule.ts";

type Columns = Readonly<Record<"vm" | "container" | "sandbox", Rule>>;

/** 设备隔离: what keeps devices apart. */
export const CONTAINER_ISOLATION = measured(
  "logical isolation: namespaces of its own and refusal of what was not granted, on the same kernel",
  observes("container-view/namespaces"),
  observes("container-view/ungranted-refused"),
  observes("container-view/same-kernel"),
);

export const SANDBOX_ISOLATION = measured(
  "application-level isolation: refused by the API alone, without a kernel of its own",
  observes("sandbox-view/outside-refused"),
  observes("sandbox-view/no-device-without-preopen"),
  observes("sandbox-view/sockets-refused"),
  observes("sandbox-view/runtime-process"),
  observes("sandbox-view/own-kernel", false),
);

/** 硬件级隔离（虚拟机）: the guest itself, not a device that is passed through. */
export const GUEST_ISOLATION = measured(
  "hardware-level isolation: a kernel of its own behind hardware virtualization, and every attempt on the host's devices refused",
  observes("guest-view/own-kernel"),
  observes("guest-view/hardware-assisted"),
  observes("escape-battery/guest-devices-refused"),
);

export const DEVICE_ISOLATION: Columns = {
  vm: measured(
    "hardware-level isolation: an IOMMU group of its own and DMA remapping for the device",
    observes("passthrough/group-isolated"),
    observes("passthrough/dma-remapped"),
  ),
  container: CONTAINER_ISOLATION,
  sandbox: SANDBOX_ISOLATION,
};

/** 11.1 and 11.2 name the mechanism without a device. */
export const ISOLATION_MECHANISM: Columns = {
  vm: GUEST_ISOLATION,
  container: CONTAINER_ISOLATION,
  sandbox: SANDBOX_ISOLATION,
};

export const IO_PHYSICAL_TOPOLOGY: Columns = {
  vm: measured(
    "direct access or passthrough: the physical device itself is in the guest",
    observes("passthrough/same-device"),
  ),
  container: measured(
    "direct access: the host's own devices, under the host's ids",
    observes("container-view/same-devices"),
    observes("container-view/same-node"),
  ),
  sandbox: measured(
    "indirect access: no device node of its own, and the runtime's process carries every request",
    observes("sandbox-view/no-device-without-preopen"),
    observes("device-path/runtime-counted"),
  ),
};

export const IO_LOGICAL_TOPOLOGY: Columns = {
  vm: measured(
    "an abstraction of its own: a kernel of its own with its own drivers on its devices",
    observes("guest-view/own-kernel"),
    observes("guest-view/own-drivers"),
  ),
  container: measured(
    "a shared abstraction: the host's kernel, and the host's devices under the host's ids",
    observes("container-view/same-kernel"),
    observes("container-view/same-devices"),
  ),
  sandbox: measured(
    "the runtime's abstraction, limited: WASI's own interface and nothing else, in the runtime's process",
    observes("sandbox-view/only-wasi-imports"),
    observes("sandbox-view/runtime-process"),
    observes("sandbox-view/outside-refused"),
  ),
};

const WASI_FILES_AND_SOCKETS = measured(
  "files and sockets through WASI's interface, and nothing else",
  observes("sandbox-view/files-in-preopens"),
  observes("sandbox-view/sockets-granted"),
  observes("sandbox-view/only-wasi-imports"),
);

export const IO_ABSTRACTION: Columns = {
  vm: measured(
    "virtual network device, disk and USB device, all three in the guest",
    observes("guest-view/vnic"),
    observes("guest-view/vdisk"),
    observes("guest-view/vusb"),
  ),
  container: measured(
    "the host's device nodes: the same major and minor number inside",
    observes("container-view/same-node"),
  ),
  sandbox: WASI_FILES_AND_SOCKETS,
};

export const IO_DRIVER: Columns = {
  vm: measured(
    "the guest's own kernel binds its own drivers",
    observes("guest-view/own-kernel"),
    observes("guest-view/own-drivers"),
  ),
  container: measured(
    "the host's drivers, in the host's kernel",
    observes("container-view/same-kernel"),
    observes("container-view/same-drivers"),
  ),
  sandbox: measured(
    "no driver in reach: the runtime's interface, limited to WASI, without device control",
    observes("sandbox-view/only-wasi-imports"),
    observes("sandbox-view/device-control", false),
    observes("device-path/runtime-counted"),
  ),
};

export const IO_PASSTHROUGH: Columns = {
  vm: measured(
    "supported, as a whole device and as virtual functions: the guest drives the physical device, which the host has lost, and two guests have a virtual function each",
    observes("passthrough/same-device"),
    observes("passthrough/guest-driver"),
    observes("passthrough/host-lost"),
    observes("passthrough/functions-shared"),
  ),
  container: measured(
    "limited to device binding: --device gives the node, while the host keeps its driver",
    observes("container-view/same-node"),
    observes("container-view/host-driver-stays"),
  ),
  sandbox: measured(
    "not supported: neither reading a device through a preopened /dev nor an ioctl succeeds",
    observes("sandbox-view/device-through-preopen", false),
    observes("sandbox-view/device-control", false),
  ),
};

/** 11.3: "N/A" for containers. */
export const CONTAINER_HAS_NO_PASSTHROUGH = measured(
  "not applicable: a container has no passthrough of its own, since the host's driver stays bound",
  observes("container-view/host-driver-stays"),
);

export const VIRTUAL_DEVICES = measured(
  "virtual devices: network device and disk carry the ids of virtual devices",
  observes("guest-view/virtual-devices"),
  observes("guest-view/vnic"),
  observes("guest-view/vdisk"),
);

export const PHYSICAL_DEVICE = measured(
  "the ids that the reader sees are the physical device's",
  observesPhysical("container-view/same-devices"),
  observesPhysical("container-view/same-drivers"),
);

export const ACCESS_PATH: Readonly<Record<string, Rule>> = {
  direct: measured(
    "application, driver, physical device: one kernel and one driver, and the reader's own process is charged",
    observesPhysical("device-path/native-kernels", { equals: 1 }),
    observesPhysical("device-path/native-drivers", { equals: 1 }),
    observesPhysical("device-path/native-reader-counted"),
    observes("device-path/container-kernels", { equals: 1 }),
    observes("device-path/container-reader-counted"),
  ),
  virtualized: measured(
    "application, guest kernel, virtual device, hypervisor, device: two kernels, two drivers, and QEMU carries the request",
    observes("device-path/guest-kernels", { equals: 2 }),
    observes("device-path/guest-drivers", { equals: 2 }),
    observes("device-path/hypervisor-counted"),
  ),
  passthrough: measured(
    "application, guest kernel, physical device: the guest's own driver, while QEMU's counters stay flat",
    observes("passthrough/guest-driver"),
    observes("passthrough/bypasses-hypervisor"),
  ),
};

export const PASSED_DEVICE = measured(
  "the ids, serial number and data that the guest sees are the physical device's",
  observes("passthrough/same-device"),
);

export const FUNCTIONS_SHARE = measured(
  "shared by SR-IOV: virtual functions of one device in two guests at once, each of which is shown its own namespace alone; what a guest could ask of the device beyond that is not tried",
  observes("passthrough/virtual-functions"),
  observes("passthrough/functions-shared"),
  observes("passthrough/functions-isolated"),
);

export const CONTAINERS_SHARE = measured(
  "two containers read one device at once",
  observes("container-view/two-share"),
);
export const GUESTS_SHARE = measured(
  "two guests read one backing device at once",
  observes("guest-view/two-share"),
);

export const EXCLUSIVITY: Readonly<Record<string, Rule>> = {
  direct: measured(
    "a device can be bound to one container alone, and is refused to another",
    observes("container-view/one-alone"),
  ),
  virtualized: measured(
    "one guest locks the image against a second",
    observes("guest-view/one-alone"),
  ),
  passthrough: measured(
    "exclusive: after binding to vfio-pci the host has lost it, and a second guest is refused",
    observes("passthrough/host-lost"),
    observes("passthrough/one-alone"),
  ),
};

export const IO_STACK_LEVELS: Columns = {
  vm: measured(
    "two levels: two kernels on the path, the second reached through QEMU",
    observes("device-path/guest-kernels", { equals: 2 }),
    observes("device-path/hypervisor-counted"),
  ),
  container: measured(
    "one level: one kernel on the path",
    observes("device-path/container-kernels", { equals: 1 }),
    observes("device-path/container-reader-counted"),
  ),
  sandbox: measured(
    "application level and one level: the runtime's process and one kernel on the path",
    observes("device-path/runtime-counted"),
    observes("device-path/sandbox-kernels", { equals: 1 }),
  ),
};

export const DRIVER_LEVELS: Columns = {
  vm: measured(
    "two levels: the guest's driver and the host's",
    observes("device-path/guest-drivers", { equals: 2 }),
    observes("guest-view/own-drivers"),
  ),
  container: measured(
    "one level: the host's driver",
    observes("device-path/container-drivers", { equals: 1 }),
    observes("container-view/same-drivers"),
  ),
  sandbox: measured(
    "the runtime's interface and the host's driver",
    observes("device-path/runtime-counted"),
    observes("device-path/sandbox-drivers", { equals: 1 }),
  ),
};

export const ABSTRACTION_LEVEL: Columns = {
  vm: measured(
    "abstraction at the level of hardware: virtual devices under a kernel of its own; and, as the claim adds, a vGPU",
    observes("guest-view/own-kernel"),
    observes("guest-view/virtual-devices"),
    observes("gpu-inventory/vgpu-given"),
  ),
  container: measured(
    "abstraction at the level of the operating system: the host's kernel seen through namespaces",
    observes("container-view/same-kernel"),
    observes("container-view/namespaces"),
  ),
  sandbox: measured(
    "abstraction at the level of the application: a process of the runtime, and WASI's interface",
    observes("sandbox-view/runtime-process"),
    observes("sandbox-view/only-wasi-imports"),
  ),
};

export const RESOURCE_ABSTRACTION: Columns = {
  vm: measured(
    "vGPU, virtual network device and virtual disk, all three",
    observes("guest-view/vnic"),
    observes("guest-view/vdisk"),
    observes("gpu-inventory/vgpu-given"),
  ),
  container: measured(
    "a GPU bound to the container, and device nodes",
    observes("container-view/same-node"),
    observes("gpu-container/computes"),
  ),
  sandbox: measured(
    "a GPU interface, and WASI's",
    observes("sandbox-view/only-wasi-imports"),
    observes("webgpu/computes"),
  ),
};

export const IO_ACCESS: Columns = {
  vm: measured(
    "virtual network device and disk, or passthrough: either suffices",
    observes("guest-view/vnic"),
    observes("guest-view/vdisk"),
  ),
  container: measured(
    "direct access: a granted device is the host's own, and the reader is charged for what it reads",
    observes("container-view/same-node"),
    observes("device-path/container-reader-counted"),
  ),
  sandbox: WASI_FILES_AND_SOCKETS,
};

export const ISOLATION_STRENGTH: Columns = {
  vm: measured(
    "high: every attempt is refused, and a kernel of its own stands between (on a shared kernel: medium; where one got out: low)",
    observes("escape-battery/guest-all-refused"),
    observes("guest-view/own-kernel"),
  ),
  container: measured(
    "medium: every attempt is refused, on a shared kernel (where one got out: low)",
    observes("escape-battery/container-all-refused"),
    observes("container-view/same-kernel"),
  ),
  sandbox: measured(
    "high: every attempt is refused, and a kernel of its own stands between (on a shared kernel: medium; where one got out: low)",
    observes("escape-battery/sandbox-all-refused"),
    observes("sandbox-view/own-kernel"),
  ),
};

export const DEVICE_SECURITY: Columns = {
  vm: measured(
    "high: every attempt on devices is refused, and a kernel of its own stands between (on a shared kernel: medium; where one got out: low)",
    observes("escape-battery/guest-devices-refused"),
    observes("guest-view/own-kernel"),
  ),
  container: measured(
    "medium: every attempt on devices is refused, on a shared kernel (where one got out: low)",
    observes("escape-battery/container-devices-refused"),
    observes("container-view/same-kernel"),
  ),
  sandbox: measured(
    "high: every attempt on devices is refused, and a kernel of its own stands between (on a shared kernel: medium; where one got out: low)",
    observes("escape-battery/sandbox-devices-refused"),
    observes("sandbox-view/own-kernel"),
  ),
};

export const ATTACK_SURFACE: Columns = {
  vm: measured(
    "small: QEMU uses fewer than half of the system calls that a container can reach",
    observes("attack-surface/guest-calls", { belowHalfOf: "attack-surface/container-calls" }),
  ),
  container: measured(
    "large: a container reaches more of the host's kernel than a guest or a sandbox",
    observes("attack-surface/container-calls", { above: "attack-surface/guest-calls" }),
    observes("attack-surface/container-calls", { above: "attack-surface/sandbox-calls" }),
  ),
  sandbox: measured(
    "small: a core module may import fewer functions than half of the system calls that a container can reach",
    observes("attack-surface/sandbox-calls", { belowHalfOf: "attack-surface/container-calls" }),
  ),
};
