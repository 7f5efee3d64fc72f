/**
 * Describes the host that a result is about.
 *
 * @module
 */
import type { Host } from "../runners/host.ts";
import { describeGpus } from "./gpu/gpu_description.ts";
import { describeDevices } from "./topology/device_description.ts";
import type { HostDescription } from "./result.ts";

/** What the files and tools say of where this kernel runs. */
export interface EnvironmentReadings {
  /** Output of `lscpu`; null when it could not run. */
  readonly lscpu: string | null;
  /** `/sys/class/dmi/id/sys_vendor` and `product_name`. */
  readonly dmi: string | null;
  /** `/proc/cpuinfo`. */
  readonly cpuinfo: string | null;
  /** `readlink` of `/proc/self/ns/pid`, `uts` and `ipc`, one a line; null when it failed. */
  readonly namespaces: string | null;
  readonly kernel: string;
}

/** Reads the description of `host`; `tools` are the versions that were probed. */
export async function describeHost(
  host: Host,
  tools: Readonly<Record<string, string | null>>,
): Promise<HostDescription> {
  const cpuinfo = await host.readText("/proc/cpuinfo");
  const kernel = await readLine(host, "/proc/sys/kernel/osrelease") ?? "unknown";
  const environment = environmentOf(await readEnvironment(host, { cpuinfo, kernel }));
  const devices = await describeDevices(host);
  return {
    hostname: await readLine(host, "/proc/sys/kernel/hostname") ?? "unknown",
    cpuModel: fieldOf(cpuinfo, "model name") ?? fieldOf(cpuinfo, "CPU part") ?? "unknown",
    cpuCount: cpuinfo?.match(/^processor\s*:/gm)?.length ?? 0,
    memoryBytes: memoryOf(await host.readText("/proc/meminfo")),
    kernel,
    os: osNameOf(await host.readText("/etc/os-release")),
    bootId: await readLine(host, "/proc/sys/kernel/random/boot_id") ?? "unknown",
    environment,
    bareMetal: environment === BARE_METAL,
    cpuGovernor: await readLine(host, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
    firmware: await readFirmware(host),
    gpuDriver: await readLine(host, "/sys/module/nvidia/version"),
    ...devices,
    gpus: await describeGpus(host, devices.pci),
    tools,
  };
}

const BARE_METAL = "bare metal";

/** Firmware names of virtual machines, as `systemd-detect-virt` knows them. */
const VIRTUAL_MACHINES =
  /\b(QEMU|KVM|VMware|VMW|VirtualBox|innotek|Xen|Bochs|Parallels|BHYVE|Virtual Machine|OpenStack|Firecracker|Google Compute Engine|Alibaba Cloud ECS|Apple Virtualization)\b/i;

const NAMESPACES = ["pid", "uts", "ipc"];

/** The inode numbers that the kernel gives its first namespaces (`include/linux/proc_ns.h`). */
const INITIAL_NAMESPACES = ["pid:[4026531836]", "uts:[4026531838]", "ipc:[4026531839]"];

/**
 * Where this kernel runs: "bare metal", "inside a KVM guest (Firecracker)", "in a container", or both.
 * The CPUID hypervisor bit (`hypervisor` among the CPU's flags) decides; names come from `lscpu` and
 * DMI, which also gives away a guest that hides the bit. A host that shows no CPU flags is never
 * called bare metal, nor is one without x86's flags and without firmware that has a name.
 */
export function environmentOf(readings: EnvironmentReadings): string {
  const { lscpu, dmi, cpuinfo, namespaces, kernel } = readings;
  const parts: string[] = [];
  if (!inInitialNamespaces(namespaces)) parts.push("in a container");
  const flags = fieldOf(cpuinfo, "flags");
  const vendor = fieldOf(lscpu, "Hypervisor vendor");
  if (flags?.split(" ").includes("hypervisor") || vendor !== null) {
    const product = /-fc\b|firecracker/i.test(kernel) ? "Firecracker" : productOf(dmi);
    parts.push(`inside a ${vendor ?? "virtual"} guest${product === null ? "" : ` (${product})`}`);
  } else if (dmi !== null && VIRTUAL_MACHINES.test(dmi)) {
    parts.push(`inside a guest that hides its hypervisor (${dmi})`);
  } else if (flags === null && (fieldOf(cpuinfo, "Features") === null || dmi === null)) {
    parts.push("of unknown kind: /proc/cpuinfo shows no flags");
  }
  return parts.length === 0 ? BARE_METAL : parts.join(", ");
}

/** Whether an environment, as `environmentOf` words it, is in a guest. */
export function isGuest(environment: string): boolean {
  return /\bguest\b/.test(environment);
}

/** Whether an environment, as `environmentOf` words it, is in a container, of a guest or not. */
export function isInContainer(environment: string): boolean {
  return /\bin a container\b/.test(environment);
}

async function readEnvironment(
  host: Host,
  known: Pick<EnvironmentReadings, "cpuinfo" | "kernel">,
): Promise<EnvironmentReadings> {
  const lscpu = await host.run({ argv: ["lscpu"], timeoutSeconds: 10 });
  const vendor = await readLine(host, "/sys/class/dmi/id/sys_vendor");
  const product = await readLine(host, "/sys/class/dmi/id/product_name");
  const namespaces = await host.run({
    argv: ["readlink", ...NAMESPACES.map((name) => `/proc/self/ns/${name}`)],
    timeoutSeconds: 10,
  });
  return {
    ...known,
    lscpu: lscpu.ended === "exited" && lscpu.status === 0 ? lscpu.stdout : null,
    dmi: vendor === null && product === null ? null : `${vendor ?? ""} ${product ?? ""}`.trim(),
    namespaces: namespaces.status === 0 ? namespaces.stdout : null,
  };
}

async function readFirmware(host: Host): Promise<string | null> {
  const names = ["bios_vendor", "bios_version", "bios_date"];
  const lines: (string | null)[] = [];
  for (const name of names) lines.push(await readLine(host, `/sys/class/dmi/id/${name}`));
  const known = lines.filter((line) => line !== null && line !== "");
  return known.length === 0 ? null : known.join(" ");
}

/** A marker file such as `/.dockerenv` may outlive its container in a disk image; these do not. */
function inInitialNamespaces(links: string | null): boolean {
  return links?.trim().split("\n").every((link) => INITIAL_NAMESPACES.includes(link)) ?? false;
}

function productOf(dmi: string | null): string | null {
  return dmi === null || dmi === "" ? null : dmi;
}

/** The value of a `name : value` line. */
function fieldOf(text: string | null, name: string): string | null {
  const line = text?.split("\n").find((candidate) => candidate.split(":")[0]?.trim() === name);
  return line === undefined ? null : line.slice(line.indexOf(":") + 1).trim();
}

/** What `/proc/meminfo` tells of the machine's memory, in bytes; null where it does not. */
export function memoryOf(meminfo: string | null): number | null {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(meminfo ?? "")?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

function osNameOf(osRelease: string | null): string {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease ?? "")?.[1] ?? "unknown";
}

async function readLine(host: Host, path: string): Promise<string | null> {
  return (await host.readText(path))?.trim() ?? null;
}
