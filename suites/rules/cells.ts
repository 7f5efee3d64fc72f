/**
 * The rules of the 227 cells, by row.
 *
 * @module
 */
import {
  CONTAINER_HIGH,
  DIRECT_LOW_OVERHEAD,
  IO_PERFORMANCE,
  MIXED_LATENCY,
  PASSTHROUGH_HIGH,
  PHYSICAL_HIGH,
  STACK_OVERHEAD,
  VIRTUALIZED_MEDIUM_OVERHEAD,
  VM_MEDIUM,
} from "./performance.ts";
import {
  awaiting,
  awaits,
  EDITORIAL,
  measured,
  observes,
  observesPhysical,
  refutedBy,
  type Rule,
} from "./rule.ts";
import {
  ABSTRACTION_LEVEL,
  ACCESS_PATH,
  ATTACK_SURFACE,
  CONTAINER_HAS_NO_PASSTHROUGH,
  CONTAINER_ISOLATION,
  CONTAINERS_SHARE,
  DEVICE_ISOLATION,
  DEVICE_SECURITY,
  DRIVER_LEVELS,
  EXCLUSIVITY,
  FUNCTIONS_SHARE,
  GUEST_ISOLATION,
  GUESTS_SHARE,
  IO_ABSTRACTION,
  IO_ACCESS,
  IO_DRIVER,
  IO_LOGICAL_TOPOLOGY,
  IO_PASSTHROUGH,
  IO_PHYSICAL_TOPOLOGY,
  IO_STACK_LEVELS,
  ISOLATION_MECHANISM,
  ISOLATION_STRENGTH,
  PASSED_DEVICE,
  PHYSICAL_DEVICE,
  RESOURCE_ABSTRACTION,
  VIRTUAL_DEVICES,
} from "./views.ts";

/** A rule for every column of a row, or one rule for each column. */
export type RowRules = Rule | Readonly<Record<string, Rule>>;

const CUDA = {
  vm: awaiting("gpu-compute"),
  container: awaiting("gpu-compute"),
  sandbox: measured(
    "limited to the runtime's interface: no CUDA entry point can be imported, and WebGPU computes",
    observes("sandbox-view/gpu-import-refused"),
    observes("webgpu/computes"),
  ),
};

const GPU_ALLOCATION = {
  vm: awaiting("gpu-inventory"),
  container: awaiting("gpu-compute"),
  sandbox: measured(
    "calls of a GPU interface: a compute shader runs through it, and no device file is in reach",
    observes("webgpu/computes"),
    observes("webgpu/no-device-file"),
  ),
};

const MULTI_GPU = {
  vm: awaiting("gpu-inventory"),
  container: awaiting("gpu-inventory"),
  sandbox: measured(
    "limited: one adapter for a request, and no list of all",
    observes("webgpu/one-adapter"),
    observes("webgpu/computes"),
  ),
};

const GPU_MEMORY = {
  vm: awaiting("gpu-compute"),
  container: awaiting("gpu-compute"),
  sandbox: measured(
    "limited: the largest buffer is smaller than the device's memory",
    observes("webgpu/limits-below-memory"),
    observes("webgpu/computes"),
  ),
};

/** 有限: what the runtime's interface leaves out. */
const ONE_QUEUE = measured(
  "limited: a device has one queue, without streams of its own or priorities",
  observes("webgpu/one-queue"),
  observes("webgpu/computes"),
);

/** The rules of the matrices, in the document's order. */
export const CELL_RULES: Readonly<Record<string, RowRules>> = {
  "02.1.2/gpu-count": awaiting("gpu-inventory"),
  "02.1.2/interconnect": awaiting("gpu-inventory"),
  "02.1.2/unified-memory": awaiting("gpu-transfer"),
  "02.1.2/link-bandwidth": awaiting("gpu-inventory", "gpu-transfer"),
  "02.1.2/typical-use": EDITORIAL,
  "02.3.2/physical-topology": {
    vm: awaiting("gpu-inventory"),
    container: awaiting("gpu-inventory"),
    sandbox: measured(
      "limited access: no device node in reach, and an adapter only through the host's process",
      observes("sandbox-view/no-device-without-preopen"),
      observes("webgpu/hardware-adapter"),
      observes("webgpu/no-device-file"),
    ),
  },
  "02.3.2/logical-topology": awaiting("gpu-inventory"),
  "02.3.2/abstraction": GPU_ALLOCATION,
  "02.3.2/scheduling": awaiting("contention"),
  "02.3.2/multi-gpu": MULTI_GPU,
  "02.3.2/memory-management": GPU_MEMORY,
  "02.3.2/cuda": CUDA,
  "03.1.2/connection": {
    pcie: measured(
      "point to point: every link joins exactly one upstream port and one device",
      observesPhysical("host-inventory/pcie-point-to-point"),
    ),
    usb: measured(
      "devices form trees under root hubs",
      observesPhysical("host-inventory/usb-tree"),
    ),
    storage: measured(
      "every disk is attached directly, as DAS, or from a NAS or SAN",
      observesPhysical("host-inventory/storage-transports"),
    ),
    network: measured(
      "links, with neighbours behind them",
      observesPhysical("host-inventory/network-links"),
    ),
  },
  "03.1.2/bandwidth": {
    pcie: measured(
      "the fastest link carries more than a USB port, and at most 32 GB/s",
      observesPhysical("host-inventory/pcie-high-and-at-most-32-gb/s"),
    ),
    usb: measured(
      "the fastest bus runs at 5, 10 or 20 Gbit/s",
      observesPhysical("host-inventory/usb-5-10-20-gbit/s"),
    ),
    storage: measured(
      "what a disk delivers lies between what USB and what PCIe carries",
      observesPhysical("host-inventory/disk-between-usb-and-pcie"),
    ),
    network: measured(
      "a port of 100 Gbit/s or more",
      observesPhysical("host-inventory/network-100-gbit/s"),
    ),
  },
  "03.1.2/latency": measured(
    "by the order of small transfers: PCIe and network lowest, storage between, USB highest",
    observesPhysical("host-inventory/latency-order"),
  ),
  "03.1.2/hotplug": {
    pcie: measured(
      "no: refuted by a device that is added to a live machine and removed again",
      refutedBy("guest-view/hotplug-pcie"),
    ),
    usb: measured(
      "yes: a USB device is added to a live machine and removed again",
      observes("guest-view/hotplug-usb"),
    ),
    storage: measured(
      "partly: a virtio disk can be added to a live machine, an IDE disk cannot",
      observes("guest-view/hotplug-virtio-disk"),
      observes("guest-view/hotplug-ide-disk", false),
    ),
    network: measured(
      "no: refuted by a device that is added to a live machine and removed again",
      refutedBy("guest-view/hotplug-network"),
    ),
  },
  "03.1.2/typical-use": EDITORIAL,
  "03.3.2/physical-topology": IO_PHYSICAL_TOPOLOGY,
  "03.3.2/logical-topology": IO_LOGICAL_TOPOLOGY,
  "03.3.2/abstraction": IO_ABSTRACTION,
  "03.3.2/driver": IO_DRIVER,
  "03.3.2/passthrough": IO_PASSTHROUGH,
  "03.3.2/io-performance": IO_PERFORMANCE,
  "03.3.2/device-isolation": DEVICE_ISOLATION,
  "04.3.1/compute-mode": CUDA,
  "04.3.1/scheduling": awaiting("contention"),
  "04.3.1/allocation": GPU_ALLOCATION,
  "04.3.1/memory-management": GPU_MEMORY,
  "04.3.1/multi-gpu": MULTI_GPU,
  "04.3.1/gpu-performance": awaiting("gpu-transfer", "gpu-compute"),
  "04.3.1/gpu-isolation": {
    vm: awaiting("contention"),
    container: awaiting("gpu-inventory", "contention"),
    sandbox: measured(
      "application-level isolation: refused by the API, in the runtime's process",
      observes("sandbox-view/gpu-import-refused"),
      observes("sandbox-view/no-device-without-preopen"),
      observes("sandbox-view/own-kernel", false),
    ),
  },
  "05.4.1/abstraction": {
    direct: PHYSICAL_DEVICE,
    virtualized: VIRTUAL_DEVICES,
    passthrough: PASSED_DEVICE,
  },
  "05.4.1/access-path": ACCESS_PATH,
  "05.4.1/overhead": {
    direct: DIRECT_LOW_OVERHEAD,
    virtualized: VIRTUALIZED_MEDIUM_OVERHEAD,
    passthrough: PASSTHROUGH_HIGH,
  },
  "05.4.1/device-isolation": {
    direct: CONTAINER_ISOLATION,
    virtualized: GUEST_ISOLATION,
    passthrough: DEVICE_ISOLATION.vm,
  },
  "05.4.1/sharing": {
    direct: CONTAINERS_SHARE,
    virtualized: GUESTS_SHARE,
    passthrough: FUNCTIONS_SHARE,
  },
  "05.4.1/exclusivity": EXCLUSIVITY,
  "05.4.1/typical-use": EDITORIAL,
  "06.3.2/physical-channel": awaiting("gpu-inventory", "gpu-transfer"),
  "06.3.2/logical-channel": {
    vm: awaiting("gpu-compute"),
    container: awaiting("gpu-compute"),
    sandbox: ONE_QUEUE,
  },
  "06.3.2/memory-transfer": {
    vm: awaiting("gpu-transfer"),
    container: awaiting("gpu-transfer"),
    sandbox: measured(
      "limited: buffers that are copied or mapped, and no memory shared with the device",
      observes("webgpu/buffers-only"),
      observes("webgpu/computes"),
    ),
  },
  "06.3.2/command-queue": {
    vm: awaiting("gpu-compute"),
    container: awaiting("gpu-compute"),
    sandbox: ONE_QUEUE,
  },
  "08.4.1/abstraction-level": awaiting("gpu-inventory"),
  "08.4.1/resource-isolation": awaiting("contention"),
  "08.4.1/gpu-access": awaiting("gpu-inventory"),
  "08.4.1/gpu-performance": awaiting("gpu-transfer", "gpu-compute"),
  "08.4.1/gpu-sharing": awaiting("gpu-compute"),
  "08.4.1/typical-use": EDITORIAL,
  "09.4.1/abstraction-level": {
    physical: PHYSICAL_DEVICE,
    virtual: VIRTUAL_DEVICES,
    logical: measured(
      "the operating system's abstraction: the host's device nodes, through the host's kernel",
      observes("container-view/same-kernel"),
      observes("container-view/same-node"),
    ),
  },
  "09.4.1/resource-isolation": {
    physical: DEVICE_ISOLATION.vm,
    virtual: GUEST_ISOLATION,
    logical: CONTAINER_ISOLATION,
  },
  "09.4.1/io-access": {
    physical: measured(
      "direct access: one kernel and one driver, and the reader's own process is charged",
      observesPhysical("device-path/native-kernels", { equals: 1 }),
      observesPhysical("device-path/native-drivers", { equals: 1 }),
      observesPhysical("device-path/native-reader-counted"),
    ),
    virtual: measured(
      "the hypervisor manages IO: QEMU's process carries the guest's requests",
      observes("device-path/hypervisor-counted"),
      observes("device-path/guest-kernels", { equals: 2 }),
    ),
    logical: measured(
      "the host's operating system manages IO: its kernel alone is on the path",
      observes("device-path/container-kernels", { equals: 1 }),
      observes("device-path/container-reader-counted"),
    ),
  },
  "09.4.1/io-performance": {
    physical: PHYSICAL_HIGH,
    virtual: VM_MEDIUM,
    logical: CONTAINER_HIGH,
  },
  "09.4.1/sharing": {
    physical: measured(
      "not supported: refuted by two processes that read one device at once",
      refutedBy("device-path/two-processes-share"),
    ),
    virtual: GUESTS_SHARE,
    logical: CONTAINERS_SHARE,
  },
  "09.4.1/typical-use": EDITORIAL,
  "10.3.1/gpu-stack-levels": {
    vm: awaiting("gpu-compute"),
    container: awaiting("gpu-compute"),
    sandbox: measured(
      "the runtime's process and one kernel, on the way to a GPU",
      observes("webgpu/hardware-adapter"),
      awaits("gpu-compute"),
    ),
  },
  "10.3.1/io-stack-levels": IO_STACK_LEVELS,
  "10.3.1/driver-levels": DRIVER_LEVELS,
  "10.3.1/overhead": STACK_OVERHEAD,
  "10.3.1/device-isolation": DEVICE_ISOLATION,
  "11.1/abstraction-level": ABSTRACTION_LEVEL,
  "11.1/resource-abstraction": RESOURCE_ABSTRACTION,
  "11.1/management-levels": IO_STACK_LEVELS,
  "11.1/isolation-mechanism": ISOLATION_MECHANISM,
  "11.2/gpu-access": {
    vm: awaiting("gpu-compute"),
    container: awaiting("gpu-compute"),
    sandbox: measured(
      "a GPU interface, limited: a shader computes through it, without a device file and without a list of adapters",
      observes("webgpu/computes"),
      observes("webgpu/no-device-file"),
      observes("webgpu/one-adapter"),
    ),
  },
  "11.2/io-access": IO_ACCESS,
  "11.2/resource-isolation": ISOLATION_MECHANISM,
  "11.2/overhead": STACK_OVERHEAD,
  "11.3/gpu-performance": awaiting("gpu-transfer", "gpu-compute"),
  "11.3/io-performance": IO_PERFORMANCE,
  "11.3/passthrough-performance": {
    vm: PASSTHROUGH_HIGH,
    container: CONTAINER_HAS_NO_PASSTHROUGH,
    sandbox: IO_PASSTHROUGH.sandbox,
  },
  "11.3/latency": MIXED_LATENCY,
  "11.4/isolation-strength": ISOLATION_STRENGTH,
  "11.4/device-security": DEVICE_SECURITY,
  "11.4/attack-surface": ATTACK_SURFACE,
};
