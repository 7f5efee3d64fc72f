/**
 * Generated trees of sysfs and procfs, for tests, benchmarks and controls of the inventory.
 *
 * @module
 */
import { dirname } from "node:path";

/** Files and symbolic links by path, below the folder that stands for the root. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
}

const FUNCTIONS_PER_PORT = 16;
const PORTS_PER_ROOT = 8;

/** Writes a tree below `folder`. */
export async function plantTree(folder: string, { files, links }: Tree): Promise<void> {
  const folders = new Set(
    [...Object.keys(files), ...Object.keys(links)].map((path) => dirname(path)),
  );
  for (const path of folders) await Deno.mkdir(`${folder}/${path}`, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${path}`, `${text}\n`);
  }
  for (const [path, target] of Object.entries(links)) {
    await Deno.symlink(target, `${folder}/${path}`);
  }
}

/** A shell script that writes a tree below its first argument, for one command on any host. */
export function plantingScript({ files, links }: Tree): string {
  const paths = [...Object.keys(files), ...Object.keys(links)];
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  return [
    'cd "$1" || exit 1',
    `mkdir -p ${folders.map(quoted).join(" ")} || exit 1`,
    ...Object.entries(files).map(([path, text]) =>
      `printf '%s\\n' ${quoted(text)} >${quoted(path)}`
    ),
    ...Object.entries(links).map(([path, target]) => `ln -s ${quoted(target)} ${quoted(path)}`),
    "",
  ].join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A machine of `functions` PCI functions and as many interrupts: root ports, each with one network
 * device of one physical function and its virtual ones, each function in an IOMMU group of its own.
 */
export function manyFunctions(functions: number): Tree {
  const files: Record<string, string> = { "sys/devices/system/cpu/online": "0-7" };
  const links: Record<string, string> = {};
  const ports = Math.ceil(functions / (FUNCTIONS_PER_PORT + 1));
  for (let number = 0, port = 0; port < ports; port++) {
    const { place, bus } = portOf(port);
    for (let index = 0; index <= FUNCTIONS_PER_PORT && number < functions; index++, number++) {
      const isPort = index === 0;
      const address = isPort ? place.address : `${bus}:${hex(index >> 3)}.${index & 7}`;
      const path = `${place.path}${isPort ? "" : `/${address}`}`;
      Object.assign(files, attributesOf(`sys/devices/${path}`, isPort, index === 1));
      links[`sys/bus/pci/devices/${address}`] = `../../../devices/${path}`;
      links[`sys/devices/${path}/driver`] = `/sys/bus/pci/drivers/${
        isPort ? "pcieport" : "mlx5_core"
      }`;
      links[`sys/devices/${path}/iommu_group`] = `/sys/kernel/iommu_groups/${number}`;
      if (index > 1) links[`sys/devices/${path}/physfn`] = `../${bus}:00.1`;
      links[`sys/kernel/iommu_groups/${number}/devices/${address}`] = `/sys/devices/${path}`;
      files[`sys/kernel/iommu_groups/${number}/type`] = "DMA-FQ";
      files[`proc/irq/${number}/smp_affinity_list`] = "0-7";
      files[`proc/irq/${number}/effective_affinity_list`] = `${number % 8}`;
    }
  }
  files["proc/interrupts"] = interruptTable(functions);
  return { files, links };
}

function portOf(port: number) {
  const domain = (port >> 6).toString(16).padStart(4, "0");
  const root = `${domain}:${hex((port >> 3) % PORTS_PER_ROOT * 32)}`;
  const address = `${root}:${hex(port % PORTS_PER_ROOT + 1)}.0`;
  const bus = `${domain}:${hex((port >> 3) % PORTS_PER_ROOT * 32 + port % PORTS_PER_ROOT + 1)}`;
  return { bus, place: { address, path: `pci${root}/${address}` } };
}

function hex(number: number): string {
  return number.toString(16).padStart(2, "0");
}

function attributesOf(path: string, isPort: boolean, physical: boolean): Record<string, string> {
  const own: Record<string, string> = {
    class: isPort ? "0x060400" : "0x020000",
    vendor: "0x15b3",
    device: "0x1021",
    subsystem_vendor: "0x15b3",
    subsystem_device: "0x0023",
    current_link_speed: physical || isPort ? "32.0 GT/s PCIe" : "Unknown",
    current_link_width: physical || isPort ? "16" : "0",
    max_link_speed: "32.0 GT/s PCIe",
    max_link_width: "16",
    numa_node: "0",
    ari_enabled: isPort ? "0" : "1",
    ...(physical ? { sriov_totalvfs: "15", sriov_numvfs: "15" } : {}),
  };
  return Object.fromEntries(Object.entries(own).map(([name, text]) => [`${path}/${name}`, text]));
}

function interruptTable(interrupts: number): string {
  const processors = Array.from({ length: 8 }, (_, processor) => processor);
  const rows = Array.from({ length: interrupts }, (_, number) => {
    const counts = processors.map((processor) => processor === number % 8 ? number : 0);
    return `${number}: ${counts.join(" ")} PCI-MSIX-0000:01:00.0 ${number}-edge mlx5_comp${number}`;
  });
  return [processors.map((processor) => `CPU${processor}`).join(" "), ...rows].join("\n");
}
