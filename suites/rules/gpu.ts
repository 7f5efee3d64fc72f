/**
 * The rules of the GPU matrices that read a claim as something that a probe observes, each
 * named once and used by every row that makes the same claim. The readings follow the Chinese text.
 *
 * @module
 */
import {
  BARE_KEEPS,
  CONTAINERS_CONTEND,
  CONTAINERS_TAKE_TURNS,
  ONE_GPU_FILLS_LINK,
  PARTITION_KEEPS,
  PEERS_EXCEED_PCIE,
} from "./gpu_performance.ts";
import {
  measured,
  observes,
  observesOfFleet,
  observesPhysical,
  refutedBy,
  type Rule,
} from "./rule.ts";

type Columns = Readonly<Record<"vm" | "container" | "sandbox", Rule>>;
type Devices = Readonly<Record<"physical" | "virtual" | "logical", Rule>>;
type Hosts = Readonly<Record<"single-gpu" | "multi-gpu" | "gpu-cluster", Rule>>;

/** A guest's driver tells of its own GPUs only: what a host has, bare metal tells. */
const HOST_HAS = observesPhysical;

export const GPU_COUNT: Hosts = {
  "single-gpu": measured("one GPU in the host", HOST_HAS("gpu-inventory/one-gpu")),
  "multi-gpu": measured("2 to 8 GPUs in one host", HOST_HAS("gpu-inventory/two-to-eight-gpus")),
  "gpu-cluster": measured(
    "tens to hundreds: the hosts of a cluster have 20 to 999 GPUs together",
    observesOfFleet("fleet/twenty-gpus-or-more"),
  ),
};

export const GPU_INTERCONNECT: Hosts = {
  "single-gpu": measured(
    "not applicable: a lone GPU has no other GPU beside it",
    HOST_HAS("gpu-inventory/no-gpu-peer"),
  ),
  "multi-gpu": measured(
    "at least one NVLink joins GPUs of the host; PCIe alone refutes it",
    HOST_HAS("gpu-inventory/nvlink-peers"),
  ),
  "gpu-cluster": measured(
    "an InfiniBand port beside the GPUs is active",
    HOST_HAS("gpu-inventory/infiniband-active"),
  ),
};

export const UNIFIED_MEMORY: Hosts = {
  "single-gpu": measured(
    "no: the device has no unified address space with the host, read literally, so that a modern GPU refutes it",
    HOST_HAS("gpu-samples/unified-addressing", false),
  ),
  "multi-gpu": measured(
    "yes, by NVLink: a GPU maps and reads the memory of another one over NVLink",
    HOST_HAS("gpu-samples/peers-mapped"),
    HOST_HAS("gpu-inventory/nvlink-peers"),
  ),
  "gpu-cluster": measured(
    "no, distributed: no NVLink domain, over which memory of another host could be mapped, spans two hosts",
    observesOfFleet("fleet/no-memory-shared-between-hosts"),
  ),
};

export const LINK_BANDWIDTH: Hosts = {
  "single-gpu": measured(
    "PCIe is the ceiling: copies reach at least half of the negotiated link's capacity, and never more than it",
    HOST_HAS("gpu-inventory/one-gpu"),
    ONE_GPU_FILLS_LINK,
  ),
  "multi-gpu": measured(
    "NVLink is the ceiling: copies between peers exceed what PCIe carries",
    HOST_HAS("gpu-inventory/nvlink-peers"),
    PEERS_EXCEED_PCIE,
  ),
  "gpu-cluster": measured(
    "InfiniBand is the ceiling: it carries at least half of the port's rate between two hosts, and never more than it",
    observesOfFleet("fleet/infiniband-carries"),
  ),
};

export const GPU_PHYSICAL_TOPOLOGY: Columns = {
  vm: measured(
    "direct access or passthrough: the guest's GPU has the UUID and PCI ids that it has on bare metal",
    observes("gpu-guest/same-gpu"),
  ),
  container: measured(
    "direct access: the host's GPU under the host's UUID, and its node with the host's numbers",
    observes("gpu-container/same-gpu"),
    observes("gpu-container/same-node"),
  ),
  sandbox: measured(
    "limited access: no device node in reach, and an adapter only through the host's process",
    observes("sandbox-view/no-device-without-preopen"),
    observes("webgpu/hardware-adapter"),
    observes("webgpu/no-device-file"),
  ),
};

export const GPU_LOGICAL_TOPOLOGY: Columns = {
  vm: measured(
    "an abstraction of the guest's own: its own kernel drives the GPU, by nodes of its own",
    observes("gpu-guest/own-driver"),
  ),
  container: measured(
    "a shared abstraction: the host's kernel and driver, and the host's node numbers",
    observes("gpu-container/same-driver"),
    observes("gpu-container/same-node"),
  ),
  sandbox: measured(
    "the runtime's abstraction, limited: its limits are the device's or lower, and it offers less",
    observes("webgpu/within-device-limits"),
    observes("webgpu/computes"),
  ),
};

const VGPU_GIVEN = measured(
  "a vGPU of a profile is present and given to a guest",
  observes("gpu-inventory/vgpu-given"),
);

const CONTAINERS_SHARE_GPU = measured(
  "two containers see one GPU under one UUID, and both compute at once",
  observes("gpu-container/same-gpu"),
  observes("gpu-container/two-compute"),
);

/** 有限: what the runtime's interface leaves out. */
const ONE_QUEUE = measured(
  "limited: a device has one queue, without streams of its own or priorities",
  observes("webgpu/one-queue"),
  observes("webgpu/computes"),
);

export const GPU_ALLOCATION: Columns = {
  vm: VGPU_GIVEN,
  container: CONTAINERS_SHARE_GPU,
  sandbox: measured(
    "calls of a GPU interface: a compute shader runs through it, and no device file is in reach",
    observes("webgpu/computes"),
    observes("webgpu/no-device-file"),
  ),
};

const VGPU_SCHEDULED = measured(
  "the hypervisor schedules: it names its policy for vGPUs, and busy ones share the GPU as it says",
  observes("gpu-inventory/vgpu-scheduled"),
);

const HOST_SCHEDULES = measured(
  "the host schedules: its driver lists a container's process, and of two containers each gets about half (0.35 to 0.65)",
  observes("gpu-container/in-host-list"),
  CONTAINERS_TAKE_TURNS,
);

export const GPU_SCHEDULING: Columns = {
  vm: VGPU_SCHEDULED,
  container: HOST_SCHEDULES,
  sandbox: measured(
    "limited: one queue without priorities, of a process that the host's driver lists",
    observes("webgpu/one-queue"),
    observes("webgpu/computes"),
    observes("webgpu/in-host-list"),
  ),
};

export const MULTI_GPU: Columns = {
  vm: measured(
    "a guest with two GPUs, passed through or vGPUs, computes on each",
    observes("gpu-guest/two-gpus"),
  ),
  container: measured(
    "a container sees the GPU that it was granted and no other, and the rest is refused",
    observes("gpu-container/subset-visible"),
    observes("gpu-container/ungranted-refused"),
  ),
  sandbox: measured(
    "limited: one adapter for a request, and no list of all",
    observes("webgpu/one-adapter"),
    observes("webgpu/computes"),
  ),
};

export const GPU_MEMORY: Columns = {
  vm: measured(
    "the guest's own driver accounts for what its processes take (what the host's tells of them is not asked)",
    observes("gpu-guest/own-driver"),
    observes("gpu-guest/own-accounting"),
  ),
  container: measured(
    "the host's driver accounts for what a container's process takes",
    observes("gpu-container/in-host-list"),
    observes("gpu-container/same-driver"),
  ),
  sandbox: measured(
    "limited: the largest buffer is smaller than the device's memory",
    observes("webgpu/limits-below-memory"),
    observes("webgpu/computes"),
  ),
};

export const CUDA: Columns = {
  vm: measured(
    "a CUDA program passes in the guest, on the guest's own driver",
    observes("gpu-guest/computes"),
    observes("gpu-guest/own-driver"),
  ),
  container: measured(
    "a CUDA program passes in the container, on the host's driver",
    observes("gpu-container/computes"),
    observes("gpu-container/same-driver"),
  ),
  sandbox: measured(
    "limited to the runtime's interface: no CUDA entry point can be imported, and WebGPU computes",
    observes("sandbox-view/gpu-import-refused"),
    observes("webgpu/computes"),
  ),
};

export const PARTITIONS_ISOLATE = measured(
  "hardware-level isolation by partitions: processors and memory are divided among MIG instances, and a process on one keeps its speed beside another (tried on the host; no guest is needed for it)",
  observes("gpu-inventory/partitioned"),
  PARTITION_KEEPS,
);

const BINDING_ISOLATES = measured(
  "logical isolation by binding alone: a GPU that was not granted is refused, yet two that were granted one contend for it",
  observes("gpu-container/ungranted-refused"),
  CONTAINERS_CONTEND,
);

export const GPU_ISOLATION: Columns = {
  vm: PARTITIONS_ISOLATE,
  container: BINDING_ISOLATES,
  sandbox: measured(
    "application-level isolation: refused by the API, in the runtime's process",
    observes("sandbox-view/gpu-import-refused"),
    observes("sandbox-view/no-device-without-preopen"),
    observes("sandbox-view/own-kernel", false),
  ),
};

export const GPU_CHANNEL: Columns = {
  vm: measured(
    "direct access or passthrough: the guest sees the PCIe link that bare metal sees",
    observes("gpu-guest/same-link"),
  ),
  container: measured(
    "direct access: the container sees the host's PCIe link",
    observes("gpu-container/same-link"),
    observes("gpu-container/same-node"),
  ),
  sandbox: measured(
    "indirect access: the interface tells nothing of a link, and the runtime's own process holds the device",
    observes("webgpu/no-link"),
    observes("webgpu/no-device-file"),
    observes("webgpu/runtime-opens-device"),
  ),
};

export const GPU_LOGICAL_CHANNEL: Columns = {
  vm: measured(
    "CUDA streams of the guest: copies and kernels overlap",
    observes("gpu-guest/streams-overlap"),
    observes("gpu-guest/own-driver"),
  ),
  container: measured(
    "CUDA streams of the host: copies and kernels overlap, on the host's driver",
    observes("gpu-container/streams-overlap"),
    observes("gpu-container/same-driver"),
  ),
  sandbox: ONE_QUEUE,
};

export const GPU_TRANSFER: Columns = {
  vm: measured(
    "copies between the guest's memory and the GPU, by the guest's own driver",
    observes("gpu-guest/copies"),
    observes("gpu-guest/own-driver"),
  ),
  container: measured(
    "copies between host and GPU from the container, by the host's driver",
    observes("gpu-container/copies"),
    observes("gpu-container/same-driver"),
  ),
  sandbox: measured(
    "limited: buffers that are copied or mapped, and no memory shared with the device",
    observes("webgpu/buffers-only"),
    observes("webgpu/computes"),
  ),
};

export const GPU_QUEUE: Columns = {
  vm: measured(
    "command queues of the guest: kernels of several run at once",
    observes("gpu-guest/kernels-overlap"),
    observes("gpu-guest/own-driver"),
  ),
  container: measured(
    "command queues of the host: kernels of several run at once, on the host's driver",
    observes("gpu-container/kernels-overlap"),
    observes("gpu-container/same-driver"),
  ),
  sandbox: ONE_QUEUE,
};

export const GPU_DEVICE: Devices = {
  physical: measured(
    "the hardware itself: a PCI device that NVIDIA's driver drives as a whole, on bare metal",
    observesPhysical("gpu-inventory/physical-gpu"),
  ),
  virtual: VGPU_GIVEN,
  logical: measured(
    "the operating system's abstraction: the host's kernel and driver, by the host's node numbers",
    observes("gpu-container/same-driver"),
    observes("gpu-container/same-node"),
  ),
};

export const GPU_DEVICE_ISOLATION: Devices = {
  physical: measured(
    "a process on the bare GPU keeps its speed beside another",
    observesPhysical("gpu-inventory/physical-gpu"),
    BARE_KEEPS,
  ),
  virtual: PARTITIONS_ISOLATE,
  logical: BINDING_ISOLATES,
};

export const GPU_ACCESS: Devices = {
  physical: measured(
    "direct access: a native process computes on it, by the driver's list alone there",
    observesPhysical("gpu-inventory/physical-gpu"),
    observesPhysical("gpu-samples/alone"),
    observesPhysical("gpu-samples/computes"),
  ),
  virtual: VGPU_SCHEDULED,
  logical: HOST_SCHEDULES,
};

export const GPU_SHARING: Devices = {
  physical: measured(
    "not supported: refuted by two processes that compute on the bare GPU at once",
    refutedBy("gpu-samples/two-processes-compute"),
  ),
  virtual: measured(
    "two partitions or vGPUs of one GPU compute at once",
    observes("gpu-partitions/two-compute"),
  ),
  logical: CONTAINERS_SHARE_GPU,
};

export const GPU_STACK_LEVELS: Columns = {
  vm: measured(
    "two levels: a hypervisor and the guest's kernel, which drives the GPU",
    observes("gpu-guest/two-levels"),
    observes("gpu-guest/own-driver"),
  ),
  container: measured(
    "one level: the host's kernel and driver alone",
    observes("gpu-container/same-driver"),
    observes("gpu-container/computes"),
  ),
  sandbox: measured(
    "application level and one level: the runtime's own process holds the GPU's nodes, of one kernel",
    observes("webgpu/hardware-adapter"),
    observes("webgpu/runtime-opens-device"),
  ),
};

export const GPU_WAYS_IN: Columns = {
  vm: measured(
    "a vGPU or a GPU passed through: the guest has one, and computes on it",
    observes("gpu-guest/has-gpu"),
    observes("gpu-guest/computes"),
  ),
  container: measured(
    "device binding: the host's node in the container, which computes",
    observes("gpu-container/same-node"),
    observes("gpu-container/computes"),
  ),
  sandbox: measured(
    "a GPU interface, limited: a shader computes through it, without a device file and without a list of adapters",
    observes("webgpu/computes"),
    observes("webgpu/no-device-file"),
    observes("webgpu/one-adapter"),
  ),
};
