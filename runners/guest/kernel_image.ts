/**
 * The guest's kernel: the distribution's own, unpacked into the project's cache and never installed
 * as the host's.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type KernelPackages, kernelPackages, kernelSource } from "./kernel_package.ts";
import { Problem } from "../../problem.ts";
import { runStep } from "../run_step.ts";

/** A kernel that guests can boot. */
export interface GuestKernel {
  /** What `uname -r` says in the guest. */
  readonly release: string;
  /** For QEMU's `-kernel`: an ELF image (boots by PVH, in 2 s under TCG), else the bzImage. */
  readonly image: string;
  /** A folder of modules, and of lists that name them in load order: see {@linkcode MODULES}. */
  readonly modules: string;
}

/**
 * What the guest needs of the kernel: list name to modules, whose dependencies are added. Every
 * guest loads "base"; the others are the devices' (see `guest_devices.ts`).
 */
export const MODULES = {
  "base": ["qemu_fw_cfg", "virtio_pci", "virtio_console"],
  "virtio-blk": ["virtio_blk"],
  "nvme": ["nvme"],
  "ahci": ["ahci", "sd_mod"],
  "ide": ["ata_piix", "sd_mod"],
  "usb-storage": ["xhci_pci", "usb_storage", "sd_mod"],
  "virtio-net": ["virtio_net", "af_packet"],
  "e1000": ["e1000", "af_packet"],
  "e1000e": ["e1000e", "af_packet"],
  // Of no guest of a host: of the lab, which plays a host.
  "lab": ["vfio_iommu_type1", "vfio_pci", "kvm_amd"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type ModuleList = keyof typeof MODULES;

const KERNELS = "guest-kernel";
/** The {@linkcode MODULES} that were taken: a kernel with others is unpacked again. */
const WANTED_FILE = "wanted.json";
const WANTED = `${JSON.stringify(MODULES)}\n`;

/**
 * Takes the ELF image out of the bzImage `$1`, into `$2`. The setup header says where the compressed
 * image lies (setup_sects, payload_offset, payload_length: Documentation/arch/x86/boot.rst); its
 * last four bytes are the ELF image's size. Decompressors may complain of what follows their data.
 */
const EXTRACT = `
field() { od -An "-t$2" "-j$1" "-N$3" -- "$bzimage" | tr -d ' '; }
bzimage=$1 elf=$2
length=$(field 0x24c u4 4)
start=$((($(field 0x1f1 u1 1) + 1) * 512 + $(field 0x248 u4 4)))
payload() { tail -c +$((start + 1)) -- "$bzimage" | head -c "$length"; }
case $(field $start x1 6) in
  1f8b*) tool=gzip ;;
  fd377a585a00) tool=xz ;;
  28b52ffd*) tool=zstd ;;
  02214c18* | 04224d18*) tool=lz4 ;;
  5d0000*) tool='xz --format=lzma' ;;
  425a68*) tool=bzip2 ;;
  *) echo 'an unknown compression' >&2; exit 1 ;;
esac
payload | $tool -dcq >"$elf" 2>/dev/null
[ "$(head -c 4 -- "$elf")" = $'\\x7fELF' ] &&
  [ "$(stat -c %s -- "$elf")" = "$(payload | tail -c 4 | od -An -tu4 | tr -d ' ')" ]`;

/** Unpacks every module of the folder `$1` that is compressed. */
const DECOMPRESS = `cd -- "$1" || exit
shopt -s nullglob
for file in *.ko.xz; do xz -dq -- "$file" || exit; done
for file in *.ko.zst; do zstd -dq --rm -- "$file" || exit; done
for file in *.ko.gz; do gzip -dq -- "$file" || exit; done`;

/** The newest kernel in the cache; null where there is none, or it lacks modules. */
export async function findGuestKernel(
  host: Host,
  cacheFolder: string,
): Promise<GuestKernel | null> {
  const names = await host.readFolder(`${cacheFolder}/${KERNELS}`) ?? [];
  const newest = names.toSorted((a, b) => sortable(a) < sortable(b) ? -1 : 1).at(-1);
  return newest === undefined ? null : await readKernel(host, `${cacheFolder}/${KERNELS}`, newest);
}

/** A version as a text that sorts as its numbers do; `Intl` would load all its languages for it. */
function sortable(version: string): string {
  return version.replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}

/**
 * The distribution's kernel in the cache: downloads it where this version is not there yet. Where
 * apt cannot tell the newest one, a kernel that is there already is good enough.
 *
 * @throws {Problem} where there is no kernel to get, it cannot be downloaded, or it lacks a module
 */
export async function prepareGuestKernel(host: Host, cacheFolder: string): Promise<GuestKernel> {
  const present = await findGuestKernel(host, cacheFolder);
  try {
    const packages = await findPackages(host);
    const name = `${packages.release}_${await packageVersion(host, packages.names[0])}`;
    const folder = `${cacheFolder}/${KERNELS}`;
    return await readKernel(host, folder, name) ??
      await unpackKernel(host, packages, { cacheFolder, name });
  } catch (error) {
    if (present !== null && error instanceof Problem) return present;
    throw error;
  }
}

async function readKernel(host: Host, folder: string, name: string): Promise<GuestKernel | null> {
  const path = `${folder}/${name}`;
  const image = (await host.readFolder(path))?.find((entry) => /^(vmlinux|bzImage)$/.test(entry));
  if (image === undefined || await host.readText(`${path}/${WANTED_FILE}`) !== WANTED) return null;
  return {
    release: name.split("_", 1)[0] ?? name,
    image: `${path}/${image}`,
    modules: `${path}/modules`,
  };
}

async function findPackages(host: Host): Promise<KernelPackages> {
  const { stdout } = await host.run({ argv: ["uname", "-m"], timeoutSeconds: 10 });
  const source = kernelSource(await host.readText("/etc/os-release"), stdout.trim());
  const depends = await runStep(host, {
    action: "find the guest's kernel",
    argv: ["apt-cache", "depends", source.metapackage],
    timeoutSeconds: 60,
    cure: "Run as root: apt-get update",
  });
  return kernelPackages(source, depends);
}

async function packageVersion(host: Host, name: string): Promise<string> {
  const shown = await runStep(host, {
    action: "find the version of the guest's kernel",
    argv: ["apt-cache", "show", "--no-all-versions", name],
    timeoutSeconds: 60,
    cure: "Run as root: apt-get update",
  });
  return /^Version: (\S+)$/m.exec(shown)?.[1]?.replaceAll("/", "") ?? "unknown";
}

async function unpackKernel(
  host: Host,
  packages: KernelPackages,
  { cacheFolder, name }: { cacheFolder: string; name: string },
): Promise<GuestKernel> {
  const kernels = `${cacheFolder}/${KERNELS}`;
  await step(host, "mkdir", "-p", "--", kernels);
  const work = await host.temporaryFolder(cacheFolder);
  try {
    const root = `${work}/root`;
    const made = `${work}/${name}`;
    await step(host, "mkdir", "-p", "--", `${work}/packages`, root, `${made}/modules`);
    await download(host, packages, `${work}/packages`);
    for (const file of await host.readFolder(`${work}/packages`) ?? []) {
      await step(host, "dpkg", "-x", `${work}/packages/${file}`, root);
    }
    await takeModules(host, { root, release: packages.release, made });
    await takeImage(host, `${root}/boot/vmlinuz-${packages.release}`, made);
    await host.writeText(`${made}/${WANTED_FILE}`, WANTED);
    await step(host, "rm", "-rf", "--", `${kernels}/${name}`);
    await step(host, "mv", "-T", "--", made, `${kernels}/${name}`);
  } finally {
    await host.run({ argv: ["rm", "-rf", "--", work], timeoutSeconds: 60, survivesCancel: true });
  }
  const kernel = await readKernel(host, kernels, name);
  if (kernel !== null) return kernel;
  throw new Problem({
    action: "unpack the guest's kernel",
    condition: "the cache holds no kernel",
  });
}

async function download(host: Host, { names }: KernelPackages, folder: string): Promise<void> {
  await runStep(host, {
    action: "download the guest's kernel",
    argv: ["env", "-C", folder, "apt-get", "-q", "download", ...names],
    timeoutSeconds: 900,
    cure: "Check the network, and run as root: apt-get update",
  });
}

async function takeModules(
  host: Host,
  { root, release, made }: { root: string; release: string; made: string },
): Promise<void> {
  await linkModules(host, root);
  await step(host, "depmod", "-b", root, release);
  const wanted = new Set<string>();
  for (const [list, modules] of Object.entries(MODULES)) {
    const query = ["modprobe", "-C", "/dev/null", "-d", root, "-S", release] as const;
    const paths = modulePaths(await step(host, ...query, "-a", "--show-depends", ...modules));
    for (const path of paths) wanted.add(path);
    const lines = paths.map((path) => `${moduleName(path)}\n`);
    await host.writeText(`${made}/modules/${list}`, lines.join(""));
  }
  if (wanted.size > 0) await step(host, "cp", "-L", "--", ...wanted, `${made}/modules/`);
  await step(host, "bash", "-c", DECOMPRESS, "cellproof-decompress", `${made}/modules`);
}

/** Packages and kmod each have their own mind whether `/lib` is `/usr/lib`. */
async function linkModules(host: Host, root: string): Promise<void> {
  for (const [folder, other] of [["lib", "../usr/lib"], ["usr/lib", "../../lib"]] as const) {
    if (await host.readFolder(`${root}/${folder}/modules`) !== null) continue;
    await step(host, "mkdir", "-p", "--", `${root}/${folder}`);
    await step(host, "ln", "-s", `${other}/modules`, `${root}/${folder}/modules`);
  }
}

async function takeImage(host: Host, bzImage: string, made: string): Promise<void> {
  const elf = `${made}/vmlinux`;
  const argv = ["bash", "-c", EXTRACT, "cellproof-extract", bzImage, elf] as const;
  const { ended, status } = await host.run({ argv, timeoutSeconds: 120 });
  if (ended === "exited" && status === 0) return;
  await step(host, "rm", "-f", "--", elf);
  await step(host, "cp", "--", bzImage, `${made}/bzImage`);
}

/** The files that `modprobe --show-depends` names, each once, in load order. */
export function modulePaths(shown: string): string[] {
  return [
    ...new Set(shown.matchAll(/^insmod (\/.*\.ko(?:\.\w+)?)(?:\s|$)/gm).map((m) => m[1] ?? "")),
  ];
}

function moduleName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.ko\.\w+$/, ".ko");
}

function step(host: Host, ...argv: [string, ...string[]]): Promise<string> {
  return runStep(host, {
    action: "unpack the guest's kernel",
    argv,
    timeoutSeconds: 300,
    cure: "Check the free space of the project's cache, and run: deno task bench --setup",
  });
}
