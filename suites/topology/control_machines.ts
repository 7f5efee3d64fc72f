/**
 * Two made-up machines whose inventory is known beforehand: on one every statement is true, on the
 * other none is. Both are read by the same script as the host, and asked the same questions.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import { type Inventory, readInventory } from "../../runners/inventory/inventory.ts";
import { plantingScript, type Tree } from "../../runners/inventory/inventory_tree.ts";

const PORT = "pci0000:00/0000:00:01.0";
const INTERRUPTS =
  "       CPU0 CPU1\n 24:  5  0 PCI-MSI 1-edge ahci\n 25:  0  6 PCI-MSI 2-edge eth9";
const NEIGHBOURS = "IP address HW type Flags HW address Mask Device\n" +
  "192.0.2.9 0x1 0x2 02:00:00:00:00:09 * eth9";

/** A function with a link, and where the bus finds it. */
function pci(path: string, speed: string, texts: Readonly<Record<string, string>>): Tree {
  const rates = {
    current_link_speed: speed,
    current_link_width: "16",
    max_link_speed: speed,
    max_link_width: "16",
  };
  const files = Object.entries({ ...texts, ...rates }).map(([name, text]) => [
    `sys/devices/${path}/${name}`,
    text,
  ]);
  const address = path.slice(path.lastIndexOf("/") + 1);
  return {
    files: Object.fromEntries(files),
    links: { [`sys/bus/pci/devices/${address}`]: `../../../devices/${path}` },
  };
}

/** A device below a folder of `/sys/devices`, listed by a bus or a class under its own name. */
function device(list: string, path: string, texts: Readonly<Record<string, string>>): Tree {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const up = list.split("/").map(() => "..").join("/").slice(3);
  return {
    files: Object.fromEntries(
      Object.entries(texts).map(([file, text]) => [`sys/devices/${path}/${file}`, text]),
    ),
    links: { [`${list}/${name}`]: `${up}/devices/${path}` },
  };
}

function together(...trees: readonly Tree[]): Tree {
  return {
    files: Object.assign({}, ...trees.map(({ files }) => files)),
    links: Object.assign({}, ...trees.map(({ links }) => links)),
  };
}

function routed(processors: readonly [string, string]): Tree {
  const files: Record<string, string> = {
    "sys/devices/system/cpu/online": "0-1",
    "proc/interrupts": INTERRUPTS,
  };
  for (const [index, processor] of processors.entries()) {
    files[`proc/irq/${24 + index}/smp_affinity_list`] = "0-1";
    files[`proc/irq/${24 + index}/effective_affinity_list`] = processor;
  }
  return { files, links: {} };
}

/** One device on one port at 31.5 GB/s, a USB tree at 20 Gbit/s, an ATA disk, fast ports. */
export const ALL_TRUE: Tree = together(
  pci(PORT, "16.0 GT/s PCIe", { class: "0x060400" }),
  pci(`${PORT}/0000:01:00.0`, "16.0 GT/s PCIe", { class: "0x020000" }),
  device("sys/bus/usb/devices", `${PORT}/usb9`, { speed: "20000", bDeviceClass: "09" }),
  device("sys/bus/usb/devices", `${PORT}/usb9/9-1`, { speed: "5000" }),
  device("sys/class/block", "pci0000:00/ata1/host0/target0:0:0/0:0:0:0/block/sda", { size: "8" }),
  device("sys/class/net", `${PORT}/0000:01:00.0/net/eth9`, {
    speed: "200000",
    carrier: "1",
    operstate: "up",
  }),
  {
    files: {
      "proc/net/arp": NEIGHBOURS,
      "sys/class/infiniband/mlx9_0/ports/1/rate": "200 Gb/sec (4X HDR)",
      "sys/class/infiniband/mlx9_0/ports/1/state": "4: ACTIVE",
    },
    links: { [`sys/devices/${PORT}/0000:01:00.0/net/eth9/device`]: "../../../0000:01:00.0" },
  },
  routed(["0", "1"]),
);

/** Two devices on one port at 63 GB/s, a USB device outside of the tree, a hypervisor's disk. */
export const NONE_TRUE: Tree = together(
  pci(PORT, "32.0 GT/s PCIe", { class: "0x060400" }),
  pci(`${PORT}/0000:01:00.0`, "32.0 GT/s PCIe", { class: "0x020000" }),
  pci(`${PORT}/0000:01:01.0`, "32.0 GT/s PCIe", { class: "0x020000" }),
  device("sys/bus/usb/devices", `${PORT}/usb9`, { speed: "480", bDeviceClass: "09" }),
  device("sys/bus/usb/devices", `${PORT}/9-1`, { speed: "480" }),
  device("sys/class/block", "pci0000:00/virtio9/block/vda", { size: "8" }),
  device("sys/class/net", `${PORT}/0000:01:00.0/net/eth9`, {
    speed: "10000",
    carrier: "0",
    operstate: "down",
  }),
  {
    files: {
      "sys/class/infiniband/mlx9_0/ports/1/rate": "100 Gb/sec (4X EDR)",
      "sys/class/infiniband/mlx9_0/ports/1/state": "4: ACTIVE",
    },
    links: { [`sys/devices/${PORT}/0000:01:00.0/net/eth9/device`]: "../../../0000:01:00.0" },
  },
  routed(["0", "0"]),
);

/** What the script reads on the two machines, and in a folder without sysfs and procfs. */
export interface ControlMachines {
  readonly allTrue: Inventory;
  readonly noneTrue: Inventory;
  readonly empty: Inventory;
}

/**
 * Makes the machines below temporary folders and takes their inventories.
 *
 * @throws {Problem} where one cannot be made or read
 */
export async function readControlMachines(host: Host): Promise<ControlMachines> {
  const read = async (tree: Tree | null) => {
    const folder = await host.temporaryFolder();
    if (tree !== null) await plant(host, tree, folder);
    return (await readInventory(host, folder)).inventory;
  };
  return {
    allTrue: await read(ALL_TRUE),
    noneTrue: await read(NONE_TRUE),
    empty: await read(null),
  };
}

async function plant(host: Host, tree: Tree, folder: string): Promise<void> {
  const argv = ["bash", "-c", plantingScript(tree), "plant", folder] as const;
  const { ended, status, stderr } = await host.run({ argv, timeoutSeconds: 30 });
  if (status === 0) return;
  throw new Problem({
    action: "make a tree of files for the controls of the inventory",
    condition: `the script ended with status ${status} (${ended})`,
    seen: stderr,
    cure: "Check that the folder for temporary files is writable and has free space.",
  });
}
