/**
 * The rules of the 32 facts.
 *
 * @module
 */
import { GPU_FACTS } from "./gpu_facts.ts";
import { DIRECT_LOW_OVERHEAD, STORAGE } from "./performance.ts";
import { measured, observes, observesPhysical, type Rule } from "./rule.ts";

/** The rules of the facts, by id. */
export const FACT_RULES: Readonly<Record<string, Rule>> = {
  ...GPU_FACTS,
  "03.1.1/fact/usb-shared-bandwidth": measured(
    "a tree, hot plug, and a bandwidth that devices on one bus share",
    observesPhysical("host-inventory/usb-tree"),
    observes("guest-view/hotplug-usb"),
    observesPhysical("host-inventory/usb-shared-bandwidth"),
  ),
  "03.2.1/fact/nic-device-node": measured(
    "a network device has a node in /dev, as a disk has",
    observes("host-inventory/nic-device-node"),
  ),
  "03.2.2/fact/sysfs-procfs": measured(
    "both sysfs and procfs show the state of devices",
    observes("host-inventory/sysfs-procfs"),
  ),
  "05.1.1/fact/direct-access": DIRECT_LOW_OVERHEAD,
  "05.2.1/fact/virtio-faster": measured(
    "virtio-blk beats emulated NVMe and emulated AHCI on every workload",
    {
      kind: "faster",
      experiment: "storage",
      arm: "vm-virtio",
      than: ["vm-nvme", "vm-ahci"],
      workloads: STORAGE,
    },
  ),
  "05.3.1/fact/sr-iov-vfs": measured(
    "one physical function offers several virtual functions, which two guests have at once",
    observes("passthrough/virtual-functions"),
    observes("passthrough/functions-shared"),
  ),
  "05.3.1/fact/passthrough-exclusive": measured(
    "full access: the device itself, driven by the guest; hardware isolation: an IOMMU group of its own and DMA remapping; exclusive: lost to the host and refused to a second guest",
    observes("passthrough/same-device"),
    observes("passthrough/guest-driver"),
    observes("passthrough/group-isolated"),
    observes("passthrough/dma-remapped"),
    observes("passthrough/host-lost"),
    observes("passthrough/one-alone"),
  ),
  "05.3.1/fact/passthrough-bypass": measured(
    "the guest's own driver reads the device, while QEMU's counters stay flat",
    observes("passthrough/guest-driver"),
    observes("passthrough/bypasses-hypervisor"),
  ),
  "06.1.1/fact/infiniband-bandwidth": measured(
    "an InfiniBand port of 200 Gbit/s or more",
    observesPhysical("host-inventory/infiniband-200-gbit/s"),
  ),
  "07.2.1/fact/interrupts": measured(
    "routed and balanced: the host's interrupts go to several processors; pinned: in a guest, one goes where it is told to",
    observes("host-inventory/interrupts-spread"),
    observes("guest-view/interrupts-pinned"),
  ),
  "09.2.1/fact/virtio-nic-disk": measured(
    "the guest's network device is virtio's or emulated, its disk is virtio's or an image file",
    observes("guest-view/vnic"),
    observes("guest-view/vdisk"),
  ),
};
