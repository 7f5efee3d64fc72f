/**
 * The rules of the 32 facts.
 *
 * @module
 */
import { DIRECT_LOW_OVERHEAD, STORAGE } from "./performance.ts";
import { awaiting, type Rule } from "./rule.ts";

/** The rules of the facts, by id. */
export const FACT_RULES: Readonly<Record<string, Rule>> = {
  "02.1.1/fact/memory-hierarchy": awaiting("gpu-compute"),
  "02.1.1/fact/shared-memory-scope": awaiting("gpu-compute"),
  "02.1.2/fact/gpu-link": awaiting("host-inventory"),
  "02.1.2/fact/global-memory-size": awaiting("host-inventory"),
  "02.1.2/fact/shared-memory-size": awaiting("gpu-compute"),
  "02.1.2/fact/registers": awaiting("gpu-compute"),
  "02.1.2/fact/sm-count": awaiting("gpu-compute"),
  "02.2.1/fact/device-node": awaiting("host-inventory"),
  "02.2.2/fact/control-node": awaiting("host-inventory"),
  "02.2.1/fact/cuda-properties": awaiting("gpu-compute"),
  "03.1.1/fact/usb-shared-bandwidth": awaiting("host-inventory", "guest-view"),
  "03.2.1/fact/nic-device-node": awaiting("host-inventory"),
  "03.2.2/fact/sysfs-procfs": awaiting("host-inventory"),
  "04.1.1/fact/opencl": awaiting("gpu-compute"),
  "04.2.1/fact/exclusive": awaiting("contention"),
  "04.2.1/fact/time-slicing": awaiting("contention"),
  "04.2.1/fact/partitioning": awaiting("contention"),
  "05.1.1/fact/direct-access": DIRECT_LOW_OVERHEAD,
  "05.2.1/fact/virtio-faster": {
    kind: "faster",
    experiment: "storage",
    arm: "vm-virtio",
    than: ["vm-nvme", "vm-ahci"],
    workloads: STORAGE,
    reading: "virtio-blk beats emulated NVMe and emulated AHCI on every workload",
  },
  "05.3.1/fact/sr-iov-vfs": awaiting("passthrough"),
  "05.3.1/fact/passthrough-exclusive": awaiting("passthrough"),
  "05.3.1/fact/passthrough-bypass": awaiting("passthrough", "device-path"),
  "06.1.1/fact/pcie-bandwidth": awaiting("host-inventory", "gpu-transfer"),
  "06.1.2/fact/pcie-latency": awaiting("gpu-latency"),
  "06.1.1/fact/nvlink-bandwidth": awaiting("gpu-transfer"),
  "06.1.1/fact/infiniband-bandwidth": awaiting("host-inventory", "network"),
  "06.2.1/fact/cuda-streams": awaiting("gpu-compute"),
  "06.2.1/fact/memory-paths": awaiting("gpu-transfer"),
  "07.2.1/fact/interrupts": awaiting("host-inventory"),
  "07.2.1/fact/dma": awaiting("gpu-transfer"),
  "08.2.1/fact/mig": awaiting("contention"),
  "09.2.1/fact/virtio-nic-disk": awaiting("guest-view"),
};
