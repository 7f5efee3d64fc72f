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
  performance,
  STACK_OVERHEAD,
  STORAGE,
  THROUGHPUT,
  VM_MEDIUM,
} from "./performance.ts";
import { awaiting, EDITORIAL, type Rule } from "./rule.ts";

/** A rule for every column of a row, or one rule for each column. */
export type RowRules = Rule | Readonly<Record<string, Rule>>;

/** The rules of the matrices, in the document's order. */
export const CELL_RULES: Readonly<Record<string, RowRules>> = {
  "02.1.2/gpu-count": awaiting("host-inventory"),
  "02.1.2/interconnect": awaiting("host-inventory"),
  "02.1.2/unified-memory": awaiting("gpu-transfer"),
  "02.1.2/link-bandwidth": awaiting("host-inventory", "gpu-transfer"),
  "02.1.2/typical-use": EDITORIAL,
  "02.3.2/physical-topology": {
    vm: awaiting("passthrough"),
    container: awaiting("host-inventory", "container-view"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "02.3.2/logical-topology": {
    vm: awaiting("guest-view", "passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("webgpu"),
  },
  "02.3.2/abstraction": {
    vm: awaiting("guest-view"),
    container: awaiting("gpu-compute"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "02.3.2/scheduling": awaiting("contention"),
  "02.3.2/multi-gpu": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("webgpu"),
  },
  "02.3.2/memory-management": awaiting("gpu-compute"),
  "02.3.2/cuda": {
    vm: awaiting("gpu-compute"),
    container: awaiting("gpu-compute"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "03.1.2/connection": awaiting("host-inventory"),
  "03.1.2/bandwidth": {
    pcie: awaiting("host-inventory"),
    usb: awaiting("host-inventory"),
    storage: awaiting("host-inventory", "storage"),
    network: awaiting("host-inventory"),
  },
  "03.1.2/latency": awaiting("host-inventory", "network"),
  "03.1.2/hotplug": awaiting("host-inventory", "guest-view"),
  "03.1.2/typical-use": EDITORIAL,
  "03.3.2/physical-topology": {
    vm: awaiting("guest-view", "passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "03.3.2/logical-topology": {
    vm: awaiting("guest-view"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "03.3.2/abstraction": {
    vm: awaiting("guest-view"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "03.3.2/driver": {
    vm: awaiting("guest-view"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "03.3.2/passthrough": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "03.3.2/io-performance": IO_PERFORMANCE,
  "03.3.2/device-isolation": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "04.3.1/compute-mode": {
    vm: awaiting("gpu-compute"),
    container: awaiting("gpu-compute"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "04.3.1/scheduling": awaiting("contention"),
  "04.3.1/allocation": {
    vm: awaiting("guest-view"),
    container: awaiting("gpu-compute"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "04.3.1/memory-management": awaiting("gpu-compute"),
  "04.3.1/multi-gpu": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("webgpu"),
  },
  "04.3.1/gpu-performance": awaiting("gpu-transfer", "gpu-compute"),
  "04.3.1/gpu-isolation": {
    vm: awaiting("contention"),
    container: awaiting("container-view", "contention"),
    sandbox: awaiting("sandbox-view"),
  },
  "05.4.1/abstraction": {
    direct: awaiting("host-inventory", "container-view"),
    virtualized: awaiting("guest-view"),
    passthrough: awaiting("passthrough"),
  },
  "05.4.1/access-path": {
    direct: awaiting("device-path"),
    virtualized: awaiting("device-path"),
    passthrough: awaiting("device-path", "passthrough"),
  },
  "05.4.1/overhead": {
    direct: DIRECT_LOW_OVERHEAD,
    virtualized: performance({
      experiment: "storage",
      arm: "vm-virtio",
      band: "medium",
      workloads: STORAGE,
      reading:
        "medium overhead is the medium band: fio in a guest on virtio-blk, on every workload",
    }),
    passthrough: awaiting("passthrough"),
  },
  "05.4.1/device-isolation": {
    direct: awaiting("container-view"),
    virtualized: awaiting("guest-view"),
    passthrough: awaiting("passthrough"),
  },
  "05.4.1/sharing": {
    direct: awaiting("container-view"),
    virtualized: awaiting("guest-view"),
    passthrough: awaiting("passthrough"),
  },
  "05.4.1/exclusivity": {
    direct: awaiting("container-view"),
    virtualized: awaiting("guest-view"),
    passthrough: awaiting("passthrough"),
  },
  "05.4.1/typical-use": EDITORIAL,
  "06.3.2/physical-channel": awaiting("host-inventory", "gpu-transfer"),
  "06.3.2/logical-channel": awaiting("gpu-compute"),
  "06.3.2/memory-transfer": awaiting("gpu-transfer"),
  "06.3.2/command-queue": awaiting("gpu-compute"),
  "08.4.1/abstraction-level": awaiting("host-inventory", "guest-view", "container-view"),
  "08.4.1/resource-isolation": awaiting("contention"),
  "08.4.1/gpu-access": awaiting("host-inventory", "guest-view", "container-view"),
  "08.4.1/gpu-performance": awaiting("gpu-transfer", "gpu-compute"),
  "08.4.1/gpu-sharing": awaiting("gpu-compute"),
  "08.4.1/typical-use": EDITORIAL,
  "09.4.1/abstraction-level": {
    physical: awaiting("host-inventory"),
    virtual: awaiting("guest-view"),
    logical: awaiting("container-view"),
  },
  "09.4.1/resource-isolation": {
    physical: awaiting("host-inventory"),
    virtual: awaiting("guest-view"),
    logical: awaiting("container-view"),
  },
  "09.4.1/io-access": awaiting("device-path"),
  "09.4.1/io-performance": {
    physical: performance({
      experiment: "storage",
      arm: "native-again",
      band: "high",
      workloads: THROUGHPUT,
      reading:
        "the physical device is the reference itself: natively, on bare metal, a second native run reaches the high band of the first",
      needsBareMetal: true,
    }),
    virtual: VM_MEDIUM,
    logical: CONTAINER_HIGH,
  },
  "09.4.1/sharing": {
    physical: awaiting("device-path"),
    virtual: awaiting("guest-view"),
    logical: awaiting("container-view"),
  },
  "09.4.1/typical-use": EDITORIAL,
  "10.3.1/gpu-stack-levels": awaiting("device-path", "gpu-compute"),
  "10.3.1/io-stack-levels": awaiting("device-path"),
  "10.3.1/driver-levels": awaiting("device-path"),
  "10.3.1/overhead": STACK_OVERHEAD,
  "10.3.1/device-isolation": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "11.1/abstraction-level": {
    vm: awaiting("guest-view"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "11.1/resource-abstraction": {
    vm: awaiting("guest-view"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "11.1/management-levels": awaiting("device-path"),
  "11.1/isolation-mechanism": awaiting("escape-battery"),
  "11.2/gpu-access": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view", "gpu-compute"),
    sandbox: awaiting("sandbox-view", "webgpu"),
  },
  "11.2/io-access": {
    vm: awaiting("guest-view"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "11.2/resource-isolation": awaiting("escape-battery"),
  "11.2/overhead": STACK_OVERHEAD,
  "11.3/gpu-performance": awaiting("gpu-transfer", "gpu-compute"),
  "11.3/io-performance": IO_PERFORMANCE,
  "11.3/passthrough-performance": {
    vm: awaiting("passthrough"),
    container: awaiting("container-view"),
    sandbox: awaiting("sandbox-view"),
  },
  "11.3/latency": MIXED_LATENCY,
  "11.4/isolation-strength": awaiting("escape-battery"),
  "11.4/device-security": awaiting("escape-battery"),
  "11.4/attack-surface": awaiting("attack-surface"),
};
