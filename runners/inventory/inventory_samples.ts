/**
 * What `inventory.sh` prints of machines that tests know, written by hand.
 *
 * @module
 */

/** What the script prints for the lines of these sections. */
export function printed(sections: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(sections).flatMap(([name, lines]) => [`== ${name}`, ...lines]);
  return [...lines, "== end", ""].join("\n");
}

/** GNU's line of a link, and below it busybox's. */
export function link(path: string, target: string): string {
  return `lrwxrwxrwx 1 0 0 0 Nov 23 03:06 ./${path} -> ${target}`;
}

function padded(path: string, target: string): string {
  return `lrwxrwxrwx    1 0        0                0 Jan  1  2019 ./${path} -> ${target}`;
}

/** The lines of a device's attributes. */
export function attributes(device: string, texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).map(([name, text]) => `./${device}/${name}:${text}`);
}

const GPU = "pci0000:15/0000:15:01.0/0000:16:00.0/0000:17:02.0/0000:18:00.0";
const NIC = "pci0000:a0/0000:a0:03.0/0000:a1:00";

/** A server of two sockets: a GPU behind a switch, an NVMe disk, a NIC with a virtual function. */
export const SERVER = printed({
  system: [
    "./proc/sys/kernel/osrelease:6.8.0-45-generic",
    "./proc/sys/kernel/random/boot_id:0c7b9a1e-4d6c-4c12-8a57-0a6bf5f7a3d1",
    './etc/os-release:PRETTY_NAME="Ubuntu 24.04.1 LTS"',
    "./sys/devices/system/cpu/online:0-111,224",
  ],
  devices: [
    link("pci/devices/0000:15:01.0", "../../../devices/pci0000:15/0000:15:01.0"),
    link("pci/devices/0000:15:01.0/driver", "../../../../bus/pci/drivers/pcieport"),
    link("pci/devices/0000:18:00.0", `../../../devices/${GPU}`),
    padded("pci/devices/0000:18:00.0/driver", "../../../../../../bus/pci/drivers/nvidia"),
    link("pci/devices/0000:a1:00.0", `../../../devices/${NIC}.0`),
    link("pci/devices/0000:a1:00.0/driver", "../../../../bus/pci/drivers/mlx5_core"),
    link("pci/devices/0000:a1:00.1", `../../../devices/${NIC}.1`),
    link("pci/devices/0000:c1:00.0", "../../../devices/pci0000:c0/0000:c0:01.1/0000:c1:00.0"),
    link("pci/devices/0000:c1:00.0/driver", "../../../../bus/pci/drivers/nvme"),
    link(
      "pci_express/devices/0000:c0:01.1:pcie004",
      "../../../devices/pci0000:c0/0000:c0:01.1/0000:c0:01.1:pcie004",
    ),
    link(
      "pci_express/devices/0000:c0:01.1:pcie004/driver",
      "../../../../../bus/pci_express/drivers/pciehp",
    ),
  ],
  pci: [
    ...attributes("0000:15:01.0", { class: "0x060400", vendor: "0x8086", device: "0x352a" }),
    ...attributes("0000:18:00.0", {
      class: "0x030200",
      vendor: "0x10de",
      device: "0x2330",
      subsystem_vendor: "0x10de",
      subsystem_device: "0x16C1",
      current_link_speed: "2.5 GT/s PCIe",
      current_link_width: "16",
      max_link_speed: "32.0 GT/s PCIe",
      max_link_width: "16",
      sriov_totalvfs: "16",
      sriov_numvfs: "0",
      numa_node: "0",
      removable: "fixed",
      ari_enabled: "1",
    }),
    ...attributes("0000:a1:00.0", { class: "0x020000", vendor: "0x15b3", numa_node: "-1" }),
    ...attributes("0000:a1:00.1", {
      class: "0x020000",
      current_link_speed: "Unknown",
      current_link_width: "0",
    }),
    ...attributes("0000:c1:00.0", { class: "0x010802", max_link_speed: "16.0 GT/s PCIe" }),
  ],
  "pci-links": [
    link("0000:18:00.0/iommu_group", "../../../../../../kernel/iommu_groups/31"),
    link("0000:a1:00.1/iommu_group", "../../../../kernel/iommu_groups/112"),
    link("0000:a1:00.1/physfn", "../0000:a1:00.0"),
  ],
  slots: ["./4/address:0000:18:00", "./5-1/address:0000:c1:00", "./5-1/power:1"],
  usb: [],
  block: [
    ...attributes("nvme0n1", {
      dev: "259:0",
      size: "7501476528",
      ro: "0",
      "queue/rotational": "0",
      "device/model": "SAMSUNG MZQL23T8HCLS-00A07              ",
      "device/serial": "S64HNE0T600001",
    }),
    ...attributes("nvme0n1p1", { dev: "259:1", size: "2048", partition: "1" }),
    ...attributes("sda", {
      dev: "8:0",
      size: "1",
      "queue/rotational": "1",
      "device/model": "A: B",
    }),
  ],
  "block-links": [
    link("nvme0n1", "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1"),
    link("nvme0n1p1", "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1"),
    link("sda", "../../devices/platform/host9/session1/target9:0:0/9:0:0:1/block/sda"),
    link("dm-0", "../../devices/virtual/block/dm-0"),
    link("dm-0/slaves/sda", "../../../../platform/host9/session1/target9:0:0/9:0:0:1/block/sda"),
  ],
  nvme: ["./nvme0/transport:pcie"],
  "nvme-links": [
    "drwxr-xr-x 9 0 0 0 Nov 23 03:06 ./nvme-subsys0/nvme0n1",
    link(
      "nvme-subsys0/nvme0",
      "../../../pci0000:c0/0000:c0:01.1/0000:c1:00.0/nvme/nvme0",
    ),
  ],
  "scsi-hosts": ["./host9/proc_name:iscsi_tcp"],
  net: [
    ...attributes("ens1np0", { speed: "200000", duplex: "full", operstate: "up", carrier: "1" }),
    ...attributes("br0", { speed: "4294967295", operstate: "down", type: "1" }),
    "./br0/uevent:DEVTYPE=bridge",
    "./br0/uevent:INTERFACE=br0",
  ],
  "net-links": [
    "-rw-r--r-- 1 0 0 4096 Nov 23 03:06 ./bonding_masters",
    link("br0", "../../devices/virtual/net/br0"),
    link("br0/lower_ens1np0", `../../../${NIC}.0/net/ens1np0`),
    link("ens1np0", `../../devices/${NIC}.0/net/ens1np0`),
    link("ens1np0/device", "../../../0000:a1:00.0"),
  ],
  infiniband: [
    "./mlx5_0/ports/1/rate:400 Gb/sec (4X NDR)",
    "./mlx5_0/ports/1/state:4: ACTIVE",
    "./mlx5_0/ports/1/link_layer:InfiniBand",
    "./mlx5_1/ports/2/state:1: DOWN",
  ],
  iommu: [link("dmar0", "../../devices/virtual/iommu/dmar0")],
  "iommu-groups": [link("112/devices/0000:a1:00.1", "../../../../devices/x"), link("9/x/y", "z")],
  "iommu-types": ["./112/type:DMA-FQ"],
  interrupts: [
    "./interrupts:            CPU0       CPU3       ",
    "./interrupts:   0:         42          0  IR-IO-APIC    2-edge      timer",
    "./interrupts:  16:          0          7  IR-IO-APIC   16-fasteoi   ehci_hcd:usb1, i801_smbus",
    "./interrupts:4095:          1          1  IR-PCI-MSIX-0000:c1:00.0  1-edge      nvme0q1",
    "./interrupts: NMI:          0          0   Non-maskable interrupts",
    "./interrupts: ERR:          0",
  ],
  affinity: ["./16/smp_affinity_list:0-1,3", "./16/effective_affinity_list:3"],
  tables: [
    "./devices:Character devices:",
    "./devices:  1 mem",
    "./devices:195 nvidia-frontend",
    "./devices:",
    "./devices:Block devices:",
    "./devices:259 blkext",
    "./mounts:filer:/export /srv/two\\040words nfs4 rw 0 0",
    "./mounts:/dev/sda / ext4 rw 0 0",
    "./net/arp:IP address       HW type     Flags       HW address            Mask     Device",
    "./net/arp:10.0.0.1         0x1         0x2         aa:bb:cc:00:11:22     *        ens1np0",
    "./net/arp:10.0.0.9         0x1         0x0         00:00:00:00:00:00     *        ens1np0",
  ],
  nodes: [
    "brw-rw---- 1 0 6 259,   0 Nov 23 03:06 ./nvme0n1",
    "crw-rw-rw-    1 0        0         195, 255 Nov 23  2025 ./nvidiactl",
    link("disk/by-id/nvme-X", "../../nvme0n1"),
  ],
});
