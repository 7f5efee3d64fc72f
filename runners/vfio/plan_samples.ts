/**
 * What `plan_facts.sh` prints of a host that tests know, written by hand.
 *
 * @module
 */
import { FactText } from "./plan_text.ts";
import { parsePlanFacts, type PlanFacts } from "./plan_facts.ts";

/** A section's lines by its name; those of a change replace or extend a host's. */
export type Sections = Readonly<Record<string, readonly string[]>>;

function link(path: string, target: string): string {
  return `lrwxrwxrwx 1 0 0 0 Nov 23 06:33 ./${path} -> ${target}`;
}

/** The lines of a function, by section. */
export function pciFunction(address: string, name: string, group: number, driver = ""): Sections {
  const value = (attribute: string, text: string) => `./${address}/${attribute}\t${text}`;
  return {
    pci: [
      value("class", `0x${name}`),
      value("vendor", "0x1b36"),
      value("device", "0x0010"),
      value("subsystem_vendor", "0x1af4"),
      value("subsystem_device", "0x1100"),
      value("driver_override", "(null)"),
      value("reset_method", "flr bus"),
    ],
    "pci-links": [
      link(`${address}/iommu_group`, `../../../kernel/iommu_groups/${group}`),
      ...(driver === "" ? [] : [link(`${address}/driver`, `../../../bus/pci/drivers/${driver}`)]),
    ],
    "pci-present": [`./${address}\tfunction`],
    groups: [link(`${group}/devices/${address}`, `../../../../devices/pci0000:00/${address}`)],
  };
}

/** An NVMe disk, a card with two ports in one group below a bridge, and a GPU beside the board's. */
export const HOST: Sections = joined(
  {
    system: [
      "./uid\t0",
      "./self\t156",
      "./vfio-pci\tavailable",
      "./vfio_iommu_type1\tloaded",
      "./namespace\t4026531836",
      "./cpuinfo\tvendor_id\t: GenuineIntel",
    ],
    mounts: ["./1/mountinfo\t24 1 254:1 / / rw - ext4 /dev/vda1 rw"],
    swaps: ["./swaps\tFilename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"],
    open: ["1:3 21b6 ./156/fd/9", "1:3 21b6 ./812/fd/0"],
    processes: ["./812/comm\tpostgres", "./156/comm\tbash"],
    addresses: ["./listed\tyes"],
    network: ["./eth0/flags\t0x1002", "./eth1/flags\t0x1002"],
    "network-links": [
      link("eth0", "../../devices/pci0000:00/0000:05:01.0/net/eth0"),
      link("eth1", "../../devices/pci0000:00/0000:05:02.0/net/eth1"),
    ],
    nodes: ["./0000:02:00.0/nvme/nvme1/dev\t245:1", "./0000:02:00.0/nvme/nvme1/nvme1n1/dev\t259:0"],
    nvme: ["./nvme1/serial\tLABPLAIN      "],
    "nvme-links": [link("nvme1", "../../devices/pci0000:00/0000:02:00.0/nvme/nvme1")],
    "nvme-subsystems": [
      link("nvme-subsys1/nvme1", "../../../pci0000:00/0000:02:00.0/nvme/nvme1"),
    ],
    block: ["./nvme1n1/dev\t259:0", "./nvme1n1p1/dev\t259:1"],
    "block-links": [
      link("nvme1n1", "../../devices/pci0000:00/0000:02:00.0/nvme/nvme1/nvme1n1"),
      link("nvme1n1p1", "../../devices/pci0000:00/0000:02:00.0/nvme/nvme1/nvme1n1/nvme1n1p1"),
    ],
    nvidia: ["./0000:65:00.0/information\tDevice Minor: \t 0"],
  },
  pciFunction("0000:02:00.0", "010802", 8, "nvme"),
  pciFunction("0000:04:00.0", "060400", 10, "pcieport"),
  pciFunction("0000:05:01.0", "020000", 10, "e1000"),
  pciFunction("0000:05:02.0", "020000", 10, "e1000"),
  pciFunction("0000:65:00.0", "030000", 11, "nvidia"),
  pciFunction("0000:03:00.0", "030000", 12, "ast"),
);

/** All lines of all of them, section by section. */
export function joined(...all: readonly Sections[]): Sections {
  const names = new Set(all.flatMap((sections) => Object.keys(sections)));
  return Object.fromEntries(
    [...names].map((name) => [name, all.flatMap((sections) => sections[name] ?? [])]),
  );
}

/** The host with lines put before its own: the first line of a file counts. */
export function changed(change: Sections): string {
  return printed(joined(change, HOST));
}

/** The host with these sections instead of its own. */
export function replaced(change: Sections): string {
  return printed({ ...HOST, ...change });
}

export function printed(sections: Sections): string {
  const lines = Object.entries(sections).flatMap(([name, lines]) => [`== ${name}`, ...lines]);
  return [...lines, "== end", ""].join("\n");
}

export function factsOf(text: string): PlanFacts {
  return parsePlanFacts(new FactText(text));
}

export { link as listedLink };
